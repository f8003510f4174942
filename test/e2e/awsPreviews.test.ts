import { EngineEvent } from "@pulumi/pulumi/automation";
import { ZookeeperEnsemble, ZookeeperEnsembleArgs } from "../../lib";
import { areAllGoldens, isAsGolden } from "../support/goldenPreviews";
import { PaperCloud, paperSubnets, paperVpc, withoutGates } from "../support/paperCloud";
import { previewDigest } from "../support/previewDigest";
import { sharedStack } from "../support/sharedStack";

type AwsArgs = NonNullable<ZookeeperEnsembleArgs["aws"]>;

const changes: Record<string, { args?: ZookeeperEnsembleArgs; aws?: Partial<AwsArgs> }> = {
    nothing: {},
    "size-3-to-5": { args: { size: 5 } },
    "configuration-key": { args: { config: { tickTimeMs: 2500 } } },
    version: { args: { version: "3.9.6" } },
    "instance-type": { aws: { instanceType: "m7g.large" } },
    "volume-size": { aws: { volumes: { data: { sizeGiB: 40 } } } },
    "client-source-added": { aws: { clients: { cidrs: ["10.1.0.0/16", "10.2.0.0/16"] } } },
    "subnets-in-another-order": { aws: { subnetIds: [...paperSubnets].reverse() } },
};

/** On paper, because a preview looks at no machine: with the real engine, and without a simulator's rights. */
describe("previews of changes to an ensemble of three on AWS", function () {
    this.timeout(300_000);
    const stack = sharedStack();
    let cloud: PaperCloud;

    const program =
        (name: string, transforms: (typeof withoutGates)[] = []) =>
        async () => {
            const { args, aws } = changes[name]!;
            const clients = { cidrs: ["10.1.0.0/16"] };
            new ZookeeperEnsemble(
                "coordination",
                { version: "3.9.5", ...args, aws: { vpcId: paperVpc, subnetIds: paperSubnets, clients, ...aws } },
                { transforms },
            );
        };

    before(async () => {
        cloud = await PaperCloud.start();
        await stack().up(program("nothing", [withoutGates]));
    });
    after(() => cloud.stop());

    for (const name of Object.keys(changes)) {
        it(`${name}: as the golden file shows, and nothing is asked but the program's own look-ups`, async () => {
            const events: EngineEvent[] = [];
            const onEvent = (event: EngineEvent) => void events.push(event);
            await cloud.previewed(() => stack().stack.preview({ program: program(name), onEvent }));
            isAsGolden(`aws/${name}`, previewDigest(events));
        });
    }

    it("are all of the golden files that there are", () => areAllGoldens("aws", Object.keys(changes)));
});

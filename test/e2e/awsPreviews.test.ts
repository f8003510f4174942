import { EngineEvent } from "@pulumi/pulumi/automation";
import { ZookeeperEnsemble } from "../../lib";
import { areAllGoldens, isAsGolden } from "../support/goldenPreviews";
import { PaperCloud, paperSubnets, paperVpc, withoutHooks } from "../support/paperCloud";
import { previewDigest } from "../support/previewDigest";
import { awsPreviews, previewedOnAws } from "../support/previewedChanges";
import { sharedStack } from "../support/sharedStack";

/** On paper, because a preview looks at no machine: with the real engine, and without a simulator's rights. */
describe("previews of changes to an ensemble of three on AWS", function () {
    this.timeout(300_000);
    const stack = sharedStack();
    let cloud: PaperCloud;

    const program =
        (name: string, transforms: (typeof withoutHooks)[] = []) =>
        async () => {
            const { args, aws } = awsPreviews[name]!;
            const clients = { cidrs: ["10.1.0.0/16"] };
            new ZookeeperEnsemble(
                "coordination",
                { ...previewedOnAws, ...args, aws: { vpcId: paperVpc, subnetIds: paperSubnets, clients, ...aws } },
                { transforms },
            );
        };

    before(async () => {
        cloud = await PaperCloud.start();
        await stack().up(program("nothing", [withoutHooks]));
    });
    after(() => cloud.stop());

    for (const name of Object.keys(awsPreviews)) {
        it(`${name}: as the golden file shows, and nothing is asked but the program's own look-ups`, async () => {
            const events: EngineEvent[] = [];
            const onEvent = (event: EngineEvent) => void events.push(event);
            await cloud.previewed(() => stack().stack.preview({ program: program(name), onEvent }));
            isAsGolden(`aws/${name}`, previewDigest(events));
        });
    }

    it("are all of the golden files that there are", () => areAllGoldens("aws", Object.keys(awsPreviews)));
});

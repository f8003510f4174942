import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { awsPlatform } from "../../lib/platforms/aws/awsPlatform";
import { AwsInputs } from "../../lib/platforms/aws/inputs";
import { AwsEnsembleSpec } from "../../lib/platforms/aws/model/awsSpec";
import { dockerPlatform } from "../../lib/platforms/docker/dockerPlatform";
import { DockerEnsembleSpec } from "../../lib/platforms/docker/model/dockerSpec";
import { Platform } from "../../lib/platforms/platform";
import { awsAnswers, awsTypes, onAws } from "../support/awsProgram";
import { callBeforeCreate, hooksOf } from "../support/hooks";
import { ofType } from "../support/registrationQueries";
import { registered } from "../support/registrations";
import { specOf } from "../support/specs";

/** The platform, when the engine has called the hook for so many of what outlives its machines. */
async function answers(make: (owner: pulumi.ComponentResource) => Platform, kind: string, type: string) {
    let platform: Platform | undefined;
    let urns: string[] = [];
    const hookName = `coordination:${kind}`;
    const program = () => {
        platform = make(new pulumi.ComponentResource("shop:index:Owner", "coordination"));
        platform.volumes([]);
    };
    const hooks = await hooksOf(async () => {
        const { resources } = await registered(program, { answers: awsAnswers });
        const lasting = ofType(resources, type);
        assert.ok(lasting.every((each) => each.hooks.includes(hookName)));
        urns = lasting.map(({ urn }) => urn);
    });
    const said = [platform!.volumesAreNew()];
    for (const urn of urns) {
        // Twice where one is replaced after it was made.
        await callBeforeCreate(hooks.get(hookName), {}, urn);
        await callBeforeCreate(hooks.get(hookName), {}, urn);
        said.push(platform!.volumesAreNew());
    }
    return said;
}

const onlyWithTheLast = (count: number) => [...Array<boolean>(count).fill(false), true];

describe("whether all that outlives the machines is new", () => {
    it("shows on Docker by the volumes", async () => {
        const spec = specOf({ size: 2, docker: { publish: false } }) as DockerEnsembleSpec;
        const said = await answers((owner) => dockerPlatform(owner, spec, {}), "volume", "docker:index/volume:Volume");
        assert.deepEqual(said, onlyWithTheLast(4));
    });

    for (const [what, more, count] of [
        ["by the interfaces", {}, 3],
        ["by the one interface of one machine", { singleMachine: true, subnetIds: ["subnet-0aaaaaaaaaaaaaaaa"] }, 1],
    ] as const) {
        it(`shows on AWS ${what}: where only the volumes were lost, the place is the right one`, async () => {
            const given = onAws({ size: 3 }, more);
            const make = awsPlatform(specOf(given) as AwsEnsembleSpec);
            const said = await answers(
                (owner) => make(owner, given.aws as unknown as AwsInputs),
                "interface",
                awsTypes.networkInterface,
            );
            assert.deepEqual(said, onlyWithTheLast(count));
        });
    }
});

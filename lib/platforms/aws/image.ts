import * as pulumi from "@pulumi/pulumi";
import { reasonOf } from "../../reasonOf";
import { lifecycleHook } from "../../pulumi/hooks";
import { AwsSpec } from "./model/awsSpec";
import { Context } from "./context";

type Image = Pick<AwsSpec, "operatingSystem" | "architecture">;

const debianNames = { x86_64: "amd64", arm64: "arm64" } as const;

/** The public parameter of Systems Manager in which the maker of an operating system keeps its newest image. */
function imageParameter({ operatingSystem, architecture }: Image): string {
    const debianName = debianNames[architecture];
    switch (operatingSystem) {
        case "amazonLinux2023":
            return `/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${architecture}`;
        case "ubuntu2404":
            return `/aws/service/canonical/ubuntu/server/24.04/stable/current/${debianName}/hvm/ebs-gp3/ami-id`;
        case "debian12":
            return `/aws/service/debian/release/12/latest/${debianName}`;
    }
}

/**
 * The machines' image: the given one, or the newest at the first `up`, which is then kept: a newer image never replaces
 * servers by itself, and a server that comes later gets the same as the others. Kept per operating system and
 * architecture, because another one of these does ask for another image.
 */
export function makeImage(context: Context): pulumi.Output<string> {
    const { aws, owner, spec, inputs } = context;
    if (inputs.ami !== undefined) {
        return pulumi.output(inputs.ami);
    }
    const parameter = imageParameter(spec.aws);
    let failure = "";
    const found = aws
        .getParameterOutput({ name: parameter, region: inputs.region }, { parent: owner })
        .apply(({ insecureValue }) => insecureValue);
    const newest = pulumi.recover(found, (error: unknown) => {
        failure = reasonOf(error);
        return "not known";
    });
    // Only the first `up` needs the answer; later ones must not fail for its sake.
    const refuseUnknown = lifecycleHook(owner, "image", async () => {
        if (failure) {
            throw new Error(`the image in ${parameter} cannot be known: ${failure}. Mend that, or set aws.ami`);
        }
    });
    const { operatingSystem, architecture } = spec.aws;
    const kept = new pulumi.Stash(
        `${spec.name}-image-${operatingSystem}-${architecture}`,
        // The answer has a secret `value`, and all of an answer is secret with it. What everybody can look up is none.
        { input: pulumi.unsecret(newest) },
        { parent: owner, protect: false, ignoreChanges: ["input"], hooks: { beforeCreate: [refuseUnknown] } },
    );
    return kept.output as pulumi.Output<string>;
}

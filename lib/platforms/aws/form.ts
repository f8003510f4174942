import * as pulumi from "@pulumi/pulumi";
import { Immutable } from "../platform";
import { AwsSpec } from "./model/awsSpec";

/**
 * Whether the servers share one machine, and in which region they are. With another form every server would get another
 * address; an `up` would see it too, but only when the other machines are there. In another region nobody is seen.
 */
export function form(
    { singleMachine: wanted }: Pick<AwsSpec, "singleMachine">,
    region: pulumi.Input<string> | undefined,
): Immutable {
    return {
        recorded: {
            ...(wanted && { singleMachine: true }),
            ...(region !== undefined && { region: pulumi.unsecret(pulumi.output(region)) }),
        },
        refusal: ({ singleMachine: was = false, region: old }, { region: asked }) => {
            if (was !== wanted) {
                return (
                    `aws.singleMachine is ${was} and is to become ${wanted}: a living ensemble cannot move onto one machine or off ` +
                    `it, because every server would get another address. Set it back, or make a new ensemble and copy the data`
                );
            }
            // Without it the provider's counts, which nobody here knows.
            return typeof old === "string" && typeof asked === "string" && old !== asked
                ? `aws.region is ${old} and is to become ${asked}: a living ensemble cannot move to another region, its volumes ` +
                      `and addresses stay where they are. Set it back, or make a new ensemble and copy the data`
                : "";
        },
    };
}

import { Immutable } from "../platform";
import { AwsSpec } from "./model/awsSpec";

/**
 * Whether the servers share one machine. A change would give every server another address; an `up` would see it too,
 * but only when the other machines are there.
 */
export function form({ singleMachine: wanted }: Pick<AwsSpec, "singleMachine">): Immutable {
    return {
        recorded: wanted ? { singleMachine: true } : {},
        refusal: ({ singleMachine: was = false }) =>
            was === wanted
                ? ""
                : `aws.singleMachine is ${was} and is to become ${wanted}: a living ensemble cannot move onto one machine or off ` +
                  `it, because every server would get another address. Set it back, or make a new ensemble and copy the data`,
    };
}

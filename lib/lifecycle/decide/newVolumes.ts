import { Refusal, refusalOf, RefusalReason } from "./decision";

/**
 * A state that knows of a founding, no machine to be seen, and volumes that this very `up` has made: a refresh missed
 * the ones of before, where this deployment looks. Servers on the new ones would have no data, and the error that says
 * so would offer to start anew, while the ensemble runs on at another engine, region or account.
 */
export function newVolumes({ name }: { readonly name: string }): Refusal {
    const text =
        `this ensemble was founded, and no machine of it is to be seen at ${name}, nor was any of its volumes, which ` +
        `this \`up\` has made anew: it may be somewhere else, so no server is made. Import the state of before the ` +
        `refresh (\`pulumi stack import\`), set the provider and the environment to where it is, and run \`pulumi up\` ` +
        `again. If it is gone with all its volumes, run \`pulumi up\` as it is: it makes the servers, and asks before they ` +
        `start anew`;
    return refusalOf(RefusalReason.WrongPlace, text);
}

import { AwsError } from "./awsError";
import { Properties, Tags } from "./world";

const mostTags = 50;
const longestKey = 127;
const longestValue = 256;

/** The tags that a resource gets: its own and the provider's default ones. Breaking a limit of AWS is refused. */
export function tagsOf(inputs: Properties): Tags {
    const tags = (inputs.tagsAll ?? inputs.tags ?? {}) as Tags;
    const keys = Object.keys(tags);
    if (keys.length > mostTags) {
        throw new AwsError("TagLimitExceeded", `More than ${mostTags} tags specified.`);
    }
    for (const key of keys) {
        if (key === "" || key.length > longestKey || key.toLowerCase().startsWith("aws:")) {
            throw new AwsError("InvalidParameterValue", `Tag key '${key}' is not valid.`);
        }
        if (typeof tags[key] !== "string" || tags[key].length > longestValue) {
            const message = `Tag value exceeds the maximum length of ${longestValue} characters`;
            throw new AwsError("InvalidParameterValue", `${message}: the one of '${key}'.`);
        }
    }
    return { ...tags };
}

/** With tags readable in the metadata service, their keys have to be names of paths there. */
export function requireMetadataKeys(tags: Tags): void {
    for (const key of Object.keys(tags)) {
        if (!/^[0-9a-zA-Z\-_+=,.@:]{1,255}$/.test(key) || [".", "..", "_index"].includes(key)) {
            throw new AwsError(
                "InvalidParameterValue",
                `'${key}' is not a valid tag key. Tag keys must match pattern ([0-9a-zA-Z\\-_+=,.@:]{1,255}), ` +
                    "and must not be a reserved name ('.', '..', '_index')",
            );
        }
    }
}

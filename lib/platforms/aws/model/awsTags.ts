import { show } from "../../../model/faults";
import { Section } from "../../../model/section";

/** Tags by which the component finds its own machines and volumes. */
export const OWN_TAG_PREFIX = "zookeeper-ensemble:";

/** AWS takes 50 on a resource; the component has its own, and the provider may have default ones. */
const MOST_TAGS = 40;
const LONGEST_KEY = 127;
const LONGEST_VALUE = 256;
/** What both the metadata service of EC2 and the roles of IAM take in keys. */
const KEY = /^[0-9a-zA-Z_.:=+@-]+$/;
/** What roles of IAM take in values. */
const VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
/** Names of folders of the metadata service. */
const METADATA_NAMES = [".", "..", "_index"];

export function resolveTags(aws: Section): Record<string, string> {
    const entries = aws.textMap("tags");
    entries.forEach(([key, value], index) => {
        const fault = keyFault(key) ?? valueFault(value) ?? twinFault(key, entries.slice(0, index));
        if (fault !== undefined) {
            aws.fault(`tags.${KEY.test(key) ? key : show(key)}`, fault);
        }
    });
    if (entries.length > MOST_TAGS) {
        const why = "AWS takes 50, and the component and the provider have their own";
        aws.fault("tags", `${entries.length} tags are given: ${why}: give ${MOST_TAGS} or fewer`);
    }
    return Object.fromEntries(entries);
}

function keyFault(key: string): string | undefined {
    if (!KEY.test(key) || METADATA_NAMES.includes(key)) {
        const rule = 'keys are of letters, digits, "_", ".", ":", "=", "+", "-" and "@"';
        return `is not a key that machines can read from the metadata service: ${rule}`;
    }
    if (key.length > LONGEST_KEY) {
        return `has ${key.length} characters, and AWS takes ${LONGEST_KEY} in a key: shorten it`;
    }
    if (/^aws:/i.test(key)) {
        return 'begins with "aws:", which is reserved by AWS: take another name';
    }
    const folded = key.toLowerCase();
    if (folded === "name" || folded.startsWith(OWN_TAG_PREFIX)) {
        return "is the component's own: take another name";
    }
    return undefined;
}

function valueFault(value: string): string | undefined {
    if (value.length > LONGEST_VALUE) {
        return `has a value of ${value.length} characters, and AWS takes ${LONGEST_VALUE}: shorten it`;
    }
    const rule = 'values are of letters, digits, blanks, "_", ".", ":", "/", "=", "+", "-" and "@"';
    return VALUE.test(value) ? undefined : `${show(value)} is not a value that AWS takes on a role: ${rule}`;
}

/** To roles of IAM, keys that differ by capital letters only are one key. */
function twinFault(key: string, earlier: readonly [string, string][]): string | undefined {
    const twin = earlier.find(([other]) => other.toLowerCase() === key.toLowerCase())?.[0];
    return twin && `differs from the key ${twin} by capital letters only, which are one to a role: take one of them`;
}

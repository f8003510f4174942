import { blanksAround, isDeferred, show } from "../../../model/faults";
import { Section } from "../../../model/section";

/** How an identifier of AWS looks, and what to say of text that does not. */
interface Shape {
    readonly pattern: RegExp;
    readonly fault: (text: string) => string;
}

const id = (prefix: string, what: string, before = ""): Shape => ({
    pattern: new RegExp(`^${before}${prefix}-([0-9a-f]{8}|[0-9a-f]{17})$`),
    fault: () => `is not the id of ${what}: ids are "${prefix}-" and 8 or 17 hexadecimal digits`,
});

const KMS = /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/;

export const SHAPES = {
    vpc: id("vpc", "a VPC"),
    subnet: id("subnet", "a subnet"),
    // One of a peered VPC of another account has that account's number before it.
    securityGroup: id("sg", "a security group", "(?:\\d{12}/)?"),
    prefixList: id("pl", "a prefix list"),
    image: id("ami", "an image"),
    zone: {
        pattern: /^[A-Z0-9]{2,32}$/,
        fault: () => 'is not the id of a hosted zone: ids are capital letters and digits, such as "Z0123456789ABC"',
    },
    kmsKey: {
        pattern: KMS,
        fault: (text: string) =>
            text.includes("alias/")
                ? "is an alias, and a volume remembers the key only: give the key's own ARN"
                : 'is not the ARN of a KMS key: give one such as "arn:aws:kms:eu-central-1:111122223333:key/…"',
    },
    keyPair: {
        pattern: /^[!-~]([ -~]{0,253}[!-~])?$/,
        fault: () => "is not the name of a key pair: names have 1 to 255 ASCII characters, the first and last no blank",
    },
    instanceProfile: {
        pattern: /^[\w+=,.@-]{1,128}$/,
        fault: (text: string) =>
            text.startsWith("arn:")
                ? `is an ARN: give the name alone, "${text.split("/").at(-1)}"`
                : 'is not the name of an instance profile: names are of letters, digits and "+=,.@_-", up to 128',
    },
    policy: {
        pattern: /^arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/[\w+=,.@/-]+$/,
        fault: () =>
            'is not the ARN of a policy: give one such as "arn:aws:iam::111122223333:policy/boundary-of-machines"',
    },
    region: {
        pattern: /^[a-z]{2,4}(-[a-z]+){1,3}-\d{1,2}$/,
        fault: () => 'is not a region: give one such as "eu-central-1"',
    },
} satisfies Record<string, Shape>;

/** Whether the field is there. Text is checked; what is known later is left to AWS. */
export function checkInput(section: Section, field: string, shape: Shape): boolean {
    const value = section.textInput(field);
    if (typeof value === "string" && !shape.pattern.test(value)) {
        section.fault(field, `${show(value)} ${blanksAround(value) ?? shape.fault(value)}`);
    }
    return value !== undefined;
}

export function requireInput(section: Section, field: string, shape: Shape, fix: string): void {
    if (!checkInput(section, field, shape) && !section.has(field)) {
        section.fault(field, `is missing: ${fix}`);
    }
}

/** How many there are; texts are checked, and none may stand there twice. */
export function checkInputs(section: Section, field: string, shape: Shape): number {
    const values =
        section.textInputs(field, (text) => (shape.pattern.test(text) ? undefined : shape.fault(text))) ?? [];
    values.forEach((value, index) => {
        const earlier = value === undefined ? index : values.indexOf(value);
        if (earlier < index) {
            const shown = isDeferred(value) ? "the same Output" : show(value);
            section.fault(`${field}[${index}]`, `${shown} is ${field}[${earlier}] already: leave it out`);
        }
    });
    return values.length;
}

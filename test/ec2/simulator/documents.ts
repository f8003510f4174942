// Documents of Systems Manager: what they are, what they take, and what a machine runs of them.
import { AwsError, unsupported } from "./awsError";
import { World } from "./world";

interface Parameter {
    readonly type: "String" | "StringList";
    readonly default?: string | readonly string[];
    readonly allowedValues?: readonly string[];
    readonly allowedPattern?: string;
    readonly [key: string]: unknown;
}

export interface CommandDocument {
    readonly schemaVersion: "2.2";
    readonly parameters: Readonly<Record<string, Parameter>>;
    readonly mainSteps: readonly [Step];
}

interface Step {
    readonly action: string;
    readonly name: string;
    readonly inputs: { readonly timeoutSeconds?: string; readonly runCommand: readonly string[] };
    readonly [key: string]: unknown;
}

export type Given = Readonly<Record<string, readonly string[]>>;

const mostDocumentBytes = 64 * 1024;
const knownOfParameter = ["type", "description", "default", "allowedValues", "allowedPattern"];

/** AWS's own, which everybody has. */
const runShellScript: CommandDocument = {
    schemaVersion: "2.2",
    parameters: {
        commands: { type: "StringList" },
        executionTimeout: {
            type: "String",
            default: "3600",
            allowedPattern: "([1-9][0-9]{0,4})|(1[0-6][0-9]{4})|(17[0-1][0-9]{3})|(172[0-7][0-9]{2})|(172800)",
        },
    },
    mainSteps: [
        {
            action: "aws:runShellScript",
            name: "PatchLinux",
            inputs: { timeoutSeconds: "{{ executionTimeout }}", runCommand: ["{{ commands }}"] },
        },
    ],
};

export function documentOf(world: World, name: string | undefined): CommandDocument {
    const own = world.documents.get(name ?? "");
    if (name !== "AWS-RunShellScript" && !own) {
        throw new AwsError("InvalidDocument", `Document with name ${String(name)} does not exist.`);
    }
    return own ? checkedDocument(own.content) : runShellScript;
}

/** What AWS refuses at the making of a document, as far as one of this kind goes. */
export function checkedDocument(content: string): CommandDocument {
    if (Buffer.byteLength(content) > mostDocumentBytes) {
        throw new AwsError("MaxDocumentSizeExceeded", "The size limit of a document is 64 KB.");
    }
    const document = parsed(content);
    const {
        schemaVersion,
        parameters = {},
        mainSteps,
        description,
        ...others
    } = document as Partial<CommandDocument> & {
        description?: unknown;
    };
    void description;
    if (schemaVersion !== "2.2" || Object.keys(others).length > 0 || mainSteps?.length !== 1) {
        throw unsupported(
            `a document of another form than schema 2.2 with one step: ${Object.keys(others).join(", ")}`,
        );
    }
    for (const [name, parameter] of Object.entries(parameters)) {
        const stranger = Object.keys(parameter).find((key) => !knownOfParameter.includes(key));
        if (!/^[a-zA-Z0-9]+$/.test(name) || stranger !== undefined || parameter.type !== "String") {
            throw new AwsError("InvalidDocumentContent", `the parameter ${name} is none of schema 2.2`);
        }
    }
    const [{ action, inputs }] = mainSteps;
    if (action !== "aws:runShellScript" || !Array.isArray(inputs.runCommand)) {
        throw new AwsError("InvalidDocumentContent", "the step is not aws:runShellScript with runCommand");
    }
    const used = [...JSON.stringify(inputs).matchAll(/\{\{\s*(.*?)\s*\}\}/g)].map(([, name]) => name!);
    const unknown = used.find((name) => !parameters[name]);
    if (unknown !== undefined) {
        throw new AwsError("InvalidDocumentContent", `the parameter ${unknown} is used and not defined`);
    }
    return { schemaVersion, parameters, mainSteps };
}

function parsed(content: string): object {
    try {
        return JSON.parse(content) as object;
    } catch (error) {
        throw new AwsError("InvalidDocumentContent", (error as Error).message);
    }
}

/** Given ones and defaults, each within what the document allows of it. */
export function checkedParameters({ parameters }: CommandDocument, given: Given): Given {
    for (const [name, values] of Object.entries(given)) {
        const isList = Array.isArray(values) && values.every((value) => typeof value === "string");
        if (!parameters[name] || !isList || (parameters[name].type === "String" && values.length !== 1)) {
            throw new AwsError(
                "InvalidParameters",
                `${name} is not a parameter of the document, or no list of strings`,
            );
        }
    }
    const checked = Object.entries(parameters).map(([name, parameter]) => {
        const values = given[name] ?? (parameter.default === undefined ? [] : [parameter.default].flat());
        if (values.length === 0) {
            throw new AwsError("InvalidParameters", `the document needs ${name}`);
        }
        const { allowedValues, allowedPattern } = parameter;
        const isAllowed = (value: string) =>
            (!allowedValues || allowedValues.includes(value)) &&
            (allowedPattern === undefined || new RegExp(`^(?:${allowedPattern})$`).test(value));
        const bad = values.find((value) => !isAllowed(value));
        if (bad !== undefined) {
            throw new AwsError("InvalidParameters", `${name} may not be ${JSON.stringify(bad).slice(0, 80)}`);
        }
        return [name, values] as const;
    });
    return Object.fromEntries(checked);
}

/** What a machine runs, with the parameters in their places, as text. */
export function scriptOf(
    { mainSteps: [{ inputs }] }: CommandDocument,
    values: Given,
): { script: string; limit: string } {
    const filled = (text: string) =>
        text.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => values[name]!.join("\n"));
    return { script: inputs.runCommand.map(filled).join("\n"), limit: filled(inputs.timeoutSeconds ?? "3600") };
}

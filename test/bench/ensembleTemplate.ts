import { PlannedState } from "./project";

/** What `programs/sameResources.ts` makes its resources from. */
export interface Template {
    /** Long texts that all servers share. */
    readonly texts: readonly string[];
    /** JSON of `of`, with the placeholder wherever an ensemble's name stands. */
    readonly named: string;
    readonly of?: {
        readonly component: Inputs;
        readonly image: Inputs & { name: string };
        readonly network: Inputs;
        readonly guard: unknown;
        readonly founding: unknown;
        readonly membership: Inputs;
        readonly servers: readonly ServerTemplate[];
    };
    readonly placeholder: string;
    /** The library's hash of each server's specification, by ensemble and id. */
    readonly hashes: Readonly<Record<string, string>>;
}

type Inputs = Record<string, never>;

interface ServerTemplate {
    readonly id: number;
    readonly data: Inputs;
    readonly log: Inputs;
    readonly container: Inputs;
    readonly uploads: readonly { path: string; text: number }[];
    readonly labels: readonly { label: string; value: string }[];
    readonly hashLabel: string;
    readonly serving: object;
}

export const hashLabel = "zookeeper-ensemble.spec";

/** The resources of the ensemble called `name`, taken apart. */
export function templateOf(resources: readonly PlannedState[], name: string): Omit<Template, "hashes"> {
    const inputsOf = (what: string) => resourceOf(resources, what ? `${name}-${what}` : name).inputs as Inputs;
    const valueOf = (marker: string): unknown => resourceOf(resources, `${name}-${marker}`).inputs.input;
    const texts: string[] = [];
    const share = (content: string) => (texts.includes(content) ? texts.indexOf(content) : texts.push(content) - 1);
    const server = (id: number): ServerTemplate => {
        const container = inputsOf(`${id}-server`) as Record<string, unknown>;
        const labels = container.labels as ServerTemplate["labels"];
        return {
            id,
            data: inputsOf(`${id}-data`),
            log: inputsOf(`${id}-log`),
            container: container as Inputs,
            uploads: (container.uploads as { file: string; content: string }[]).map(({ file, content }) => ({
                path: file,
                text: share(content),
            })),
            labels: labels.filter(({ label }) => label !== hashLabel),
            hashLabel,
            serving: valueOf(`${id}-serving`) as object,
        };
    };
    const of = {
        component: inputsOf(""),
        image: inputsOf("image"),
        network: inputsOf("network"),
        guard: valueOf("guard"),
        founding: valueOf("founding"),
        membership: valueOf("membership") as Inputs,
        servers: [1, 2, 3].map(server),
    };
    const withoutTexts = (key: string, value: unknown) => (key === "uploads" && isContents(value) ? undefined : value);
    // What the provider noted about its defaults is not a program's to say.
    const plain = (key: string, value: unknown) => (key === "__defaults" ? undefined : withoutTexts(key, value));
    return { texts, named: JSON.stringify(of, plain).replaceAll(name, placeholder), placeholder };
}

const placeholder = "%ENSEMBLE%";

function isContents(value: unknown): boolean {
    return Array.isArray(value) && value.some((upload) => "content" in (upload as object));
}

export function resourceOf<R extends { urn: string }>(resources: readonly R[], name: string): R {
    const found = resources.find(({ urn }) => urn.split("::").pop() === name);
    if (!found) {
        throw new Error(`there is no resource named ${name}`);
    }
    return found;
}

import { EngineEvent } from "@pulumi/pulumi/automation";

/**
 * What a reviewer sees of a preview, as text that is the same in every run: one line per resource that is touched, with
 * what is done to it, its type and name, the properties that differ, and the inputs that are not known yet; then what
 * the component says. Not what in the properties differs: versions of the provider number the elements of lists in
 * their own ways. Sorted, because the engine works at several resources at once.
 */
export function previewDigest(events: readonly EngineEvent[]): string {
    const lines = events.flatMap(({ resourcePreEvent }) => {
        const { op, type, urn, detailedDiff, diffs, new: wanted } = resourcePreEvent?.metadata ?? {};
        if (op === undefined || op === "same" || type === "pulumi:pulumi:Stack") {
            return [];
        }
        const paths = [...Object.keys(detailedDiff ?? {}), ...(diffs ?? [])];
        const properties = [...new Set(paths.map((path) => path.split(/[.[]/)[0]))].sort();
        const differing = properties.length > 0 ? ` [${properties.join(", ")}]` : "";
        const unknown = op.startsWith("delete") ? [] : unknownIn(wanted?.inputs);
        const later = unknown.length > 0 ? ` unknown: ${unknown.join(", ")}` : "";
        return [`${op} ${type} ${urn!.split("::").pop()}${differing}${later}`];
    });
    const unchanged = new Set(
        events.flatMap(({ resourcePreEvent }) =>
            resourcePreEvent?.metadata.op === "same" ? [resourcePreEvent.metadata.urn] : [],
        ),
    );
    // A provider is one resource more or less, depending on what else is configured.
    const kept = [...unchanged].filter((urn) => !/pulumi:(pulumi:Stack|providers:)/.test(urn)).length;
    const touched = lines.filter((line) => !/ pulumi:providers:/.test(line)).sort(byResource);
    return [...(touched.length > 0 ? touched : ["nothing"]), `${kept} unchanged`, ...said(events), ""].join("\n");
}

/** What markers say; words of the engine and of the language host are their own. */
function said(events: readonly EngineEvent[]): string[] {
    const ofMarkers = events.flatMap(({ diagnosticEvent }) =>
        diagnosticEvent && !diagnosticEvent.ephemeral && /pulumi:index:Stash::/.test(diagnosticEvent.urn ?? "")
            ? [diagnosticEvent]
            : [],
    );
    // The engine puts marks for colors around them.
    return ofMarkers.map(({ severity, message }) => `${severity}: ${message.replace(/<{%\w+%}>/g, "").trim()}`).sort();
}

/** How the engine writes a value that only the `up` knows. */
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Paths of the values that are not known yet, lists without the numbers of their elements. */
function unknownIn(value: unknown): string[] {
    const walk = (part: unknown, path: string): string[] => {
        if (typeof part === "string") {
            return part.includes(unknownValue) ? [path] : [];
        }
        if (typeof part !== "object" || part === null) {
            return [];
        }
        const inside = (key: string) => (Array.isArray(part) ? `${path}[]` : path === "" ? key : `${path}.${key}`);
        return Object.entries(part).flatMap(([key, each]) => walk(each, inside(key)));
    };
    return [...new Set(walk(value, ""))].sort();
}

/** Operations on one resource stay together, and in the order in which the engine does them. */
function byResource(a: string, b: string): number {
    const key = (line: string) => line.split(" ").slice(1, 3).reverse().join(" ");
    return key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0;
}

import { EngineEvent } from "@pulumi/pulumi/automation";

/**
 * What a reviewer sees of a preview, as text that is the same in every run: one line per resource that is touched, with
 * what is done to it, its type and name, and the properties that differ. Not what in them differs: versions of the
 * provider number the elements of lists in their own ways. Sorted, because the engine works at several resources at
 * once.
 */
export function previewDigest(events: readonly EngineEvent[]): string {
    const lines = events.flatMap(({ resourcePreEvent }) => {
        const { op, type, urn, detailedDiff, diffs } = resourcePreEvent?.metadata ?? {};
        if (op === undefined || op === "same" || type === "pulumi:pulumi:Stack") {
            return [];
        }
        const paths = [...Object.keys(detailedDiff ?? {}), ...(diffs ?? [])];
        const properties = [...new Set(paths.map((path) => path.split(/[.[]/)[0]))].sort();
        const differing = properties.length > 0 ? ` [${properties.join(", ")}]` : "";
        return [`${op} ${type} ${urn!.split("::").pop()}${differing}`];
    });
    const unchanged = new Set(
        events.flatMap(({ resourcePreEvent }) =>
            resourcePreEvent?.metadata.op === "same" ? [resourcePreEvent.metadata.urn] : [],
        ),
    );
    // A provider is one resource more or less, depending on what else is configured.
    const kept = [...unchanged].filter((urn) => !/pulumi:(pulumi:Stack|providers:)/.test(urn)).length;
    const touched = lines.filter((line) => !/ pulumi:providers:/.test(line)).sort(byResource);
    return [...(touched.length > 0 ? touched : ["nothing"]), `${kept} unchanged`, ""].join("\n");
}

/** Operations on one resource stay together, and in the order in which the engine does them. */
function byResource(a: string, b: string): number {
    const key = (line: string) => line.split(" ").slice(1, 3).reverse().join(" ");
    return key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0;
}

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The text of a file in the package's folder `monitoring`. */
export function shipped(file: string): string {
    const folder = dirname(require.resolve("zookeeper-ensemble/package.json"));
    return readFileSync(join(folder, "monitoring", file), "utf8");
}

import { readFileSync } from "node:fs";
import * as path from "node:path";

/**
 * The script that prepares and starts a server, without comments, blank lines and indentation: every server carries it
 * in the Pulumi state. It stands beside this file as `member.sh`, also after a build.
 */
export function memberScript(): string {
    return (stripped ??= strip(readFileSync(path.join(__dirname, "member.sh"), "utf8")));
}

/** Asked for by every server of every ensemble. */
let stripped: string | undefined;

/** Line by line, so a text over several lines must not depend on its indentation: here-documents are refused. */
export function strip(script: string): string {
    const [shebang, ...lines] = script.split("\n").map((line) => line.trim());
    const hereDocument = lines.find((line) => /(^|[^<])<<(?!<)/.test(line) && !line.startsWith("#"));
    if (hereDocument !== undefined) {
        throw new Error(`a here-document cannot be stripped: ${hereDocument}: use printf`);
    }
    return [shebang, ...lines.filter((line) => line !== "" && !line.startsWith("#")), ""].join("\n");
}

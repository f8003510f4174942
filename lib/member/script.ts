import { readFileSync } from "node:fs";
import * as path from "node:path";

/**
 * The script that prepares and starts a server: `member.sh` and the parts that it takes in, as one file without
 * comments, blank lines and indentation, because every server carries it in the Pulumi state. They stand in `scripts/`
 * beside this file, also after a build. A machine's user data has little room, and its archive was checked: the part
 * about images is left out there.
 */
export function memberScript(inImage = true): string {
    const made = stripped.get(inImage) ?? strip(inImage ? withParts() : withParts(["parts/image.sh"], /other_version/));
    stripped.set(inImage, made);
    return made;
}

/** Asked for by every server of every ensemble. */
const stripped = new Map<boolean, string>();

function read(file: string): string {
    return readFileSync(path.join(__dirname, "scripts", file), "utf8");
}

function withParts(partsLeftOut: readonly string[] = [], linesLeftOut?: RegExp): string {
    const whole = read("member.sh").replace(/^\. "\$\{0%\/\*\}\/(parts\/\w+\.sh)"$/gm, (_, part: string) =>
        partsLeftOut.includes(part) ? "" : read(part),
    );
    return whole
        .split("\n")
        .filter((line) => !linesLeftOut?.test(line))
        .join("\n");
}

/** Line by line, so a text over several lines must not depend on its indentation: here-documents are refused. */
export function strip(script: string): string {
    // Behind the first line of a function, too, where its arguments are named.
    const [shebang, ...lines] = script.split("\n").map((line) => line.trim().replace(/^(\w+\(\) [{(]) # .*$/, "$1"));
    const hereDocument = lines.find((line) => /(^|[^<])<<(?!<)/.test(line) && !line.startsWith("#"));
    if (hereDocument !== undefined) {
        throw new Error(`a here-document cannot be stripped: ${hereDocument}: use printf`);
    }
    return [shebang, ...lines.filter((line) => line !== "" && !line.startsWith("#")), ""].join("\n");
}

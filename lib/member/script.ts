import { readFileSync } from "node:fs";
import * as path from "node:path";

/**
 * Who carries the script, and so which parts of it: an image has all of it. A machine has by itself what it needs to
 * start a server, because its user data has little room. What answers the deployer the deployer brings, whole. Neither
 * has the part about images: the archive of a machine was checked.
 */
export type Carrier = "image" | "machine" | "deployer";

const onlyAnswers = ["told", "report", "upkeep", "lease", "ensemble", "verbs"];

const leftOut: Readonly<Record<Carrier, readonly string[]>> = {
    image: [],
    machine: ["image", ...onlyAnswers],
    deployer: ["image"],
};

/**
 * The script that prepares and starts a server: `member.sh` and the parts that it takes in, as one file without
 * comments, blank lines and indentation, because every server carries it in the Pulumi state. They stand in `scripts/`
 * beside this file, also after a build.
 */
export function memberScript(carrier: Carrier = "image"): string {
    const made = stripped.get(carrier) ?? strip(withParts(leftOut[carrier]));
    stripped.set(carrier, made);
    return made;
}

/** Asked for by every server of every ensemble. */
const stripped = new Map<Carrier, string>();

function read(file: string): string {
    return readFileSync(path.join(__dirname, "scripts", file), "utf8");
}

/** In place of the verbs: whoever asks this one by habit must not start a second server. */
const startsOnly = '[[ $* == run ]] || fail 2 "this only starts the server: zk-member answers"\nrun';

function withParts(without: readonly string[]): string {
    const whole = read("member.sh").replace(/^\. "\$\{0%\/\*\}\/parts\/(\w+)\.sh"$/gm, (_, part: string) =>
        without.includes(part) ? (part === "verbs" ? startsOnly : "") : read(`parts/${part}.sh`),
    );
    const calledForImages = without.includes("image") ? /other_version/ : undefined;
    return whole
        .split("\n")
        .filter((line) => !calledForImages?.test(line))
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

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import * as ts from "typescript";
import { hostWith } from "./compilerHost";

const root = join(__dirname, "../..");

/** A document that a newcomer reads. */
export interface Document {
    /** Its path from the root of the repository. */
    readonly file: string;
    readonly text: string;
}

export const documents: readonly Document[] = [
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    ...markdownIn("docs"),
    ...markdownIn("examples"),
    ...markdownIn("packages"),
    ...markdownIn("policy"),
].map((file) => ({ file, text: readFileSync(join(root, file), "utf8") }));

/** Paths of a folder's documents, those of its folders included. */
function markdownIn(folder: string): string[] {
    return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".md") && !file.includes("node_modules"))
        .map((file) => `${folder}/${file}`);
}

/** What stands under a heading `## …`, until the next one. */
export function sectionOf({ file, text }: Document, heading: string): Document {
    const section = text.split(/^## /m).find((each) => each.startsWith(`${heading}\n`));
    if (section === undefined) {
        throw new Error(`${file} has no section "${heading}"`);
    }
    return { file, text: section };
}

export function documentOf(file: string): Document {
    return documents.find((each) => each.file === file)!;
}

/** The blocks of one language, in the order in which they stand. */
export function codeBlocks({ text }: Document, language: string): string[] {
    return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)]
        .filter(([, each]) => each === language)
        .map(([, , block]) => block!);
}

/** Targets of the links and pictures to other files and places of the repository, as they are written. */
export function localLinks({ text }: Document): string[] {
    return [...withoutBlocks(text).matchAll(/\]\(([^)\s]+)\)|\bsrc="([^"]+)"/g)]
        .map(([, link, source]) => link ?? source!)
        .filter((target) => !/^[a-z]+:/.test(target));
}

/** The file that a link leads to, from the root of the repository, and the place in it. */
export function targetOf(link: string, { file }: Document): { path: string; anchor: string } {
    const [path = "", anchor = ""] = link.split("#");
    return { path: path === "" ? file : relative(root, join(root, dirname(file), path)), anchor };
}

/** The anchors that Markdown renderers make of a document's headings. */
export function anchorsOf({ text }: Document): string[] {
    return [...withoutBlocks(text).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
        heading!
            .toLowerCase()
            .replace(/[^\p{L}\p{N} _-]/gu, "")
            .replace(/ /g, "-"),
    );
}

/** What stands after `npm` in the documents' commands: a command of npm itself, or a script of package.json. */
export function npmCommands({ text }: Document): { command: string; script: string }[] {
    // In blocks and inline code only: "all npm commands" is prose.
    const code = [...text.matchAll(/^```\w*\n[\s\S]*?^```$|`[^`\n]+`/gm)].map(([each]) => each).join("\n");
    return [...code.matchAll(/\bnpm (?:-s |--silent )?([a-z]+)(?: (?:-s |--silent )?([\w:-]+))?/g)].map(
        ([, command, argument]) => ({ command: command!, script: command === "run" ? (argument ?? "") : command! }),
    );
}

/** The words behind `npx zookeeper-ensemble` in blocks and inline code, without the comments beside them. */
export function ownCommands({ text }: Document): string[][] {
    return [...text.matchAll(/\bnpx zookeeper-ensemble ([^`#\n]*)/g)].map(([, words]) => words!.trim().split(/\s+/));
}

/** The mistakes that the compiler finds in programs that use the library as its users do, each as one line. */
export function typeErrors(programs: ReadonlyMap<string, string>): string[] {
    const options: ts.CompilerOptions = {
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.Node16,
        moduleResolution: ts.ModuleResolutionKind.Node16,
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        esModuleInterop: true,
        types: ["node"],
        // The sources themselves, so that a field that was renamed a minute ago is noticed.
        paths: { "zookeeper-ensemble": [join(root, "index.ts")] },
    };
    const files = new Map([...programs].map(([name, text]) => [join(root, "examples", name), text]));
    const host = hostWith(files, options);
    const program = ts.createProgram([...files.keys()], options, host);
    return [...files.keys()].flatMap((file) =>
        ts
            .getPreEmitDiagnostics(program, program.getSourceFile(file))
            .map(({ messageText }) => `${relative(root, file)}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`),
    );
}

function withoutBlocks(text: string): string {
    return text.replace(/^```[\s\S]*?^```$/gm, "");
}

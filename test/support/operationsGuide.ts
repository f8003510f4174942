import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { codeBlocks, documentOf, sectionOf } from "./documents";

/**
 * Does what docs/operations.md tells an operator to type in one section, with other names, and without the deployments
 * before and after it, which a test makes itself.
 */
export async function typeAsInGuide(heading: string, replacements: Readonly<Record<string, string>>): Promise<void> {
    const [block, ...others] = codeBlocks(sectionOf(documentOf("docs/operations.md"), heading), "sh");
    if (block === undefined || others.length > 0) {
        throw new Error(`the section "${heading}" of docs/operations.md has not exactly one block of commands`);
    }
    let script = block.replace(/^pulumi .*$\n?/gm, "");
    for (const [shown, own] of Object.entries(replacements)) {
        if (!script.includes(shown)) {
            throw new Error(`the commands of "${heading}" do not have "${shown}" any more:\n${script}`);
        }
        script = script.replaceAll(shown, own);
    }
    await promisify(execFile)("bash", ["-euo", "pipefail", "-c", script]);
}

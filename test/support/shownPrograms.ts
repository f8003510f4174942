import * as pulumi from "@pulumi/pulumi";
import * as ts from "typescript";
import { ZookeeperEnsembleArgs } from "../../lib";
import { codeBlocks, Document } from "./documents";

/** What a program gives to the constructor. */
export interface ShownEnsemble {
    readonly name: string;
    readonly args: ZookeeperEnsembleArgs;
    readonly opts?: pulumi.ComponentResourceOptions;
}

/** The ensembles that the one program of a section would make, with other texts in the place of those shown. */
export function ensemblesOf(section: Document, replacements: Readonly<Record<string, string>>): ShownEnsemble[] {
    const [block, ...others] = codeBlocks(section, "ts");
    if (block === undefined || others.length > 0) {
        throw new Error(`${section.file} has not exactly one program there`);
    }
    let program = block;
    for (const [shown, own] of Object.entries(replacements)) {
        if (!program.includes(shown)) {
            throw new Error(`the program does not have "${shown}" any more:\n${program}`);
        }
        program = program.replaceAll(shown, own);
    }
    const made: ShownEnsemble[] = [];
    class Recorded {
        constructor(name: string, args: ZookeeperEnsembleArgs, opts?: pulumi.ComponentResourceOptions) {
            made.push({ name, args, ...(opts && { opts }) });
        }
    }
    const compiled = ts.transpile(program, { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 });
    new Function("require", "exports", compiled)(() => ({ ZookeeperEnsemble: Recorded }), {});
    return made;
}

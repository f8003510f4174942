import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as ts from "typescript";

/** One field of a public interface, as a user reads it. */
export interface Field {
    readonly owner: string;
    readonly name: string;
    readonly type: string;
    readonly comment: string;
}

/** All fields of the interfaces of files in lib/, with their doc comments in one line each. */
export function fieldsOf(...files: string[]): Field[] {
    return files.flatMap(fieldsOfOne);
}

function fieldsOfOne(file: string): Field[] {
    const path = join(__dirname, "../../lib", file);
    const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
    return source.statements.filter(ts.isInterfaceDeclaration).flatMap((declaration) =>
        declaration.members.filter(ts.isPropertySignature).map((member) => ({
            owner: declaration.name.text,
            name: member.name.getText(),
            type: member.type?.getText() ?? "",
            comment: ts
                .getJSDocCommentsAndTags(member)
                .map((doc) => ts.getTextOfJSDocComment(doc.comment) ?? "")
                .join(" ")
                .replace(/\s+/g, " "),
        })),
    );
}

/** The leaves below an interface, by their path. */
export function leavesOf(fields: readonly Field[], owner: string, prefix = ""): Map<string, Field> {
    const leaves = new Map<string, Field>();
    for (const field of fields.filter((each) => each.owner === owner)) {
        const path = prefix + field.name;
        const inner = leavesOf(fields, field.type, `${path}.`);
        for (const [innerPath, leaf] of inner.size > 0 ? inner : new Map([[path, field]])) {
            leaves.set(innerPath, leaf);
        }
    }
    return leaves;
}

const argumentFiles = ["ensemble", "docker", "aws", "config", "configData"].map((name) => `args/${name}.ts`);

/** All public arguments by their path, `[]` for the entries of a list, and whether they only group others. */
export function argumentsOf(
    fields = fieldsOf(...argumentFiles),
    owner = "ZookeeperEnsembleArgs",
    prefix = "",
): Map<string, boolean> {
    const found = new Map<string, boolean>();
    for (const { name, type } of fields.filter((each) => each.owner === owner)) {
        const path = `${prefix}${name}${type.endsWith("Args[]") ? "[]" : ""}`;
        const inner = argumentsOf(fields, type.replace("[]", ""), `${path}.`);
        found.set(path, inner.size > 0);
        inner.forEach((isGroup, each) => found.set(each, isGroup));
    }
    return found;
}

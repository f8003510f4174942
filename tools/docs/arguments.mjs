// `node tools/docs/arguments.mjs`: writes docs/arguments.md, the reference of all arguments, from the doc comments in
// lib/. A test fails when the two differ, so the reference is never older than the comments.

import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("../..", import.meta.url));
const sources = ["lib/args.ts", "lib/awsArgs.ts", "lib/configArgs.ts"];
const top = "ZookeeperEnsembleArgs";

export const target = path.join(root, "docs/arguments.md");

/** The whole text of docs/arguments.md. */
export function argumentReference() {
    const declarations = new Map(sources.flatMap(declarationsOf).map((each) => [each.name.text, each]));
    const sections = sectionsOf(declarations);
    const enums = [...declarations.values()].filter(ts.isEnumDeclaration);
    return [
        "# Arguments",
        "",
        "All arguments of `ZookeeperEnsemble`. Made from the doc comments in `lib/args.ts`, `lib/awsArgs.ts` and",
        "`lib/configArgs.ts` by `node tools/docs/arguments.mjs`: change it there.",
        "",
        ...sections.map(({ title }) => `- [${title}](#${slug(title)})`),
        ...enums.map(({ name }) => `- [${titleOf(name.text)}](#${slug(titleOf(name.text))})`),
        ...sections.flatMap((section) => sectionText(section, sections)),
        ...enums.flatMap(enumText),
        "",
    ].join("\n");
}

function declarationsOf(file) {
    const text = readFileSync(path.join(root, file), "utf8");
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    return source.statements.filter((each) => ts.isInterfaceDeclaration(each) || ts.isEnumDeclaration(each));
}

/**
 * One section per interface, in the order in which a reader meets them; one that stands at two places has both paths.
 */
function sectionsOf(declarations) {
    const paths = new Map();
    const visit = (name, at) => {
        paths.set(name, [...(paths.get(name) ?? []), at]);
        for (const member of declarations.get(name).members) {
            const inner = referenceOf(member);
            if (declarations.has(inner) && ts.isInterfaceDeclaration(declarations.get(inner))) {
                const field = `${member.name.text}${ts.isArrayTypeNode(member.type) ? "[]" : ""}`;
                visit(inner, at ? `${at}.${field}` : field);
            }
        }
    };
    visit(top, "");
    return [...paths].map(([name, at]) => ({
        name,
        declaration: declarations.get(name),
        title: name === top ? "The component" : at.map((each) => `\`${each}\``).join(" and "),
    }));
}

/** Name of the interface or enum that a field holds, one or a list of them. */
function referenceOf({ type }) {
    const one = ts.isArrayTypeNode(type) ? type.elementType : type;
    return ts.isTypeReferenceNode(one) ? one.typeName.getText() : undefined;
}

function sectionText({ title, declaration }, sections) {
    const rows = declaration.members.map((member) => {
        const name = `\`${member.name.text}\`${member.questionToken ? "" : " (required)"}`;
        return `| ${name} | ${typeText(member, sections)} | ${commentOf(member)} |`;
    });
    const head = ["| argument | type | meaning |", "|---|---|---|"];
    return ["", `## ${title}`, "", commentOf(declaration), "", ...head, ...rows];
}

function typeText(member, sections) {
    const reference = referenceOf(member);
    const section = sections.find(({ name }) => name === reference);
    const title =
        section?.title ?? (/^[A-Z]\w+$/.test(reference ?? "") && reference !== "Record" ? titleOf(reference) : "");
    const text = `\`${member.type.getText().replace("pulumi.", "")}\``;
    return title ? `[${text}](#${slug(title)})` : text.replace("|", "\\|");
}

function enumText(declaration) {
    const rows = declaration.members.map(
        (member) => `| \`${member.name.text}\` | \`${member.initializer.getText()}\` | ${commentOf(member)} |`,
    );
    const head = ["| member | value | meaning |", "|---|---|---|"];
    return ["", `## ${titleOf(declaration.name.text)}`, "", commentOf(declaration), "", ...head, ...rows];
}

const titleOf = (enumName) => `Enum \`${enumName}\``;

/** The doc comment on one line, as a cell of a table takes it. */
function commentOf(node) {
    const comment = ts
        .getJSDocCommentsAndTags(node)
        .map((doc) => ts.getTextOfJSDocComment(doc.comment) ?? "")
        .join(" ");
    if (comment === "") throw new Error(`${node.name.getText()} has no doc comment: say what it is in lib/`);
    return comment.replace(/\s+/g, " ").replace(/\|/g, "\\|").replace(/\*/g, "\\*").replace(/</g, "&lt;");
}

/** The anchor that Markdown renderers give a heading. */
function slug(heading) {
    const kept = heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "");
    return kept.replace(/ /g, "-");
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
    writeFileSync(target, argumentReference());

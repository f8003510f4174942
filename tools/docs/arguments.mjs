// `node tools/docs/arguments.mjs`: writes docs/arguments.md, the reference of all arguments and outputs, from the doc
// comments in lib/, and from the tables of what a change of each argument does. A test fails when it is older than they
// are.

import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { require as requireTs } from "tsx/cjs/api";
import ts from "typescript";

const { changeOf, changeText } = requireTs("../../lib/lifecycle/decide/changes.ts", import.meta.url);
const { changes } = requireTs("../../lib/platforms/registry.ts", import.meta.url);

const root = fileURLToPath(new URL("../..", import.meta.url));
const sources = ["ensemble", "docker", "aws", "config", "configData"].map((name) => `lib/args/${name}.ts`);
const top = "ZookeeperEnsembleArgs";
const outputSources = ["lib/ensemble.ts", "lib/outputs.ts"];
const component = "ZookeeperEnsemble";

const target = path.join(root, "docs/arguments.md");

/** The whole text of docs/arguments.md. */
export function argumentReference() {
    const declarations = declarationsOf(sources);
    const sections = sectionsOf(declarations);
    const enums = [...declarations.values()].filter(ts.isEnumDeclaration);
    const outputs = outputSections(declarationsOf(outputSources));
    return [
        "# Arguments",
        "",
        "All arguments and outputs of `ZookeeperEnsemble`. Made from the doc comments in `lib/args/*.ts`,",
        "`lib/ensemble.ts` and `lib/outputs.ts`, and from the tables of changes (`lib/lifecycle/decide/changes.ts` and that of",
        "each platform), by `node tools/docs/arguments.mjs`: change it there.",
        "",
        ...aboutChanges,
        "",
        ...sections.map(({ title }) => `- [${title}](#${slug(title)})`),
        ...enums.map(({ name }) => `- [${titleOf(name.text)}](#${slug(titleOf(name.text))})`),
        ...outputs.map(({ title }) => `- [${title}](#${slug(title)})`),
        ...sections.flatMap((section) => sectionText(section, sections)),
        ...enums.flatMap(enumText),
        ...outputs.flatMap((section) => outputText(section, outputs)),
        "",
    ].join("\n");
}

const aboutChanges = [
    "**A change** says what happens when an argument of an ensemble that lives gets another value. _One at a time_: each",
    "server is restarted, mostly with a new machine, and serves before the next one is touched, the leader last; the word in",
    "brackets is the reason that a preview and an `up` name. With `aws.singleMachine` it is all servers at once. What is",
    "_refused_ is refused before anything is touched. _New servers only_: servers and volumes that are there keep what they",
    "were made with. What an ensemble does not use it does not notice.",
];

/** What is declared in the files, by name. */
function declarationsOf(files) {
    const statements = files.flatMap((file) => {
        const text = readFileSync(path.join(root, file), "utf8");
        return [...ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true).statements];
    });
    const kinds = [ts.isInterfaceDeclaration, ts.isEnumDeclaration, ts.isClassDeclaration];
    const declared = statements.filter((each) => kinds.some((isOfKind) => isOfKind(each)));
    return new Map(declared.map((each) => [each.name.text, each]));
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
        paths: at,
        title: name === top ? "The component" : at.map((each) => `\`${each}\``).join(" and "),
    }));
}

/** Name of the interface or enum that a field holds, one or a list of them. */
function referenceOf({ type }) {
    const one = ts.isArrayTypeNode(type) ? type.elementType : type;
    return ts.isTypeReferenceNode(one) ? one.typeName.getText() : undefined;
}

function sectionText({ title, declaration, paths }, sections) {
    const rows = declaration.members.map((member) => {
        const name = `\`${member.name.text}\`${member.questionToken ? "" : " (required)"}`;
        const change = changeCell(member, paths, sections);
        return `| ${name} | ${typeText(member, sections)} | ${commentOf(member)} | ${change} |`;
    });
    const head = ["| argument | type | meaning | a change |", "|---|---|---|---|"];
    return ["", `## ${title}`, "", commentOf(declaration), "", ...head, ...rows];
}

/** What the table says; of a group where it says so of the whole, of two places each where they differ. */
function changeCell(member, paths, sections) {
    const text = (at) =>
        changeText(changeOf([...(at ? [at] : []), member.name.text].join("."), changes) ?? missing(member));
    if (sections.some(({ name }) => name === referenceOf(member))) {
        const section = sections.find(({ name }) => name === referenceOf(member));
        const cells = new Set(section.declaration.members.map((each) => changeCell(each, section.paths, sections)));
        return cells.size === 1 ? [...cells][0] : "see there";
    }
    const [first, ...others] = new Set(paths.map(text));
    if (others.length > 0) return paths.map((at) => `${at.split(".").pop()}: ${text(at)}`).join("; ");
    return first;
}

function missing(member) {
    throw new Error(`nothing says what a change of ${member.name.text} does: add it to the tables of changes in lib/`);
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

/** What the component gives, then each kind of object in it, with the path that leads there. */
function outputSections(declarations) {
    const members = declarations.get(component).members.filter(isOutput);
    const sections = [
        { title: "Outputs", members, comment: "What other parts of a program, and other programs, use." },
    ];
    const visit = (at, inside) => {
        for (const member of inside) {
            const [name] = [...declarations.keys()].filter((each) => valueType(member).replace("[]", "") === each);
            if (name === undefined) continue;
            const declaration = declarations.get(name);
            const to = `${at}${member.name.text}${valueType(member).endsWith("[]") ? "[]" : ""}`;
            const title = `Output \`${to}\``;
            sections.push({ name, title, members: declaration.members, comment: commentOf(declaration) });
            visit(`${to}.`, declaration.members);
        }
    };
    visit("", members);
    return sections;
}

function isOutput(member) {
    return (
        ts.isPropertyDeclaration(member) && member.modifiers.some(({ kind }) => kind === ts.SyntaxKind.PublicKeyword)
    );
}

/** The type of the value, which is known only when the ensemble is there. */
function valueType({ type }) {
    return type.getText().replace(/^pulumi\.Output<(.*)>$/, "$1");
}

function outputText({ title, comment, members }, sections) {
    const rows = members.map((member) => {
        const type = valueType(member);
        const section = sections.find(({ name }) => name !== undefined && name === type.replace("[]", ""));
        const text = `\`${type.replace("|", "\\|")}\``;
        return `| \`${member.name.text}\` | ${section ? `[${text}](#${slug(section.title)})` : text} | ${commentOf(member)} |`;
    });
    return ["", `## ${title}`, "", comment, "", "| output | type | meaning |", "|---|---|---|", ...rows];
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

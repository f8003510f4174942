import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { parseCommand } from "../../lib/cli/command";
import { changeOf, changeText } from "../../lib/lifecycle/decide/changes";
import { changes } from "../../lib/platforms/registry";
import { rules } from "../../policy/rules";
import { fieldsOf, leavesOf } from "../support/documentation";
import {
    anchorsOf,
    codeBlocks,
    Document,
    documents,
    localLinks,
    npmCommands,
    ownCommands,
    targetOf,
    typeErrors,
} from "../support/documents";

import { blocksOf, isShown, shownBlocks } from "../support/shownBlocks";

const root = join(__dirname, "../..");
/** How a test gets at what a document shows. */
const readsDocuments = /documentOf\(|typeAsInGuide\(|readFileSync\(join\(root, "docs/;
const ofNpmItself = ["ci", "init", "install", "pack", "publish", "version"];

describe("the documents", () => {
    it("show programs that compile, and would not show one with a misspelled argument", function () {
        this.timeout(240_000);
        const programs = new Map<string, string>();
        for (const document of documents) {
            codeBlocks(document, "ts").forEach((block, index) => {
                programs.set(`${document.file.replace(/\W/g, "-")}-${index + 1}.ts`, block);
            });
        }
        assert.ok(programs.size > 0, "no programs were found");
        programs.set(
            "misspelled.ts",
            `import { ZookeeperEnsemble } from "zookeeper-ensemble";
            new ZookeeperEnsemble("x", { sise: 3, docker: {} });`,
        );
        const [error, ...more] = typeErrors(programs);
        assert.match(error ?? "", /^examples\/misspelled\.ts: .*sise/);
        assert.deepEqual(more, []);
    });

    it("show the arguments as the sources document them", async () => {
        // @ts-expect-error the tools are plain JavaScript
        const { argumentReference } = await import("../../tools/docs/arguments.mjs");
        const shown = readFileSync(join(root, "docs/arguments.md"), "utf8");
        assert.ok(shown === argumentReference(), "docs/arguments.md is old: run `node tools/docs/arguments.mjs`");
    });

    it("give the most important arguments with the names and defaults of the sources", () => {
        const fields = fieldsOf("args/ensemble.ts", "args/docker.ts", "args/config.ts", "args/configData.ts");
        const leaves = leavesOf(fields, "ZookeeperEnsembleArgs");
        const rows = [...documentOf("README.md").text.matchAll(/^\| `([\w.]+)` \| (.*?) \|/gm)];
        assert.ok(rows.length >= 10, `only ${rows.length} arguments were found in README.md`);
        for (const [, path, byDefault] of rows) {
            const comment = leaves.get(path!)?.comment;
            assert.ok(comment, `README.md names the argument ${path}, which does not exist`);
            for (const [, value] of byDefault!.matchAll(/`([^`]+)`/g)) {
                assert.ok(
                    comment.toLowerCase().includes(value!.toLowerCase()),
                    `README.md gives ${value} as the default of ${path}, its comment says: ${comment}`,
                );
            }
        }
    });

    it("say of the most important arguments what a change does as the table does, without the reason", () => {
        const rows = [...documentOf("README.md").text.matchAll(/^\| `([\w.]+)` \| .*? \| .*? \| (.*) \|$/gm)];
        assert.ok(rows.length >= 10, `only ${rows.length} arguments were found in README.md`);
        for (const [, path, shown] of rows) {
            // Whoever adds to the list gives an id.
            const change = changeOf(path!, changes) ?? changeOf(`${path}[].id`, changes);
            assert.equal(shown, change && changeText(change).replace(/ \(\w+\)/, ""), path);
        }
    });

    it("show commands of the package's own that it takes", () => {
        const commands = documents.flatMap(ownCommands);
        assert.ok(commands.length > 0, "no command was found");
        for (const words of commands) {
            assert.doesNotThrow(() => parseCommand(words), `zookeeper-ensemble ${words.join(" ")}`);
        }
    });

    it("name the policies that the pack has", () => {
        const named = [...documentOf("docs/pull-requests.md").text.matchAll(/^\| `([a-z]+-[a-z-]+)` \|/gm)];
        assert.deepEqual(
            named.map(([, name]) => name),
            rules.map(({ name }) => name),
        );
    });

    it("show no block that nobody has said of which test runs it", () => {
        const blocks = documents.flatMap(blocksOf).filter(({ language }) => language !== "ts");
        for (const block of blocks) {
            const known = shownBlocks.filter((each) => isShown(each, block));
            assert.equal(
                known.length,
                1,
                `${block.document} shows what test/support/shownBlocks.ts lacks:\n${block.text}`,
            );
        }
        for (const each of shownBlocks) {
            const { document, begins, test, otherwise = "" } = each;
            assert.equal(
                blocks.filter((block) => isShown(each, block)).length,
                1,
                `${document} does not show ${begins}`,
            );
            const tests = test ? [test] : [...otherwise.matchAll(/test\/\S+\.test\.ts/g)].map(([file]) => file);
            assert.ok(tests.length > 0 || /^no test: /.test(otherwise), `${document}, ${begins}: no test is named`);
            for (const file of tests) {
                assert.ok(existsSync(join(root, file)), `${file} does not exist`);
            }
            if (test) {
                assert.match(readFileSync(join(root, test), "utf8"), readsDocuments, `${test} reads no document`);
            }
        }
    });

    it("show JSON and YAML that can be read", () => {
        const blocks = documents.flatMap(blocksOf);
        const readers: Record<string, (text: string) => unknown> = { json: (text) => JSON.parse(text), yaml: parse };
        for (const [language, read] of Object.entries(readers)) {
            const texts = blocks.filter((block) => block.language === language);
            assert.ok(texts.length > 0, `no ${language} was found`);
            for (const { document, text } of texts) {
                assert.doesNotThrow(() => read(text), `${document}:\n${text}`);
            }
        }
    });

    it("name the version that is packed", () => {
        const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
        const named = documents.flatMap(({ file, text }) =>
            [...text.matchAll(/zookeeper-ensemble-(?:aws-)?(\d[\w.-]*)\.tgz/g)].map(([, each]) => `${file}: ${each}`),
        );
        assert.ok(named.length > 0, "no document names the tarball");
        assert.deepEqual(
            named.filter((each) => !each.endsWith(`: ${version}`)),
            [],
        );
    });

    it("have the license in each package", () => {
        assert.equal(
            readFileSync(join(root, "packages/aws/LICENSE"), "utf8"),
            readFileSync(join(root, "LICENSE"), "utf8"),
        );
    });

    for (const document of documents) {
        it(`${document.file}: all links lead somewhere`, () => {
            for (const link of localLinks(document)) {
                const { path, anchor } = targetOf(link, document);
                assert.ok(existsSync(join(root, path)), `${link} leads to no file`);
                assert.ok(anchor === "" || anchorsOf(documentOf(path)).includes(anchor), `${link} leads to no heading`);
            }
        });

        it(`${document.file}: all npm commands exist`, () => {
            const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: object };
            for (const { command, script } of npmCommands(document)) {
                assert.ok(
                    ofNpmItself.includes(command) || script in scripts,
                    `npm ${command} ${script} does not exist`,
                );
            }
        });
    }
});

function documentOf(path: string): Document {
    const document = documents.find(({ file }) => file === path);
    assert.ok(document, `${path} is not among the documents`);
    return document;
}

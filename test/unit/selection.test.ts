import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { documentOf, localLinks, sectionOf, targetOf } from "../support/documents";

const root = join(__dirname, "../..");
/** Folders of the checkout that hold nothing of its own. */
const others = ["node_modules", ".git", "dist", "coverage"];

interface Parts {
    readonly unit: readonly string[];
    readonly promises: readonly string[];
    readonly release: readonly string[];
    readonly upgrade: readonly string[];
}

describe("the commands that run the tests", () => {
    let parts: Parts;
    let filesOf: (command: string, root: string) => { together: string[]; alone: string[] };
    let titlesOf: (file: string) => string[] | undefined;

    before(async () => {
        // @ts-expect-error the tools are plain JavaScript
        const selection = await import("../../tools/test/selection.mjs");
        parts = selection.testFiles(root);
        filesOf = selection.filesOf;
        titlesOf = selection.titlesOf;
    });

    it("leave no test file out and have none in two parts", () => {
        const { unit, promises, release, upgrade } = parts;
        assert.deepEqual([...unit, ...promises, ...release, ...upgrade].sort(), testsBelow("").sort());
    });

    it("run everything before a release but upgrades, which need the history, and before that a part of it", () => {
        const [unit, promises, all] = ["unit", "promises", "all"].map((command) => {
            const { together, alone } = filesOf(command, root);
            return [...together, ...alone].sort();
        });
        assert.deepEqual(unit, [...parts.unit].sort());
        assert.deepEqual(promises, [...parts.unit, ...parts.promises].sort());
        const rest = filesOf("rest", root);
        const again = parts.promises.filter((file) => titlesOf(file));
        assert.deepEqual([...rest.together, ...rest.alone].sort(), [...parts.release, ...again].sort());
        assert.notEqual(parts.upgrade.length, 0);
        assert.deepEqual([...all!, ...parts.upgrade].sort(), testsBelow("").sort());
        const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: object };
        for (const script of ["test", "test:unit", "test:rest", "test:all", "test:upgrade"])
            assert.ok(script in scripts, script);
    });

    describe("run what docs/reliability.md names for each promise", () => {
        const inPart = () => parts.promises.filter((file) => titlesOf(file));
        const reliability = documentOf("docs/reliability.md");
        const [head, , ...rows] = tableOf(sectionOf(reliability, "What is shown").text);

        it("in a table with a column for each command", () => {
            assert.deepEqual(head, ["promise", "`npm run test:unit`", "`npm test`", "`npm run test:all`"]);
            assert.ok(rows.length > 10);
        });

        for (const [promise, ...columns] of rows) {
            it(promise!, () => {
                const named = columns.map((text) =>
                    localLinks({ ...reliability, text }).map((link) => targetOf(link, reliability).path),
                );
                const kinds: (keyof Parts)[] = ["unit", "promises", "release"];
                for (const [index, kind] of kinds.entries()) {
                    // Of some files `npm test` runs a part: the rest of them counts as its own.
                    const files = kind === "release" ? [...parts.release, ...inPart()] : parts[kind];
                    const stray = named[index]!.filter((name) => !files.some((file) => isIn(name, file)));
                    assert.deepEqual(stray, [], `${head![index + 1]} runs other files`);
                }
                assert.notEqual(named[0]!.length + named[1]!.length, 0, "nothing shows it before a release");
            });
        }
    });
});

/** A test file, or a folder of them. */
const isIn = (name: string, file: string) => file === name || file.startsWith(`${name}/`);

function tableOf(text: string): string[][] {
    const lines = text.split("\n").filter((line) => line.startsWith("|"));
    return lines.map((line) =>
        line
            .slice(1, -1)
            .split(" | ")
            .map((cell) => cell.replace(/^\||\|$/g, "").trim()),
    );
}

function testsBelow(folder: string): string[] {
    const entries = readdirSync(join(root, folder), { withFileTypes: true });
    return entries.flatMap((entry) => {
        if (others.includes(entry.name)) return [];
        const file = folder ? `${folder}/${entry.name}` : entry.name;
        if (entry.isDirectory()) return testsBelow(file);
        return file.endsWith(".test.ts") ? [file] : [];
    });
}

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Change, changeOf } from "../../lib/lifecycle/decide/changes";
import { changes } from "../../lib/platforms/registry";
import { awsPreviews, dockerPreviews, previewedOnAws, previewedOnDocker } from "../support/previewedChanges";

/** The golden file, told as the table tells it. */
interface Shown {
    /** By name of the resource without the component's: what is done to it. */
    readonly done: ReadonlyMap<string, string>;
    readonly said: readonly string[];
}

function shownIn(file: string): Shown {
    const lines = readFileSync(join(__dirname, "previews", `${file}.txt`), "utf8").split("\n");
    const touched = lines.flatMap((line) => {
        const [, operation, name] = /^([a-z-]+) \S+:\S+ coordination-(\S+)/.exec(line) ?? [];
        return name === undefined ? [] : [[name, operation!] as const];
    });
    return { done: new Map(touched), said: lines.filter((line) => line.startsWith("info: ")) };
}

const ids = [1, 2, 3];
const parts = (done: Shown["done"], what: RegExp) => [...done].filter(([name]) => what.test(name));

/** What the preview of one change has to show: of three servers, all of which it concerns. */
function checkShown(change: Change, { done, said }: Shown): void {
    const servers = parts(done, /^\d+-(server|serving)$/);
    const isRoll = change.is === "roll";
    assert.deepEqual(said, isRoll ? ids.map((id) => `info: server ${id} is restarted: ${change.reason}`) : []);
    switch (change.is) {
        case "roll":
            assert.deepEqual(
                servers.filter(([name]) => name.endsWith("serving")),
                ids.map((id) => [`${id}-serving`, "update"]),
            );
            assert.equal(servers.length, 2 * ids.length, "each machine is replaced, or changed");
            return;
        case "membership":
            assert.equal(done.get("membership"), "update");
            assert.ok(servers.length > 0, "servers come or go");
            assert.deepEqual(
                servers.filter(([, operation]) => !["create", "delete"].includes(operation)),
                [],
            );
            return;
        case "inPlace":
            assert.ok(done.size > 0, "something is changed");
            assert.deepEqual(
                [...done].filter(([name, operation]) => /-serving$/.test(name) || /replace|delete/.test(operation)),
                [],
            );
            return;
        case "nothing":
        case "newServers":
            assert.deepEqual([...done], []);
            return;
        default:
            assert.fail(`no golden file shows what is ${change.is}`);
    }
}

/** Paths of what is given; of a list of servers what its entries give. */
function pathsIn(value: unknown, path = ""): string[] {
    const isList = Array.isArray(value) && value.some((each) => typeof each === "object");
    if (value === undefined || (Array.isArray(value) && !isList) || typeof value !== "object" || value === null) {
        return value === undefined ? [] : [path];
    }
    const inside = isList
        ? (value as unknown[]).map((each) => [`${path}[]`, each])
        : Object.entries(value).map(([name, each]) => [path === "" ? name : `${path}.${name}`, each]);
    return [...new Set(inside.flatMap(([at, each]) => pathsIn(each, at as string)))];
}

/** The one change that all of the given arguments are; with what is given besides it may be another. */
function changeIn(given: object, besides: object): Change | undefined {
    const found = pathsIn(given).map((path) => changeOf(path, changes));
    assert.ok(
        found.every((each) => each?.is === found[0]?.is),
        "a golden preview is of one kind of change",
    );
    const [change] = found;
    return change?.is === "roll" && change.inPlaceWith && pathsIn(besides).includes(change.inPlaceWith)
        ? { is: "inPlace" }
        : change;
}

describe("golden previews", () => {
    const all: [string, object, object][] = [
        ...Object.entries(dockerPreviews).map(([name, { args, docker }]): [string, object, object] => [
            name,
            { ...args, docker },
            previewedOnDocker,
        ]),
        ...Object.entries(awsPreviews).map(([name, { args, aws }]): [string, object, object] => [
            `aws/${name}`,
            { ...args, aws },
            previewedOnAws,
        ]),
    ];
    for (const [file, given, besides] of all) {
        it(`${file}: shows what the table says`, () => {
            const change = changeIn(given, besides);
            const shown = shownIn(file);
            if (change === undefined) {
                assert.deepEqual([...shown.done, ...shown.said], [], "nothing is changed");
            } else {
                checkShown(change, shown);
            }
        });
    }
});

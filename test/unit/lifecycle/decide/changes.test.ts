import assert from "node:assert/strict";
import {
    changeOf,
    changeText,
    commonChanges,
    inPlace,
    reasonsToReplace,
    restartText,
    roll,
} from "../../../../lib/lifecycle/decide/changes";
import { act, done, refuse, RefusalReason, wait } from "../../../../lib/lifecycle/decide/decision";
import { ReplaceReason, specificationText } from "../../../../lib/lifecycle/specification";

const specification = (version: string, configuration: string, all = version + configuration) =>
    specificationText({
        all,
        byReason: {
            [ReplaceReason.Version]: version,
            [ReplaceReason.Configuration]: configuration,
            [ReplaceReason.Jvm]: "j",
            [ReplaceReason.Machine]: "m",
            [ReplaceReason.RestartTrigger]: "t",
        },
    });

describe("the table of changes", () => {
    it("has a line for an argument, or for the group around it", () => {
        const changes = { a: inPlace, "a.b.c": roll(ReplaceReason.Jvm) };
        assert.deepEqual(
            ["a", "a.b", "a.b.c", "a.b.d", "b", "ab"].map((path) => changeOf(path, changes)?.is),
            ["inPlace", "inPlace", "roll", "inPlace", undefined, undefined],
        );
    });

    it("says in the documents what it means", () => {
        const texts = Object.entries(commonChanges).map(([path, change]) => `${path}: ${changeText(change)}`);
        assert.deepEqual(
            ["size", "config", "chroot", "ensembleId", "lifecycle.gates", "lifecycle.running"].map((path) =>
                texts.find((each) => each.startsWith(`${path}: `)),
            ),
            [
                "size: membership change, no restarts",
                "config: one server at a time (configuration)",
                "chroot: in place",
                "ensembleId: refused while the ensemble lives",
                "lifecycle.gates: nothing by itself",
                "lifecycle.running: stops or starts all servers",
            ],
        );
        assert.equal(
            changeText(roll(ReplaceReason.Jvm, "jvm.heapMiB")),
            "one server at a time (jvm); in place with `jvm.heapMiB`",
        );
        assert.equal(changeText({ is: "newServers" }), "new servers only");
        assert.equal(changeText({ is: "founding" }), "ignored after the first `up`");
    });
});

describe("why a machine is replaced", () => {
    it("is told of a server that is there", () => {
        const reasons = [ReplaceReason.Version, ReplaceReason.RestartTrigger] as const;
        assert.equal(restartText(2, reasons), "server 2 is restarted: version, restartTrigger");
    });

    it("is each part that differs", () => {
        const reasons = (actual: string) => reasonsToReplace(actual, specification("a", "b"));
        assert.deepEqual(reasons(specification("a", "b")), []);
        assert.deepEqual(reasons(specification("x", "b")), [ReplaceReason.Version]);
        assert.deepEqual(reasons(specification("x", "y")), [ReplaceReason.Version, ReplaceReason.Configuration]);
    });

    it("is another release of this library where no part differs, or none is known", () => {
        const wanted = specification("a", "b");
        assert.deepEqual(reasonsToReplace(specification("a", "b", "other"), wanted), [
            "another release of this library",
        ]);
        assert.deepEqual(reasonsToReplace("", wanted), ["another release of this library"]);
    });
});

describe("a decision", () => {
    it("says only what there is to say", () => {
        assert.deepEqual(done, { kind: "done" });
        assert.deepEqual(wait("a"), { kind: "wait", for: "a" });
        assert.deepEqual(wait("a", 3), { kind: "wait", for: "a", watch: 3 });
        assert.deepEqual(refuse(RefusalReason.DataLoss, "a"), {
            kind: "refuse",
            refusal: { reason: RefusalReason.DataLoss, text: "a" },
        });
        const action = { do: "stop", id: 1 } as const;
        assert.deepEqual(act(action, "a"), { kind: "act", action, because: "a" });
    });
});

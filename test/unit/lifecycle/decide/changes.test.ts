import assert from "node:assert/strict";
import { reasonsToReplace } from "../../../../lib/lifecycle/decide/changes";
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

describe("why a machine is replaced", () => {
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

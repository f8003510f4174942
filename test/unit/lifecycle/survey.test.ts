import assert from "node:assert/strict";
import { Lease } from "../../../lib/lifecycle/lease";
import { judge, survey, SurveyedPlatform } from "../../../lib/lifecycle/survey";
import { resolve } from "../../../lib/platforms/resolve";
import { membershipLines } from "../../../lib/zookeeper/serverLines";
import { Seen, viewOf } from "../../support/views";

const spec = resolve({ name: "e", project: "p", stack: "s" }, { docker: {} });
const lines = membershipLines(spec);
const leader: Seen = { mode: "leader" };
const follower: Seen = { mode: "follower" };

function judged(servers: Record<number, Seen>, changed: number[]) {
    const hashes = new Map(spec.servers.map(({ id }) => [id, changed.includes(id) ? "changed" : "wanted"]));
    return judge(spec, viewOf(servers, lines), hashes);
}

describe("the survey", () => {
    it("refuses everything when it sees nothing, says why also where a provider rejects with a text, and the way out", async () => {
        const platform = { wantedHashes: () => Promise.reject("no credentials") } as unknown as SurveyedPlatform;
        const { refused } = await survey(spec, platform, {} as Lease, () => undefined);
        assert.match(
            refused,
            /cannot be seen, so nothing is touched: no credentials: mend that and run `pulumi up` again/,
        );
        assert.match(refused, /lifecycle\.gates$/);
    });

    it("lets a roll of a healthy ensemble through, the leader last", () => {
        const survey = judged({ 1: leader, 2: follower, 3: follower }, [1, 2, 3]);
        assert.equal(survey.refused, "");
        assert.deepEqual(survey.order, [2, 3, 1]);
    });

    it("refuses to touch a serving server when another one is down and stays down", () => {
        const survey = judged({ 1: leader, 2: follower, 3: { running: false } }, [1, 2]);
        assert.match(
            survey.refused,
            /would cost the quorum: 2 of 3 voters serve, 2 are needed, and server 3 does not \(machine/,
        );
    });

    it("mends the sick server first when the change touches it", () => {
        const survey = judged({ 1: leader, 2: follower, 3: { running: false } }, [1, 2, 3]);
        assert.equal(survey.refused, "");
        assert.deepEqual(survey.order, [3, 2, 1]);
        assert.deepEqual(survey.sick, [3]);
    });

    it("blocks nothing when a sick ensemble is not being changed", () => {
        assert.equal(judged({ 1: leader, 2: follower, 3: { running: false } }, []).refused, "");
    });

    it("lets repairs through when the quorum is lost already, and says so", () => {
        const survey = judged({ 1: { running: false }, 2: { running: false }, 3: {} }, [1, 2, 3]);
        assert.equal(survey.refused, "");
        assert.match(survey.notes.join("\n"), /quorum is lost already \(0 of 3 voters serve\)/);
    });

    it("orders nothing while the ensemble is being founded", () => {
        const survey = judged({ 1: { disk: "blank" }, 2: { disk: "founding" }, 3: { hasMachine: false } }, [1, 2, 3]);
        assert.deepEqual(survey.order, []);
        assert.equal(survey.refused, "");
    });

    it("counts a machine that was made and never ran as one to be mended first", () => {
        const survey = judged({ 1: follower, 2: { running: false, hasRun: false }, 3: leader }, [1, 3]);
        assert.deepEqual(survey.order, [2, 1, 3]);
        assert.equal(survey.refused, "");
    });

    it("waits for no dead server that leaves, and protects the quorum from the change all the same", () => {
        const fourth = resolve(
            { name: "e", project: "p", stack: "s" },
            { servers: [{ id: 1 }, { id: 3 }, { id: 4 }], docker: {} },
        );
        // Nobody sees a server that is neither wanted nor there.
        const seen = viewOf({ 1: leader, 3: follower, 4: { disk: "blank" } }, lines);
        const replaced = judge(fourth, seen, new Map([1, 3, 4].map((id) => [id, "wanted"])));
        assert.deepEqual(replaced.leaving, [2]);
        assert.equal(replaced.refused, "");
        const rolled = judge(fourth, seen, new Map([1, 3, 4].map((id) => [id, "changed"])));
        assert.match(rolled.refused, /would cost the quorum: 2 of 3 voters serve/);
    });

    it("counts a server without a machine as one to be mended first", () => {
        const survey = judged({ 1: follower, 2: { hasMachine: false }, 3: leader }, [1, 2, 3]);
        assert.deepEqual(survey.order, [2, 1, 3]);
        assert.equal(survey.refused, "");
    });
});

import assert from "node:assert/strict";
import { judge } from "../../../lib/lifecycle/survey";
import { nextToStop } from "../../../lib/lifecycle/stopGate";
import { membershipLines } from "../../../lib/zookeeper/serverLines";
import { resolve } from "../../../lib/platforms/resolve";
import { Seen, viewOf } from "../../support/views";

const identity = { name: "e", project: "p", stack: "s" };
const spec = resolve(identity, { docker: {} });
const lines = membershipLines(spec);
const leader: Seen = { mode: "leader" };
const follower: Seen = { mode: "follower" };
const stopped: Seen = { running: false };

describe("stopping all servers", () => {
    const order = (servers: Record<number, Seen>) => {
        const left = { ...servers };
        const ids: number[] = [];
        for (let next = nextToStop(viewOf(left, lines)); next; next = nextToStop(viewOf(left, lines))) {
            ids.push(next.id);
            left[next.id] = stopped;
        }
        return ids;
    };

    it("begins with who does not serve, and ends with the leader", () => {
        assert.deepEqual(order({ 1: leader, 2: follower, 3: follower }), [2, 3, 1]);
        assert.deepEqual(order({ 1: follower, 2: leader, 3: {} }), [3, 1, 2]);
    });

    it("leaves alone what is stopped already, and what has no machine", () => {
        assert.deepEqual(order({ 1: leader, 2: stopped, 3: { hasMachine: false } }), [1]);
    });
});

describe("the way back to an older version", () => {
    const older = resolve(identity, { docker: {}, version: "3.8.6", lifecycle: { allowDowngrade: true } });
    const judged = (wanted: typeof spec, servers: Record<number, Seen>) =>
        judge(wanted, viewOf(servers, lines), new Map(wanted.servers.map(({ id }) => [id, "changed"]))).refused;

    it("is refused while a server would have to be filled by a newer one", () => {
        for (const lacking of [{ disk: "blank" }, { disk: "left" }, { epoch: -1n }] as Seen[]) {
            const refused = judged(older, { 1: leader, 2: follower, 3: lacking });
            assert.match(refused, /version 3.8.6 is older than 3.9.5, which runs, and server 3 \(.*would be filled/);
        }
    });

    it("goes on after an interruption, when a member is stopped or its machine is gone", () => {
        for (const sick of [stopped, {}, { hasMachine: false }] as Seen[]) {
            assert.equal(judged(older, { 1: leader, 2: follower, 3: sick }), "");
        }
    });

    it("is open when all serve, and the way forward always", () => {
        assert.equal(judged(older, { 1: leader, 2: follower, 3: follower }), "");
        assert.equal(judged(spec, { 1: leader, 2: follower, 3: stopped }), "");
    });

    it("is refused together with new servers", () => {
        const servers = [1, 2, 3, 4].map((id) => ({ id }));
        const grown = resolve(identity, { docker: {}, servers, version: "3.8.6", lifecycle: { allowDowngrade: true } });
        const refused = judged(grown, { 1: leader, 2: follower, 3: follower, 4: { hasMachine: false } });
        assert.match(refused, /server 4 \(has no machine\) would be filled/);
    });
});

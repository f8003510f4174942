import assert from "node:assert/strict";
import { ensembleProblems, quorumIsPossible, unready } from "../../../lib/lifecycle/readiness";
import { line, Seen, viewOf } from "../../support/views";

const lines = [line(1), line(2), line(3)];
const leader: Seen = { mode: "leader" };
const follower: Seen = { mode: "follower" };
const nobodyExcused = { sinceZxid: 0n, excused: new Set<number>() };

describe("readiness", () => {
    it("asks for the leader's zxid at the gate's start", () => {
        const view = viewOf({ 1: leader, 2: { ...follower, zxid: 0x100000004n }, 3: follower }, lines);
        assert.match(unready(view, 2, 0x100000005n) ?? "", /is behind: zxid 0x100000004/);
        assert.equal(unready(view, 3, 0x100000005n), undefined);
    });

    it("takes a follower of the epoch for one that has everything before it: no transaction has the zeroth zxid", () => {
        const elected: Seen = { mode: "leader", zxid: 0x200000000n, epoch: 2n };
        const servers = { 1: elected, 2: { ...follower, epoch: 2n }, 3: { ...follower, epoch: 1n } };
        const view = viewOf(servers, lines);
        assert.equal(unready(view, 2, 0x200000000n), undefined);
        assert.match(unready(view, 3, 0x200000000n) ?? "", /is behind/);
    });

    it("says that a volume is full: the server's own log soon shows other things", () => {
        const view = viewOf({ 1: leader, 2: { logFreeKiB: 12 }, 3: { ...follower, logFreeKiB: 1024 } }, lines);
        assert.match(unready(view, 2, 0n) ?? "", /looks for a quorum, its log volume is full \(12 KiB free\)$/);
        assert.equal(unready(view, 3, 0n), undefined);
    });

    it("asks for the leader's configuration", () => {
        const view = viewOf({ 1: { ...leader, version: 9n }, 2: { ...follower, version: 8n }, 3: follower }, lines);
        assert.match(unready(view, 2, 0n) ?? "", /uses configuration 8, the leader 9/);
    });
});

describe("a healthy ensemble", () => {
    it("has one leader and every voter ready", () => {
        const view = viewOf({ 1: leader, 2: follower, 3: follower }, lines);
        assert.deepEqual(ensembleProblems(view, nobodyExcused), []);
    });

    it("has not two leaders, and not none", () => {
        assert.deepEqual(ensembleProblems(viewOf({ 1: leader, 2: leader, 3: follower }, lines), nobodyExcused), [
            "2 servers say that they lead",
        ]);
        assert.deepEqual(ensembleProblems(viewOf({ 1: {}, 2: {}, 3: {} }, lines), nobodyExcused), ["no server leads"]);
    });

    it("counts the voters of the leader's configuration, not who says follower", () => {
        const view = viewOf({ 1: leader, 2: follower, 3: { running: false }, 4: follower }, lines);
        assert.deepEqual(ensembleProblems(view, nobodyExcused), ["server 3: machine ensemble-3 is exited (1)"]);
    });

    it("does not wait for a sick server whose turn comes later", () => {
        const view = viewOf({ 1: leader, 2: follower, 3: { running: false } }, lines);
        assert.deepEqual(ensembleProblems(view, { sinceZxid: 0n, excused: new Set([3]) }), []);
    });

    it("has no undecided reconfiguration on any disk", () => {
        const undecided = { ...follower, pendingVersion: 0x200000001n };
        const view = viewOf({ 1: leader, 2: undecided, 3: follower }, lines);
        assert.deepEqual(ensembleProblems(view, nobodyExcused), [
            "server 2: a reconfiguration is undecided (200000001)",
        ]);
    });
});

describe("a quorum", () => {
    const configuration = { version: 1n, lines };
    const possible = (servers: Record<number, Seen>, ...excused: number[]) =>
        quorumIsPossible(viewOf(servers, lines), configuration, new Set(excused));

    it("is possible when enough voters run", () => {
        assert.ok(possible({ 1: {}, 2: {}, 3: { running: false } }));
        assert.ok(!possible({ 1: {}, 2: { running: false }, 3: { hasMachine: false } }));
    });

    it("is not expected of sick servers that wait for their own turn, unless there is a leader", () => {
        assert.ok(!possible({ 1: {}, 2: {}, 3: {} }, 2, 3));
        assert.ok(possible({ 1: follower, 2: leader, 3: {} }, 2, 3));
    });
});

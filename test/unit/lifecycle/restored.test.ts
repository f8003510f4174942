import assert from "node:assert/strict";
import { LiveEnsemble } from "../../../lib/lifecycle/liveEnsemble";
import { hopelessLoss, lostData, majorityLost } from "../../../lib/lifecycle/lostData";
import { restoredCopies } from "../../../lib/lifecycle/restored";
import { sayFound } from "../../../lib/lifecycle/words";
import { membershipLines } from "../../../lib/zookeeper/serverLines";
import { resolve } from "../../../lib/platforms/resolve";
import { Seen, viewOf } from "../../support/views";

const spec = resolve({ name: "e", project: "p", stack: "s" }, { docker: {} });
const lines = membershipLines(spec);
const copy: Seen = { disk: "blank", isCopy: true };
const kept: Seen = { isCopy: true };
const blank: Seen = { disk: "blank" };

function restored(servers: Record<number, Seen>): number[] {
    return restoredCopies(viewOf(servers, lines)).map(({ id }) => id);
}

function lost(servers: Record<number, Seen>): string {
    return lostData({ spec }, viewOf(servers, lines));
}

describe("an ensemble that was given back from copies", () => {
    it("is one when all its servers have them", () => {
        assert.deepEqual(restored({ 1: copy, 2: copy, 3: copy }), [1, 2, 3]);
        assert.equal(hopelessLoss({ spec }, viewOf({ 1: copy, 2: copy, 3: copy }, lines)), "");
        assert.match(lost({ 1: copy, 2: copy, 3: copy }), /server 1, 2, 3 are copies, and it was not told yet to keep/);
    });

    it("goes on where it was interrupted: who keeps its copy has no data of its own either", () => {
        assert.deepEqual(restored({ 1: kept, 2: copy, 3: kept }), [2]);
        assert.equal(majorityLost(viewOf({ 1: kept, 2: copy, 3: copy }, lines)), "");
        assert.deepEqual(restored({ 1: kept, 2: kept, 3: kept }), []);
    });

    it("may lack a minority, which is filled by the others, and may have servers that never got any data", () => {
        assert.deepEqual(restored({ 1: copy, 2: blank, 3: copy }), [1, 3]);
        assert.deepEqual(restored({ 1: copy, 2: { epoch: -1n }, 3: copy }), [1, 3]);
        assert.deepEqual(restored({ 1: copy, 2: blank, 3: blank }), []);
        assert.match(lost({ 1: copy, 2: blank, 3: blank }), /and only 1 of 3 voters have one\. See "Give an ensemble/);
    });

    it("is none while one server has its own data: the copies are an old state", () => {
        assert.deepEqual(restored({ 1: {}, 2: copy, 3: copy }), []);
        assert.match(
            majorityLost(viewOf({ 1: {}, 2: copy, 3: copy }, lines)),
            /^server 2, 3 lost all data \(server 2, 3 has a copy: all get one, or none\), which is a majority/,
        );
        const observer: Seen = {};
        assert.match(
            lost({ 1: copy, 2: copy, 3: copy, 4: observer }),
            /server 4 may have its own data \(running, looks/,
        );
    });

    it("is none while a server may have its own data, because it is not seen or refuses its volumes", () => {
        for (const other of [{ running: false }, { hasMachine: false }, { disk: "refused" }] as Seen[]) {
            assert.deepEqual(restored({ 1: other, 2: copy, 3: copy }), []);
            assert.match(lost({ 1: other, 2: copy, 3: copy }), /server 1 may have its own data \(/);
        }
        assert.match(lost({ 2: copy, 3: copy }), /server 1 of their configuration is not there: give it back, too/);
    });

    it("is none when the copies are of different moments: a majority could form without the newest", () => {
        assert.deepEqual(restored({ 1: copy, 2: { ...copy, epoch: 2n }, 3: copy }), []);
        assert.match(
            lost({ 1: copy, 2: { ...copy, epoch: 2n }, 3: copy }),
            /different moments \(server 1 of epoch 1, server 2 of epoch 2, server 3 of epoch 1\)/,
        );
        const newer: Seen = { ...copy, epoch: 2n };
        assert.deepEqual(restored({ 1: copy, 2: newer, 3: newer }), [1, 2, 3]);
    });

    it("has nothing to keep while somebody leads", () => {
        const view = viewOf({ 1: { mode: "leader" }, 2: { mode: "follower" }, 3: copy }, lines);
        assert.deepEqual(restoredCopies(view), []);
        assert.equal(lostData({ spec }, view), "");
    });
});

it("a founding waits when a server has a copy of data", async () => {
    const said: string[] = [];
    const machines = {
        member: async (_: unknown, words: string[]) => (said.push(words[0]!), { exitCode: 0, output: "" }),
    };
    const ensemble = { spec, machines, nonce: async () => "n1", located: async () => spec } as unknown as LiveEnsemble;
    const obstacle = await sayFound(ensemble, viewOf({ 1: copy, 2: blank, 3: blank }, lines));
    assert.equal(obstacle, "server 1 is blank /data is a copy");
    assert.deepEqual(said, []);
    assert.equal(await sayFound(ensemble, viewOf({ 1: blank, 2: blank, 3: blank }, lines)), "");
    assert.deepEqual(said, ["word", "word", "word"]);
});

import assert from "node:assert/strict";
import { lostData, majorityLost } from "../../../lib/lifecycle/lostData";
import { restoredCopies } from "../../../lib/lifecycle/restored";
import { membershipLines } from "../../../lib/render/membership";
import { resolve } from "../../../lib/spec/resolve";
import { Seen, viewOf } from "../../support/views";

const spec = resolve({ name: "e", project: "p", stack: "s" }, { docker: {} });
const lines = membershipLines(spec);
const copy: Seen = { disk: "blank", isCopy: true };
const kept: Seen = { isCopy: true };
const blank: Seen = { disk: "blank" };

function restored(servers: Record<number, Seen>): number[] {
    return restoredCopies(viewOf(servers, lines)).map(({ id }) => id);
}

describe("an ensemble that was given back from copies", () => {
    it("is one when all its servers have them", () => {
        assert.deepEqual(restored({ 1: copy, 2: copy, 3: copy }), [1, 2, 3]);
        assert.equal(lostData({ spec }, viewOf({ 1: copy, 2: copy, 3: copy }, lines)), "");
    });

    it("goes on where it was interrupted: who keeps its copy has no data of its own either", () => {
        assert.deepEqual(restored({ 1: kept, 2: copy, 3: kept }), [2]);
        assert.equal(majorityLost(viewOf({ 1: kept, 2: copy, 3: copy }, lines)), "");
        assert.deepEqual(restored({ 1: kept, 2: kept, 3: kept }), []);
    });

    it("may lack a minority, which is filled by the others", () => {
        assert.deepEqual(restored({ 1: copy, 2: blank, 3: copy }), [1, 3]);
        assert.deepEqual(restored({ 1: copy, 2: blank, 3: blank }), []);
        assert.match(lostData({ spec }, viewOf({ 1: copy, 2: blank, 3: blank }, lines)), /no server .* has any data/);
    });

    it("is none while one server has its own data: the copies are an old state", () => {
        assert.deepEqual(restored({ 1: {}, 2: copy, 3: copy }), []);
        assert.match(
            majorityLost(viewOf({ 1: {}, 2: copy, 3: copy }, lines)),
            /^server 2, 3 lost all data \(server 2, 3 has a copy: all get one, or none\), which is a majority/,
        );
    });

    it("is none while a server cannot be seen, which may have its own data, or one leads", () => {
        assert.deepEqual(restored({ 1: { running: false }, 2: copy, 3: copy }), []);
        assert.deepEqual(restored({ 1: { hasMachine: false }, 2: copy, 3: copy }), []);
        assert.deepEqual(restored({ 2: copy, 3: copy }), []);
        assert.deepEqual(restored({ 1: { mode: "leader", isCopy: true }, 2: copy, 3: copy }), []);
    });
});

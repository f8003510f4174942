import assert from "node:assert/strict";
import { lostData, majorityLost } from "../../../lib/lifecycle/lostData";
import { quorumIsPossible } from "../../../lib/lifecycle/readiness";
import { membershipLines } from "../../../lib/zookeeper/serverLines";
import { resolve } from "../../../lib/platforms/resolve";
import { Seen, viewOf } from "../../support/views";

const spec = resolve({ name: "e", project: "p", stack: "s" }, { docker: {} });
const lines = membershipLines(spec);
const blank: Seen = { disk: "blank" };

describe("lost data", () => {
    it("is said when a majority of the voters is blank and nobody leads", () => {
        const lost = majorityLost(viewOf({ 1: {}, 2: blank, 3: blank }, lines));
        assert.match(lost, /^server 2, 3 lost all data, which is a majority of the 3 voters: server 1 cannot know/);
        assert.match(lost, /acceptDataLoss accepts only the loss of everything/);
    });

    it("is said of all when nobody has any", () => {
        const lost = lostData({ spec }, viewOf({ 1: blank, 2: blank, 3: blank }, lines));
        assert.match(lost, /no server of this ensemble has any data.*acceptDataLoss to a new text/);
    });

    it("is not said while those with data can elect a leader, who gives the others their word", () => {
        assert.equal(lostData({ spec }, viewOf({ 1: {}, 2: {}, 3: blank }, lines)), "");
        assert.equal(lostData({ spec }, viewOf({ 1: { mode: "leader" }, 2: blank, 3: blank }, lines)), "");
    });

    it("is not said of a server that is only down: its disks may be whole", () => {
        assert.equal(lostData({ spec }, viewOf({ 1: { running: false }, 2: { running: false }, 3: blank }, lines)), "");
        assert.equal(lostData({ spec }, viewOf({ 1: {}, 2: { hasMachine: false }, 3: blank }, lines)), "");
    });

    it("is not said of new servers beside a few voters, nor of a founding", () => {
        const one = lines.slice(0, 1);
        assert.equal(lostData({ spec }, viewOf({ 1: { lines: one }, 2: blank, 3: blank }, one)), "");
        const founding: Seen = { disk: "founding", epoch: 0n };
        assert.equal(lostData({ spec }, viewOf({ 1: founding, 2: blank, 3: blank }, lines)), "");
    });

    it("makes no quorum: nobody waits for the word that only a leader gives", () => {
        const view = viewOf({ 1: {}, 2: blank, 3: { hasMachine: false } }, lines);
        const configuration = { version: 0x100000000n, lines };
        assert.equal(quorumIsPossible(view, configuration, new Set()), false);
        const two = viewOf({ 1: {}, 2: {}, 3: blank }, lines);
        assert.equal(quorumIsPossible(two, configuration, new Set()), true);
    });
});

import assert from "node:assert/strict";
import { copiesIn, describeWaitingCopies } from "../../../../lib/lifecycle/decide/volumeCopies";
import { observation } from "../../../support/lifecycle/observations";

const obstacle = (words: string, members?: string) =>
    copiesIn(observation(words, members === undefined ? {} : { members })).obstacle;
const none = { waiting: [], obstacle: undefined };

describe("copies of volumes", () => {
    it("1. do not count while somebody leads, and nobody waits where there is none", () => {
        assert.deepEqual(copiesIn(observation("1 leader copied, 2 copy, 3 copy")), none);
        assert.deepEqual(copiesIn(observation("1 looking, 2 silent, 3 blank")), none);
    });

    it("2. are nothing beside anybody who may have data of his own, and all of those are named", () => {
        const why = (id: number, words: string) => `server ${id} may have its own data (${words})`;
        assert.equal(
            obstacle("1 copy, 2 silent, 3 stopped, 4 absent, 5 refused, 6 looking, 7 crashing, 8 preparing"),
            [
                why(2, "does not answer: no route"),
                why(3, "machine ensemble-3 is exited (1)"),
                why(4, "has no machine"),
                why(5, "refuses to start: /data belongs to server 9"),
                why(6, "running, looks for a quorum"),
                why(7, "machine ensemble-7 is restarting (1)"),
                why(8, "installs Java"),
            ].join(", "),
        );
    });

    it("2. count beside those that have none: blank, left, never filled, or founding", () => {
        const members = "1 2 3";
        for (const other of [
            "blank epoch:2",
            "left",
            "joining",
            "bootstrapping",
            "looking copied",
            "looking epoch:0 nonce:n1",
        ]) {
            assert.equal(obstacle(`1 copy, 2 copy, 3 copy, 4 ${other}`, members), undefined, other);
        }
        assert.match(obstacle("1 copy, 2 copy, 3 copy, 4 looking epoch:1", members)!, /server 4 may have its own data/);
    });

    it("3. need all voters of the newest configuration", () => {
        assert.equal(obstacle("1 copy, 2 copy", "1 2 3"), "server 3 may have its own data (has no machine)");
    });

    it("4. need a quorum of voters, and one of the newest epoch in every majority", () => {
        assert.equal(obstacle("1 copy lines:-"), "only 0 of 0 voters have one");
        assert.equal(obstacle("1 copy, 2 blank, 3 blank", "1 2 3"), "only 1 of 3 voters have one");
        assert.equal(obstacle("1 copy, 2 copy, 3 blank", "1 2 3"), undefined);
        assert.equal(obstacle("1 copy epoch:5, 2 copy epoch:5, 3 copy epoch:4", "1 2 3"), undefined);
        assert.equal(
            obstacle("1 copy epoch:5, 2 copy epoch:4, 3 copy epoch:4", "1 2 3"),
            "they are of different moments (server 1 of epoch 5, server 2 of epoch 4, server 3 of epoch 4)",
        );
        assert.equal(obstacle("1 copy, 2 copy, 3 blank, 4 blank", "1 2 3o 4o"), undefined, "observers have no say");
    });

    it("are told with what they wait for", () => {
        const seen = observation("1 copy, 2 silent");
        assert.match(
            describeWaitingCopies(copiesIn(seen)),
            /^the volumes of server 1 are copies, which count only when/,
        );
    });
});

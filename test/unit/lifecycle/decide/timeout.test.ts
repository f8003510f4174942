import assert from "node:assert/strict";
import { timeoutRefusal } from "../../../../lib/lifecycle/decide/timeout";
import { observation } from "../../../support/lifecycle/observations";
import { toldRefusal } from "../../../support/lifecycle/told";
import { wantedOf } from "../../../support/lifecycle/wanted";

const limits = { tickTimeMs: 2000, initLimitTicks: 30 };
const wanted = wantedOf("1 2 3", { limits });
const explained =
    "too long. The leader, server 1, still gives a learner 20 s to be filled (initLimit 10 of 2000 ms), and this program " +
    "60 s, which it gets only when it is replaced. When that is too short for server 3: take server 3 out of the program " +
    "(servers) and run `pulumi up` with the settings as they were; then change them; then put back what was taken out, each in an `up` of " +
    "its own";

function said(seen: string, id: number | undefined = undefined, program = wanted): string {
    return toldRefusal(timeoutRefusal(program, observation(seen), "too long", id));
}

describe("a gate that has waited as long as it may", () => {
    it("names the leader's old limit, when a longer one is wanted and a learner is not filled", () => {
        const seen = "1 leader limit:10, 2 follower, 3";
        assert.equal(said(`${seen} joining`, 3), `timed out, about 3: ${explained}`);
        assert.equal(said(`${seen} looking`, 3), `timed out, about 3: ${explained}`);
        assert.equal(said(`${seen} looking`), `timed out: ${explained}`, "the last gate waits for all");
    });

    it("names all learners that are not filled, they come out and go back together", () => {
        const seen = "1 leader limit:10, 2 joining, 3 looking, 4 joining";
        assert.match(said(seen, 3), /too short for server 3: take server 2, 3 out of the program/);
    });

    it("does not send all servers of the program away", () => {
        const only = wantedOf("3", { limits });
        assert.match(
            said("1 leader limit:10, 2 follower, 3 joining", 3, only),
            /put server 1 into the program in place of server 3 .*; then put them back beside it, and take it out, each in/,
        );
    });

    it("says nothing of it where that explains nothing", () => {
        const plain = "timed out, about 3: too long";
        assert.equal(said("1 leader limit:10, 2 follower, 3 silent", 3), plain);
        assert.equal(said("1 leader limit:10, 2 follower, 3 follower", 3), plain);
        assert.equal(said("1 leader limit:30, 2 follower, 3 joining", 3), plain);
        assert.equal(said("1 leader limit:60, 2 follower, 3 joining", 3), plain);
        assert.equal(said("1 leader, 2 follower, 3 joining", 3), plain, "the limit is not known");
        assert.equal(said("1 looking, 2 looking, 3 looking", 3), plain, "nobody leads");
        assert.equal(said("1 leader limit:10, 2 follower, 3 joining", 2), "timed out, about 2: too long");
        assert.equal(said("1 leader limit:10, 2 follower, 3 follower"), "timed out: too long");
    });

    it("names the refresh, when a member's machine is gone that this program wants", () => {
        const refresh =
            "too long. The machine of server 2 is gone, and where it was removed by hand only a refresh tells Pulumi so: " +
            "run `pulumi up --refresh`";
        assert.equal(said("1 leader, 2 absent, 3 follower", 3), `timed out, about 3: ${refresh}`);
        assert.equal(
            said("1 leader, 2 absent, 3 joining", 3),
            "timed out, about 3: too long",
            "it waits for the leader",
        );
        assert.equal(
            said("1 leader, 2 follower, 3 follower, 4 absent", 3),
            "timed out, about 3: too long",
            "not wanted",
        );
    });

    it("does not name it for one that is no member: it is just being made", () => {
        const four = wantedOf("1 2 3 4", { limits });
        const seen = observation("1 leader, 2 follower, 3 follower, 4 absent", { members: "1 2 3" });
        assert.equal(toldRefusal(timeoutRefusal(four, seen, "too long", 3)), "timed out, about 3: too long");
    });

    it("compares times, not ticks", () => {
        const faster = wantedOf("1 2 3", { limits: { tickTimeMs: 1000, initLimitTicks: 20 } });
        assert.equal(said("1 leader limit:10, 2 follower, 3 joining", 3, faster), "timed out, about 3: too long");
        const slower = wantedOf("1 2 3", { limits: { tickTimeMs: 4000, initLimitTicks: 10 } });
        assert.match(said("1 leader limit:10, 2 follower, 3 joining", 3, slower), /this program 40 s/);
    });
});

import assert from "node:assert/strict";
import { stop } from "../../../../lib/lifecycle/decide/stop";
import { observation } from "../../../support/lifecycle/observations";
import { told } from "../../../support/lifecycle/told";

const because = (id: number, what: string) =>
    `stop ${id}: stopped, because lifecycle.running is false: server ${id} (${what})`;

describe("stopping all", () => {
    const looks: [string, string][] = [
        ["1 leader, 2 follower, 3 looking", because(3, "running, looks for a quorum")],
        ["1 leader, 2 follower, 3 silent", because(3, "does not answer: no route")],
        ["1 leader, 2 follower, 3 stopped", because(2, "follower, zxid 0x100000005, configuration 100000000")],
        ["1 leader, 2 stopped, 3 absent", because(1, "leader, zxid 0x100000005, configuration 100000000")],
        ["1 stopped, 2 crashing, 3 stopped", because(2, "machine ensemble-2 is restarting (1)")],
        ["1 stopped, 2 preparing, 3 stopped", because(2, "installs Java")],
        ["1 stopped, 2 stopped, 3 absent", "done"],
    ];
    for (const [seen, decision] of looks) {
        it(`${seen}: ${decision.replace(/:.*/, "")}`, () => assert.equal(told(stop(observation(seen))), decision));
    }
});

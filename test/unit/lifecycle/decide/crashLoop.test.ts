import assert from "node:assert/strict";
import { crashLoop, noStarts, withSeen } from "../../../../lib/lifecycle/decide/crashLoop";
import { all, Observation, observationWith } from "../../../../lib/lifecycle/observe/observation";
import { observation } from "../../../support/lifecycle/observations";

/** The same while the platform cannot tell of a server's machine more than that it is there. */
function unseen(seen: Observation, id: number): Observation {
    const server = seen.servers.get(id)!;
    const machine = { ...server.machine!, restarts: 0, unseen: "the engine does not answer" };
    return observationWith(
        seen.atMs,
        all(seen).map((each) => (each.id === id ? { ...server, machine } : each)),
    );
}

describe("a crash loop", () => {
    const restarted = observation("1 leader, 2 follower, 3 looking restarts:5");

    it("is not what a machine did before anybody could look at it", () => {
        const starts = withSeen(withSeen(noStarts, unseen(restarted, 3)), restarted);
        assert.equal(crashLoop(restarted, [3], starts), undefined);
        const later = observation("1 leader, 2 follower, 3 looking restarts:8");
        assert.match(crashLoop(later, [3], starts)!.text, /^server 3 dies at every start \(3 times/);
    });

    it("names what to do", () => {
        const starts = withSeen(noStarts, observation("1 leader, 2 follower, 3 looking restarts:2"));
        assert.match(crashLoop(restarted, [3], starts)!.text, /Put that right, .* and run `pulumi up` again/);
    });
});

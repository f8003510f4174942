import assert from "node:assert/strict";
import { Deployment } from "../../../lib/lifecycle/deployment";
import { EnsembleInWords } from "../../support/lifecycle/ensembleInWords";
import { VirtualClock } from "../../support/lifecycle/virtualClock";
import { wantedOf } from "../../support/lifecycle/wanted";

/** An `up` of three servers where something is in the way of these. */
function upWith(seen: string, blocked: number[], wanted = "1 2 3") {
    const clock = new VirtualClock();
    const servers = new EnsembleInWords(clock, seen);
    const asked: string[] = [];
    const deployment = (token: string) =>
        new Deployment(async () => wantedOf(wanted), {
            machines: servers.machines,
            obstacles: async (ids) => {
                asked.push(ids.join());
                const inTheWay = ids.filter((id) => blocked.includes(id));
                return inTheWay.map((serverId) => ({ serverId, what: "its port is taken", wayOut: "free it" }));
            },
            clock,
            token,
            isEngineAlive: async () => true,
            random: () => 0.5,
        });
    const call = { progress: () => undefined, note: () => undefined };
    return { clock, servers, asked, deployment, call, blocked };
}

const toRoll = "1 leader spec:old, 2 follower spec:old, 3 follower spec:old";

describe("an up that would make a machine that cannot be made", () => {
    it("is refused in the guard, before anything is touched", async () => {
        const { clock, servers, asked, deployment, call } = upWith(toRoll, [1, 3]);
        const up = deployment("me");
        const { refusal } = await clock.run(up.preflight());
        assert.match(
            refusal!,
            /^the new machine of server 1, 3 could not be made, .*server 3: its port is taken: free it/,
        );
        await assert.rejects(clock.run(up.guard(call)), new Error(refusal));
        assert.equal((await clock.run(up.order("n1", false))).refusal, refusal);
        assert.deepEqual([asked, servers.done, servers.leases.holders()[0]], [["1,2,3"], [], "-"]);
    });

    it("is refused on account of new servers, too: their failure ends the roll beside them", async () => {
        const { clock, asked, deployment } = upWith("1 leader, 2 follower, 3 follower", [4], "1 2 3 4");
        const { refusal } = await clock.run(deployment("me").preflight());
        assert.match(refusal!, /server 4: its port is taken/);
        assert.deepEqual(asked, ["4"]);
    });

    it("is not where nothing is made, and nobody is asked", async () => {
        for (const seen of ["1 leader, 2 follower, 3 follower", "1 leader, 2 follower, 3 absent", "1 absent"]) {
            const { clock, asked, deployment } = upWith(seen, [1, 2, 3]);
            const { refusal } = await clock.run(deployment("me").preflight());
            assert.deepEqual([refusal, asked], [undefined, []], seen);
        }
    });

    it("is refused as before where it would cost the quorum", async () => {
        const { clock, asked, deployment } = upWith("1 leader spec:old, 2 silent, 3 follower spec:old", [1, 2, 3]);
        assert.match((await clock.run(deployment("me").preflight())).refusal!, /would cost the quorum/);
        assert.deepEqual(asked, []);
    });

    it("is refused when what was free is taken after it has waited for another deployment", async () => {
        const { clock, deployment, call, blocked } = upWith(toRoll, []);
        const [one, two] = [deployment("one"), deployment("two")];
        await clock.run(Promise.all([one.preflight(), two.preflight()]));
        await clock.run(one.guard(call));
        const waiting = two.guard(call).then(
            () => "nothing",
            (error: Error) => error.message,
        );
        await clock.pass(3_000);
        blocked.push(2);
        await clock.run(one.lease.release());
        assert.match(await clock.run(waiting), /server 2: its port is taken: free it/);
    });

    it("is refused where the platform does not answer", async () => {
        const { clock, servers } = upWith(toRoll, []);
        const up = new Deployment(async () => wantedOf("1 2 3"), {
            machines: servers.machines,
            obstacles: () => Promise.reject(new Error("no engine")),
            clock,
            token: "me",
            isEngineAlive: async () => true,
            random: () => 0.5,
        });
        assert.match(
            (await clock.run(up.preflight())).refusal!,
            /^the ensemble cannot be seen, so nothing is touched: no engine/,
        );
    });
});

import assert from "node:assert/strict";
import { Wanted } from "../../../lib/lifecycle/decide/wanted";
import { MembershipInput } from "../../../lib/lifecycle/deployment";
import { deploymentInWords } from "../../support/lifecycle/deploymentInWords";
import { EnsembleInWords } from "../../support/lifecycle/ensembleInWords";
import { VirtualClock } from "../../support/lifecycle/virtualClock";
import { wantedOf } from "../../support/lifecycle/wanted";

const healthy = "1 leader, 2 follower, 3 follower";
const toRoll = "1 leader spec:old, 2 follower spec:old, 3 follower spec:old";

function world(seen: string, more: { program?: Partial<Wanted>; wanted?: string; members?: string } = {}) {
    const clock = new VirtualClock();
    const servers = new EnsembleInWords(clock, seen, more.members);
    const wanted = async () => wantedOf(more.wanted ?? "1 2 3", more.program);
    const deployment = (token = "me") => deploymentInWords(token, servers, clock, wanted);
    const said: string[] = [];
    const call = { progress: (text: string) => said.push(text), note: (text: string) => said.push(text) };
    const lines = Object.fromEntries(wantedOf(more.wanted ?? "1 2 3").servers.map(({ id, line }) => [id, line]));
    const passed: MembershipInput = { servers: lines };
    const fails = (work: Promise<unknown>) =>
        clock.run(work).then(
            () => "nothing",
            (error: Error) => error.message,
        );
    return { clock, servers, deployment, call, passed, said, fails, run: <T>(work: Promise<T>) => clock.run(work) };
}

const holders = ({ servers }: ReturnType<typeof world>) => servers.leases.holders().split(" ").slice(0, 3).join(" ");

describe("an up", () => {
    it("of a healthy ensemble without a change needs nobody's attention, and no lease", async () => {
        const here = world(healthy);
        const up = here.deployment();
        const { refusal, attention, notes } = await here.run(up.preflight());
        assert.deepEqual(
            [refusal, attention.guard, attention.membership, attention.servers.size, notes],
            [undefined, undefined, undefined, 0, []],
        );
        await here.run(up.guard(here.call));
        assert.equal(holders(here), "- - -");
    });

    it("that changes something has the attention of the guard and of the last gate, and the lease", async () => {
        const here = world(toRoll);
        const up = here.deployment();
        const { attention } = await here.run(up.preflight());
        assert.match(
            attention.guard!,
            /^1970-01-01T00:00:00.000Z server 1: another release of this library; server 2: /,
        );
        assert.equal(attention.membership, attention.guard);
        assert.equal(attention.servers.size, 0, "all serve");
        await here.run(up.guard(here.call));
        assert.deepEqual(
            here.said.filter((text) => text.includes("restarted")),
            [1, 2, 3].map((id) => `server ${id} is restarted: another release of this library`),
        );
        assert.equal(holders(here), "me me me");
    });

    it("that mends has the attention of the server's own gate", async () => {
        const here = world("1 leader, 2 follower, 3 stopped");
        const { attention } = await here.run(here.deployment().preflight());
        assert.deepEqual([...attention.servers], [[3, "1970-01-01T00:00:00.000Z machine ensemble-3 is exited (1)"]]);
    });

    it("is refused in the guard, and touches nothing", async () => {
        const here = world("1 leader spec:old, 2 silent, 3 follower spec:old");
        const up = here.deployment();
        const { refusal } = await here.run(up.preflight());
        assert.match(refusal!, /would cost the quorum/);
        assert.equal(await here.fails(up.guard(here.call)), refusal);
        assert.deepEqual(await here.run(up.order("n1", false)), { order: [2, 3, 1], refusal });
        assert.deepEqual([here.servers.done, holders(here)], [[], "- - -"]);
    });

    it("is refused, and does not reject, when the platform does not answer", async () => {
        const here = world(healthy);
        here.servers.platformFails = true;
        const { refusal } = await here.run(here.deployment().preflight());
        assert.match(refusal!, /^the ensemble cannot be seen, so nothing is touched: no engine: mend that/);
    });

    it("waits in the preflight for a server that just starts, and not for ever", async () => {
        const here = world("1 leader spec:old, 2 looking, 3 follower");
        const up = here.deployment();
        const preflight = up.preflight();
        await here.clock.pass(5_000);
        here.servers.become("1 leader spec:old, 2 follower, 3 follower");
        assert.equal((await here.run(preflight)).refusal, undefined);
        const never = world("1 leader spec:old, 2 looking, 3 follower");
        assert.match((await never.run(never.deployment().preflight())).refusal!, /would cost the quorum/);
        assert.ok(never.clock.nowMs() >= 30_000 && never.clock.nowMs() < 31_000);
    });

    it("without gates looks at nothing", async () => {
        const here = world(toRoll, { program: { gates: false } });
        here.servers.platformFails = true;
        const up = here.deployment();
        assert.equal((await here.run(up.preflight())).refusal, undefined);
        await here.run(up.guard(here.call));
        assert.deepEqual(await here.run(up.order("n1", false)), { order: [1, 2, 3], refusal: undefined });
        await here.run(up.birth(1));
        await here.run(up.turn(1, here.call));
        await here.run(up.membership({ ...here.call, old: undefined, wanted: here.passed }));
    });
});

describe("two deployments", () => {
    it("do not change one ensemble together", async () => {
        const here = world(toRoll);
        const [one, two] = [here.deployment("one"), here.deployment("two")];
        await here.run(Promise.all([one.preflight(), two.preflight()]));
        await here.run(one.guard(here.call));
        assert.match(
            await here.fails(two.guard(here.call)),
            /another deployment changes this ensemble right now \(one/,
        );
        assert.match(here.said.join(), /waits for another deployment of this ensemble \(one\)/);
    });

    it("look again after one waited for the other, and refuse what has become dangerous", async () => {
        const here = world(toRoll);
        const [one, two] = [here.deployment("one"), here.deployment("two")];
        await here.run(Promise.all([one.preflight(), two.preflight()]));
        await here.run(one.guard(here.call));
        const waiting = here.fails(two.guard(here.call));
        await here.clock.pass(3_000);
        here.servers.become("1 leader spec:old, 2 silent spec:old, 3 follower spec:old");
        await here.run(one.lease.release());
        assert.match(await here.run(waiting), /would cost the quorum/);
        assert.ok(!holders(here).includes("two"), "who is refused gives the lease back");
    });

    it("do not wait in vain for what the other one left to be mended", async () => {
        const seen = "1 leader spec:old, 2 follower, 3 follower";
        const here = world(seen);
        const [one, two] = [here.deployment("one"), here.deployment("two")];
        await here.run(Promise.all([one.preflight(), two.preflight()]));
        await here.run(one.guard(here.call));
        const waiting = here.fails(two.guard(here.call));
        await here.clock.pass(3_000);
        here.servers.become("1 leader spec:old, 2 follower, 3 stopped");
        await here.run(one.lease.release());
        assert.equal(
            await here.run(waiting),
            "the ensemble has changed while this `up` waited, and something is to be mended (server 3: machine " +
                "ensemble-3 is exited (1)): run `pulumi up` again, which does that first",
        );
        assert.ok(!holders(here).includes("two"));
    });

    it("go on where the other one changed nothing", async () => {
        const here = world("1 leader spec:old, 2 follower, 3 stopped");
        const [one, two] = [here.deployment("one"), here.deployment("two")];
        await here.run(Promise.all([one.preflight(), two.preflight()]));
        await here.run(one.guard(here.call));
        const waiting = here.fails(two.guard(here.call));
        await here.clock.pass(3_000);
        await here.run(one.lease.release());
        assert.equal(await here.run(waiting), "nothing");
        assert.equal(holders(here).replaceAll("-", "two"), "two two two");
    });
});

describe("the order", () => {
    const order = async (seen: string, isNew: boolean, hasVolumes = true, volumesAreNew = false) => {
        const here = world(seen);
        here.servers.hasVolumes = hasVolumes;
        const up = here.deployment();
        await here.run(up.preflight());
        if (isNew) {
            up.foundingIsNew();
        }
        return here.run(up.order("n1", volumesAreNew));
    };

    it("is refused where a machine appears between the look and the question for volumes", async () => {
        const here = world("1 absent, 2 absent, 3 absent");
        here.servers.usedBy = ["container coordination-3"];
        const up = here.deployment();
        await here.run(up.preflight());
        here.servers.become("1 absent, 2 absent, 3 blank");
        assert.match(
            (await here.run(up.order("n1", false))).refusal!,
            /^no server had a machine .* and now there is one/,
        );
        here.servers.become("1 absent, 2 absent, 3 absent");
        assert.match((await here.run(up.order("n1", false))).refusal!, /have lost the labels or tags/);
    });

    it("is none only for an ensemble that is new in every respect", async () => {
        const absent = "1 absent, 2 absent, 3 absent";
        assert.deepEqual(await order(absent, true), { order: [], refusal: undefined });
        const { note, ...others } = await order(absent, false);
        assert.deepEqual(others, { order: [1, 2, 3], refusal: undefined });
        assert.match(note!, /^no server has a machine, and their volumes are there: .* `pulumi up --refresh` does$/);
        assert.deepEqual(await order("1 blank, 2 blank, 3 blank", false), { order: [1, 2, 3], refusal: undefined });
        assert.deepEqual(await order(healthy, false), { order: [2, 3, 1], refusal: undefined });
    });

    it("comes with a refusal where a founded ensemble is not to be seen", async () => {
        const absent = "1 absent, 2 absent, 3 absent";
        assert.match((await order(absent, false, false)).refusal!, /at the Docker engine: it may be somewhere else/);
        assert.equal((await order(absent, true, false)).refusal, undefined);
        assert.equal((await order(healthy, false, false)).refusal, undefined);
    });

    it("comes with a refusal where all volumes of a founded ensemble were made anew, and no machine is to be seen", async () => {
        const absent = "1 absent, 2 absent, 3 absent";
        assert.match(
            (await order(absent, false, true, true)).refusal!,
            /no machine of it is to be seen at the Docker engine, nor was any of its volumes, which this `up` has made anew/,
        );
        assert.equal((await order(absent, true, true, true)).refusal, undefined, "it is being founded");
        assert.equal((await order("1 stopped, 2 stopped, 3 stopped", false, true, true)).refusal, undefined);
    });
});

describe("the birth of a machine", () => {
    const birth = async (seen: string, isNew = false) => {
        const here = world(seen);
        const up = here.deployment();
        await here.run(up.preflight());
        if (isNew) {
            up.foundingIsNew();
        }
        const failure = await here.fails(up.birth(3));
        return { failure, holders: holders(here) };
    };

    it("in a living ensemble needs the lease, and a server that can be spared", async () => {
        assert.deepEqual(await birth(healthy), { failure: "nothing", holders: "me me me" });
        const refused = await birth("1 leader, 2 silent, 3 follower");
        assert.match(refused.failure, /changing server 3 would cost the quorum/);
        assert.equal(refused.holders, "- - -");
        assert.equal(
            (await birth("1 leader, 2 silent, 3 absent")).failure.slice(0, 24),
            "no majority of the membe".slice(0, 24),
        );
    });

    it("needs the word of members only, also where no look before has shown who they are", async () => {
        const here = world("1 leader, 2 follower, 3 absent, 4 follower, 5 silent, 6 silent", { members: "1 2 3" });
        assert.equal(await here.fails(here.deployment().birth(3)), "nothing");
        assert.equal(here.servers.leases.holders(), "me me - - - - -");
    });

    it("does not remove a left-over machine where nobody answers: it may serve", async () => {
        assert.match((await birth("1 silent, 2 silent, 3 silent")).failure, /no server answers/);
        const lostState = await birth("1 silent, 2 silent, 3 silent", true);
        assert.match(lostState.failure, /no server answers/, "a new state may be one that was lost");
        assert.equal((await birth("1 blank, 2 silent, 3 absent", true)).failure, "nothing", "it is being founded");
        assert.equal((await birth("1 silent, 2 silent, 3 absent")).failure, "nothing", "nothing is removed");
    });

    it("of an ensemble that is being founded needs nothing", async () => {
        assert.deepEqual(await birth("1 blank, 2 blank, 3 blank"), { failure: "nothing", holders: "- - -" });
    });
});

describe("the gates of an up", () => {
    it("pass a healthy server, and name who does not serve in time", async () => {
        const here = world(healthy);
        const up = here.deployment();
        await here.run(up.turn(3, here.call));
        assert.equal(holders(here), "me me me", "confirmed before the next one is taken");

        const sick = world("1 leader, 2 follower, 3 looking", { program: { servingTimeoutSeconds: 60 } });
        const failure = await sick.fails(sick.deployment().turn(3, sick.call));
        assert.match(
            failure,
            /^server 3 does not serve after 60 s \(lifecycle.servingTimeoutSeconds\): server 3 running, looks for a quorum\n/,
        );
        assert.match(failure, /last log lines of server 3/);
        assert.equal(holders(sick), "- - -");
    });

    it("end with the lease given back, whatever came of them", async () => {
        const here = world(healthy);
        const up = here.deployment();
        await here.run(up.preflight());
        await here.run(up.membership({ ...here.call, old: here.passed, wanted: here.passed }));
        assert.equal(holders(here), "- - -");

        const sick = world("1 looking, 2 looking, 3 silent", { program: { membershipTimeoutSeconds: 90 } });
        const call = { ...sick.call, old: sick.passed, wanted: sick.passed };
        assert.match(
            await sick.fails(sick.deployment().membership(call)),
            /^the ensemble is not what it is to be after 90 s \(lifecycle.membershipTimeoutSeconds\): no server leads/,
        );
        assert.equal(holders(sick), "- - -");
    });

    it("stop all where that is wanted, and say who does not stop", async () => {
        const here = world(healthy, { program: { running: false, servingTimeoutSeconds: 3 } });
        const up = here.deployment();
        await here.run(up.turn(3, here.call));
        const call = { ...here.call, old: here.passed, wanted: here.passed };
        assert.match(
            await here.fails(up.membership(call)),
            /^not all servers are stopped after 3 s \(lifecycle.servingTimeoutSeconds\): stopped, because .* server 2/,
        );
        assert.equal(here.servers.done.slice(0, 2).join(), "2: permit stop,stop 2");
    });

    it("found with the state's nonce, and take consent that is new", async () => {
        const blank = "1 blank, 2 blank, 3 blank";
        const limit = { membershipTimeoutSeconds: 1 };
        const lost = world(blank, { program: { ...limit, acceptDataLoss: "fire" } });
        const accepted = { ...lost.passed, acceptedDataLoss: "fire" };
        assert.match(
            await lost.fails(lost.deployment().membership({ ...lost.call, old: accepted, wanted: accepted })),
            /such as "1970-01-01" \(not "fire", which accepted an earlier one\)/,
        );
        const at = world("1 blank, 2 blank, 3 blank");
        assert.match(
            await at.fails(at.deployment().membership({ ...at.call, old: at.passed, wanted: at.passed })),
            /That is what is to be seen at the Docker engine: where the ensemble is somewhere else, .*, and accept nothing\. Stop the servers/,
        );
        const up = lost.deployment();
        await lost.run(up.order("n1", false));
        await lost.fails(up.membership({ ...lost.call, old: lost.passed, wanted: accepted }));
        const text = /1: directive (\S+)/.exec(lost.servers.done.join())?.[1] ?? "";
        const [directive] = Buffer.from(text, "base64").toString().split("\n");
        // What is founded over a loss is another life; printf %s fire | sha256sum
        assert.equal(directive, "bootstrap n1.dc9f28b12dd1");

        const copies = world("1 copy, 2 copy, 3 copy", { program: { ...limit, acceptRollback: "backup" } });
        const other = { ...copies.passed, servers: { 1: "server.1=elsewhere" } };
        assert.match(
            await copies.fails(copies.deployment().membership({ ...copies.call, old: other, wanted: copies.passed })),
            /in an `up` that changes nothing else, and this one does \(the membership\)/,
        );
        await copies.fails(
            copies.deployment().membership({ ...copies.call, old: copies.passed, wanted: copies.passed }),
        );
        assert.match(copies.servers.done.join(), /1: directive /);
        const used = { ...copies.passed, acceptedRollback: "backup" };
        assert.match(
            await copies.fails(copies.deployment().membership({ ...copies.call, old: used, wanted: used })),
            /\(not "backup", which accepted an earlier one\)/,
        );
    });

    it("do not go back to copies in an up that replaces machines", async () => {
        const here = world("1 copy spec:old, 2 copy, 3 copy", { program: { acceptRollback: "backup" } });
        const up = here.deployment();
        await here.run(up.preflight());
        assert.match(
            await here.fails(up.membership({ ...here.call, old: here.passed, wanted: here.passed })),
            /and this one does \(server 1: another release of this library\)/,
        );
    });
});

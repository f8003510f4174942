import assert from "node:assert/strict";
import { Wanted } from "../../../lib/lifecycle/decide/wanted";
import { deploymentInWords } from "../../support/lifecycle/deploymentInWords";
import { EnsembleInWords } from "../../support/lifecycle/ensembleInWords";
import { VirtualClock } from "../../support/lifecycle/virtualClock";
import { wantedOf } from "../../support/lifecycle/wanted";

const call = { progress: () => undefined, note: () => undefined };
const toRoll = "1 leader spec:old, 2 follower spec:old, 3 follower spec:old";

function world(seen: string, members?: string) {
    const clock = new VirtualClock();
    const servers = new EnsembleInWords(clock, seen, members);
    const deployment = (token: string, wanted = async (): Promise<Wanted> => wantedOf("1 2 3")) =>
        deploymentInWords(token, servers, clock, wanted);
    return { clock, servers, deployment, run: <T>(work: Promise<T>) => clock.run(work) };
}

/** After its guard. */
async function begun(seen: string) {
    const here = world(seen);
    const up = here.deployment("me");
    await here.run(up.preflight());
    await here.run(up.guard(call));
    const before = here.servers.leases.asked.length;
    const asked = () => here.servers.leases.asked.slice(before).join(", ");
    return { ...here, up, asked };
}

describe("a machine that is about to be given to the engine", () => {
    it("of a living ensemble is, when the servers have confirmed the lease", async () => {
        const { run, up, asked } = await begun(toRoll);
        assert.equal(await run(up.againstTaking(2, [])), undefined);
        assert.equal(asked(), "take me 1, take me 2, take me 3");
    });

    it("costs nothing when it stays as it is, or is not there", async () => {
        const { servers, run, up, asked } = await begun("1 leader spec:old, 2 follower, 3 absent");
        const { machines } = servers;
        machines.list = async () => assert.fail("it is looked");
        assert.equal(await run(up.againstTaking(2, [])), undefined);
        assert.equal(await run(up.againstTaking(3, [])), undefined);
        assert.equal(asked(), "");
    });

    it("is not, when another deployment has taken the lease meanwhile", async () => {
        const { clock, deployment, run, up } = await begun(toRoll);
        clock.freeze(21_000);
        await run(deployment("two").lease.take(() => undefined));
        assert.match((await run(up.againstTaking(2, [])))!, /^another deployment has taken this ensemble over \(two\)/);
    });

    it("is not, when another server has failed meanwhile, and the next deployment may begin at once", async () => {
        const { servers, run, up } = await begun(toRoll);
        servers.become("1 leader spec:old, 2 follower spec:old, 3 stopped spec:old");
        assert.match((await run(up.againstTaking(2, [])))!, /^changing server 2 would cost the quorum/);
        assert.equal(servers.leases.holders().slice(0, 3), "- -");
    });

    it("is, when the other server that failed meanwhile is back in time", async () => {
        const { clock, servers, run, up } = await begun(toRoll);
        servers.become("1 crashing spec:old, 2 follower spec:old, 3 follower spec:old");
        const taking = up.againstTaking(2, []);
        await clock.pass(10_000);
        servers.become(toRoll);
        assert.equal(await run(taking), undefined);
    });

    it("is not, when it is not back after 30 s", async () => {
        const { servers, run, up } = await begun(toRoll);
        servers.become("1 leader spec:old, 2 follower spec:old, 3 looking spec:old");
        assert.match((await run(up.againstTaking(2, [])))!, /^changing server 2 would cost the quorum/);
    });

    it("is not, and nothing rejects, when the servers cannot be seen any more", async () => {
        const { servers, run, up } = await begun(toRoll);
        servers.platformFails = true;
        assert.match((await run(up.againstTaking(2, [])))!, /cannot be seen, so nothing is touched: no engine: mend/);
    });

    it("is looked for again when the lease had to be waited for", async () => {
        const { clock, servers, deployment, run, up } = await begun(toRoll);
        await up.lease.release();
        const later = deployment("later");
        await run(later.preflight());
        const two = deployment("two");
        await run(two.lease.take(() => undefined));
        const waiting = later.againstTaking(2, []);
        await clock.pass(2_000);
        servers.become("1 leader spec:old, 2 follower spec:old, 3 stopped spec:old");
        await two.lease.release();
        assert.match((await run(waiting))!, /^changing server 2 would cost the quorum/);
    });

    it("of an ensemble that nobody has founded needs no lease", async () => {
        const { run, up, asked } = await begun("1 blank spec:old, 2 blank spec:old, 3 blank spec:old");
        assert.equal(await run(up.againstTaking(2, [])), undefined);
        assert.equal(asked(), "");
    });

    it("is not made in place of one that another deployment has founded an ensemble with meanwhile", async () => {
        const here = world("1 absent, 2 absent, 3 absent");
        const up = here.deployment("me");
        await here.run(up.preflight());
        up.foundingIsNew();
        assert.deepEqual((await here.run(up.order("n1", true))).order, []);
        here.servers.become("1 leader, 2 follower, 3 absent");
        await assert.rejects(here.run(up.birth(2)), {
            message:
                "server 2 is there (follower, zxid 0x100000005, configuration 100000000), and this `up` knew nothing of it " +
                "when it began: another deployment has made it meanwhile, and it would be taken without a turn. Nothing of " +
                "it is touched; run `pulumi up` again, which takes one server at a time",
        });
        await here.run(here.deployment("two").lease.take(() => undefined));
    });

    it("is not made in place of a server that another deployment has added meanwhile", async () => {
        const here = world("1 leader, 2 follower, 3 absent", "1 2");
        const up = here.deployment("me");
        await here.run(up.preflight());
        here.servers.become("1 leader, 2 follower, 3 follower");
        await assert.rejects(here.run(up.birth(3)), /^Error: server 3 is there \(follower, .*knew nothing of it/);
    });

    it("is not asked for in a preview, which may not know yet what is wanted", async () => {
        const up = world(toRoll).deployment("me", () => new Promise(() => undefined));
        assert.equal(await up.againstTaking(2, [1]), undefined);
    });
});

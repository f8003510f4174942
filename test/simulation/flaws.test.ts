import assert from "node:assert/strict";
import { Ensemble, line } from "./support/ensemble";
import { has } from "./world/configuration";
import { copyOf, fill, giveCopy, killServer, makeRoom, wipe } from "./world/faults";
import { requestReconfiguration } from "./world/reconfiguration";
import { allRules, Rules } from "./world/rules";
import { pendingOn } from "./world/volumes";
import { runVerb } from "./world/verbs";

const seeds = Array.from({ length: 20 }, (_, at) => at + 1);

/** Plays the same with and without a rule: the model shows the flaw, and the rule is what prevents it. */
async function violationsOf(story: (ensemble: Ensemble) => Promise<void>, rules: Partial<Rules>): Promise<number> {
    let violated = 0;
    for (const seed of seeds) {
        const ensemble = await Ensemble.founded(3, seed, rules);
        await story(ensemble);
        if (ensemble.invariants.violations.length > 0) violated += 1;
    }
    return violated;
}

function isPreventedBy(rule: keyof Rules, story: (ensemble: Ensemble) => Promise<void>): void {
    it(`is seen without the rule ${rule}`, async () => {
        assert.ok((await violationsOf(story, { ...allRules, [rule]: false })) > 0);
    });
    it(`is not seen with it`, async () => {
        assert.equal(await violationsOf(story, {}), 0);
    });
}

describe("the simulated ZooKeeper has the flaws of the real one", () => {
    describe("two leaders, when an acknowledged reconfiguration is forgotten at a restart", () => {
        isPreventedBy("putBackNext", async (ensemble) => {
            await ensemble.joined(4, 5);
            const [leader, follower, stale] = ensemble.roles() as [number, number, number];
            ensemble.freeze(stale);
            const done = ensemble.reconfigured([4, 5], []);
            await ensemble.until(() => ensemble.world.peers[follower]?.pending !== undefined);
            ensemble.separate(follower, stale);
            killServer(ensemble.world, follower);
            ensemble.thaw(stale);
            await done;
            if (ensemble.world.peers[leader]?.serves) await ensemble.written(leader);
            await ensemble.idle(60_000);
        });
    });

    describe("nobody leads, when the only voter has a pending reconfiguration that it never logged, and others did", () => {
        const leaderless = async (rules: Partial<Rules>) => {
            let count = 0;
            for (let seed = 1; seed <= 100; seed++) {
                const ensemble = await Ensemble.founded(1, seed, rules);
                await ensemble.joined(2, 3);
                const { leader } = ensemble;
                const before = leader.history.length;
                const change = { add: [2, 3].map(line), remove: [] };
                requestReconfiguration(ensemble.world, leader, leader.config.version, change, () => undefined);
                await ensemble.until(() => [2, 3].every((id) => ensemble.world.peers[id]!.pending !== undefined));
                // In some worlds the leader was quicker.
                if (leader.term!.logged > before) continue;
                killServer(ensemble.world, 1);
                await ensemble.idle(300_000);
                if (!ensemble.world.leader()) count += 1;
                assert.deepEqual(ensemble.invariants.violations, []);
            }
            return count;
        };
        it("is seen without the rule unloggedNextDies", async () => {
            assert.ok((await leaderless({ ...allRules, unloggedNextDies: false })) > 0);
        });
        it("is not seen with it", async () => assert.equal(await leaderless({}), 0));
    });

    describe("an acknowledged write is lost with half a disk", () => {
        isPreventedBy("halfDiskIsBlank", async (ensemble) => {
            const [, behind, half] = ensemble.roles() as [number, number, number];
            ensemble.stop(behind);
            await ensemble.written();
            ensemble.stop(...ensemble.roles());
            wipe(ensemble.world, half, "log");
            ensemble.start(behind, half);
            await ensemble.idle(60_000);
        });
    });

    describe("an acknowledged write is lost when an empty disk votes", () => {
        isPreventedBy("emptyDiskHasNoVote", async (ensemble) => {
            const [, behind, empty] = ensemble.roles() as [number, number, number];
            ensemble.stop(behind);
            await ensemble.written();
            const { config } = ensemble.leader;
            ensemble.stop(...ensemble.roles());
            wipe(ensemble.world, empty, "both");
            ensemble.direct([empty], [`join ${config.version.toString(16)}`, ...config.lines]);
            ensemble.start(behind, empty);
            await ensemble.idle(60_000);
        });
    });

    describe("an acknowledged write is lost when both volumes are rolled back", () => {
        isPreventedBy("copyIsBlank", async (ensemble) => {
            const [, behind, rolledBack] = ensemble.roles() as [number, number, number];
            const copy = copyOf(ensemble.world.volumesOf(rolledBack));
            ensemble.stop(behind);
            await ensemble.written();
            ensemble.stop(...ensemble.roles());
            giveCopy(ensemble.world, rolledBack, copy);
            ensemble.start(behind, rolledBack);
            await ensemble.idle(60_000);
        });
    });

    it("a removed server goes on serving, and takes clients' writes", async () => {
        const ensemble = await Ensemble.founded(3, 1);
        const removed = ensemble.roles()[2]!;
        assert.equal(await ensemble.reconfigured([], [removed]), 0);
        await ensemble.idle(5_000);
        assert.ok(ensemble.world.peers[removed]?.serves);
        await ensemble.written(removed);
        assert.ok(!has(ensemble.leader.config.members, removed));
    });

    it("a server that left and is marked waits; without the rule it serves again", async () => {
        for (const leftStaysOut of [true, false]) {
            const ensemble = await Ensemble.founded(3, 1, { leftStaysOut });
            const removed = ensemble.roles()[2]!;
            await ensemble.reconfigured([], [removed]);
            ensemble.stop(removed);
            ensemble.world.volumesOf(removed).data.isLeft = true;
            ensemble.start(removed);
            await ensemble.idle(60_000);
            assert.equal(ensemble.world.peers[removed]?.serves ?? false, !leftStaysOut);
        }
    });

    it("a full data volume swallows a configuration, and a restart brings the older one back", async () => {
        const ensemble = await Ensemble.founded(3, 2);
        const { world } = ensemble;
        const [leader, follower, removed] = ensemble.roles() as [number, number, number];
        for (const id of [leader, follower]) fill(world, id, "data");
        assert.equal(await ensemble.reconfigured([], [removed]), 0);
        await ensemble.idle(2_000);
        const { version } = ensemble.leader.config;
        assert.ok(world.volumesOf(leader).data.dynamic.every((stored) => stored.version < version));
        for (const id of [leader, follower]) makeRoom(world, id);
        ensemble.stop(leader, follower, removed);
        ensemble.start(leader, follower);
        await ensemble.until(() => world.leader() !== undefined);
        assert.ok(ensemble.leader.config.version < version);
    });

    it("a joiner follows without a vote until it is added", async () => {
        const ensemble = await Ensemble.founded(3, 3);
        await ensemble.joined(4);
        const [leader, one, two] = ensemble.roles() as [number, number, number];
        ensemble.stop(one, two);
        await ensemble.idle(30_000);
        assert.equal(ensemble.world.peers[leader]?.serves, false);
        assert.equal(ensemble.world.peers[4]?.serves, false);
    });

    it("a joiner whose data need longer than the leader's initLimit never serves", async () => {
        const ensemble = await Ensemble.founded(3, 4);
        ensemble.world.dataTransferMs = 25_000;
        ensemble.machine(4);
        ensemble.direct([4], ["join 100000000", ...[1, 2, 3].map(line)]);
        assert.equal(await ensemble.until(() => ensemble.world.peers[4]?.serves === true, 300_000), false);
    });

    it("one voter of two that freezes ends the term, and both serve when it is back", async () => {
        const ensemble = await Ensemble.founded(2, 5);
        const [leader, follower] = ensemble.roles() as [number, number];
        ensemble.freeze(follower);
        await ensemble.idle(30_000);
        assert.equal(ensemble.world.peers[leader]?.serves, false);
        ensemble.thaw(follower);
        assert.ok(await ensemble.until(() => ensemble.world.leader() !== undefined));
    });

    it("a dead proposal is put back for ever, and with the rule set aside", async () => {
        for (const deadProposalDies of [true, false]) {
            const ensemble = await Ensemble.founded(3, 6, { deadProposalDies });
            const { world } = ensemble;
            await ensemble.joined(4);
            const [leader] = ensemble.roles() as [number];
            ensemble.separate(leader);
            void ensemble.reconfigured([4], []);
            await ensemble.until(() => world.peers[leader]?.pending !== undefined);
            ensemble.stop(leader);
            ensemble.heal();
            await ensemble.until(() => world.leader() !== undefined);
            ensemble.start(leader);
            assert.ok(await ensemble.until(() => world.peers[leader]?.serves === true));
            const machine = world.machines.find(({ serverId }) => serverId === leader)!;
            let report = "";
            runVerb(world, machine, ["report"], (_, output) => (report = output));
            assert.equal(/^next=/m.test(report), !deadProposalDies);
            assert.equal(pendingOn(world.volumesOf(leader).data) === undefined, deadProposalDies);
        }
    });
});

import { Play } from "./play";
import { PlannedFault } from "./schedule";
import { Store } from "./engine/state";
import { Up } from "./engine/up";
import * as faults from "./world/faults";

/** Longer than a lease lasts. */
const leaseMs = 21_000;

/** Something that was done to a server and lasts until it ends. */
export interface Ongoing {
    readonly end: () => void;
}

/** Does to the world, or to the deployer, what the schedule says. */
export function applyFault(play: Play, fault: PlannedFault, up: Up | undefined): void {
    const { world } = play;
    const ids = world.machines.map(({ serverId }) => serverId);
    const id = ids[fault.id % Math.max(1, ids.length)];
    world.trace(() => `fault: ${fault.do} server ${id} ${fault.which} ${fault.forMs} ms`);
    if (isForDeployer(play, fault, up) || id === undefined) return;
    play.disturbedAtMs = world.nowMs;
    toServer(play, fault, id);
}

function isForDeployer(play: Play, fault: PlannedFault, up: Up | undefined): boolean {
    switch (fault.do) {
        case "killDeployer":
            up?.kill();
            return true;
        case "killEngine":
            up?.killEngine();
            // What outlives its engine, does so for a minute at most.
            if (up) play.world.scheduler.after(40_000, () => up.kill());
            return true;
        case "cancel":
            if (up && play.running.length === 1) another(play, fault, play.store);
            return true;
        case "secondDeployer": {
            const store = new Store();
            store.resources = play.store.resources;
            if (up && play.running.length === 1) another(play, fault, store);
            return true;
        }
        case "sleep":
            if (up && play.running.length === 1 && !up.engine.isAboutToDelete) asleep(play, fault, up);
            return true;
        default:
            return false;
    }
}

/**
 * As long as its lease lasts nobody else begins. Between its last question and the engine's deletion nothing stops who
 * sleeps, see docs/how-it-works.md: it does not fall asleep there.
 */
function asleep(play: Play, fault: PlannedFault, up: Up): void {
    const { scheduler } = play.world;
    play.tally("deployers that sleep");
    up.sleep();
    scheduler.after(Math.min(fault.forMs, 3 * leaseMs), () => up.wake());
    if (fault.forMs < leaseMs) return;
    scheduler.after(leaseMs, () => {
        if (up.hasEnded || play.running.length > 1) return;
        play.tally("deployers that sleep while another one begins");
        another(play, fault, play.store);
    });
}

/** Somebody else's `up`, of the same program or of one that rolls all servers, too. */
function another(play: Play, { which }: PlannedFault, store: Store): void {
    const { program } = play;
    if (which === "both") play.program = { ...program, settings: program.settings + 1 };
    play.isStateDrifted = true;
    play.begin({}, undefined, store);
    if (store !== play.store) play.program = program;
}

function toServer(play: Play, fault: PlannedFault, id: number): void {
    const { world } = play;
    const { which, forMs } = fault;
    switch (fault.do) {
        case "killServer":
            return faults.killServer(world, id);
        case "stopByHand":
            return faults.stopByHand(world, id);
        case "removeByHand":
            return faults.removeByHand(world, id);
        case "freeze":
            faults.freeze(world, id);
            return play.lasting(() => ended(play, () => faults.thaw(world, id)), forMs);
        case "cutOff":
            faults.separate(world, 1 << id);
            return play.lasting(() => ended(play, () => faults.healNetwork(world)), forMs);
        case "partition":
            faults.separate(world, world.random.below(64) * 2);
            return play.lasting(() => ended(play, () => faults.healNetwork(world)), forMs);
        case "wipe":
            return faults.wipe(world, id, which);
        case "rollBack":
            return rollBack(play, [id]);
        case "rollBackAll":
            return rollBack(play, [...play.copies.keys()]);
        case "foreign": {
            const giveBack = faults.giveForeign(world, id);
            return play.lasting(() => ended(play, giveBack), forMs);
        }
        case "twin":
            // One that lies there is no disturbance, and stays.
            faults.giveTwin(world, id, which === "both" ? "running" : "exited");
            return play.lasting(() => ended(play, () => faults.giveTwin(world, id, "exited")), forMs);
        case "fill":
            faults.fill(world, id, which);
            return play.lasting(() => ended(play, () => faults.makeRoom(world, id)), forMs);
        case "silence":
            faults.silence(world, id, true);
            return play.lasting(() => ended(play, () => faults.silence(world, id, false)), forMs);
        case "slow":
            faults.slow(world, id, 15_000);
            return play.lasting(() => ended(play, () => faults.slow(world, id, 0)), forMs);
    }
}

function rollBack({ world, copies }: Play, ids: readonly number[]): void {
    for (const id of ids) {
        const copy = copies.get(id);
        if (copy) faults.giveCopy(world, id, copy);
    }
}

function ended(play: Play, end: () => void): void {
    play.disturbedAtMs = play.world.nowMs;
    end();
}

import { Configuration, countOf, has, Transaction } from "./world/configuration";
import { supporters } from "./world/leadership";
import { Machine } from "./world/machine";
import { Proposal, Term } from "./world/term";
import { lookAt } from "./world/volumes";
import { takesPart, Taking, Watch, World } from "./world/world";

/** What a deployer cannot have seen yet: its last look may be so old when it acts; older where it waits for answers. */
const graceMs = 3_000;
const graceWhileWaitingMs = 25_000;
/** Longer without a leader is no election any more. */
const electionMs = 15_000;

/** What an operator agreed to in the program, beside what is always allowed. */
export interface Consents {
    dataLoss: boolean;
    rollback: boolean;
    /** All servers are to be stopped, or destroyed. */
    outage: boolean;
    /** It was destroyed: where no data is left, a new life may begin. */
    newLife: boolean;
}

/** What must hold after every event, whatever happens to servers and deployers. */
export class Invariants implements Watch {
    readonly violations: string[] = [];
    readonly consents: Consents = { dataLoss: false, rollback: false, outage: false, newLife: false };
    /** The newest configuration that was committed. */
    live: Configuration | undefined;
    acknowledgedWrites = 0;
    /** Every transaction that was committed, in order. */
    #truth: Transaction[] = [];
    #newestEpoch = 0;
    /** Somebody was told that something is written, in this life. */
    #hasWrites = false;
    /** Servers that ever acknowledged anything: they must not begin with nothing again. */
    #tookPart = 0;
    readonly #deleted = new Set<number>();
    /** Since when somebody leads, but for elections; and when it was last so. */
    #ledSinceMs = 0;
    /** When the last leader began. One that leads for moments again and again, as with a full disk, is none. */
    #reignSinceMs = -Infinity;
    #ledUntilMs = -Infinity;

    constructor(private readonly world: World) {}

    get isFounded(): boolean {
        return this.#newestEpoch > 0;
    }

    /** All that was is gone with the operator's consent: a new life begins. */
    forget(): void {
        this.#truth = [];
        this.#newestEpoch = 0;
        this.#tookPart = 0;
        this.#hasWrites = false;
        this.live = undefined;
    }

    /** Whoever is made again is no longer one that was deleted. */
    made(id: number): void {
        this.#deleted.delete(id);
    }

    committed(term: Term, { index, transaction, acks }: Proposal): void {
        this.#tookPart |= acks;
        if (term.epoch < this.#newestEpoch) {
            this.#violated(
                `two leaders: server ${term.leader.id} of epoch ${term.epoch} commits after one of epoch ${this.#newestEpoch}`,
            );
        }
        const known = this.#truth[index];
        if (known && known !== transaction) {
            if (known.acknowledged) this.#violated(`an acknowledged write is replaced (place ${index}) by another one`);
            this.#truth.length = index;
        }
        this.#truth[index] = transaction;
        const { configuration } = transaction;
        if (configuration) this.#isLive(configuration);
    }

    acknowledged(): void {
        this.acknowledgedWrites += 1;
        this.#hasWrites = true;
    }

    /** Whatever a new leader has counts as committed; what it lacks is lost. */
    established(term: Term): void {
        const { history, config } = term.leader;
        this.#tookPart |= supporters(term, ({ phase }) => phase === "acked");
        const truth = this.#truth;
        let common = 0;
        while (common < truth.length && history[common] === truth[common]) common += 1;
        const lost = truth.slice(common).filter(({ acknowledged }) => acknowledged);
        if (lost.length > 0 && !this.consents.dataLoss && !this.consents.rollback) {
            this.#violated(
                `server ${term.leader.id} leads (epoch ${term.epoch}) without ${lost.length} acknowledged writes`,
            );
        }
        if (lost.length > 0) this.live = undefined;
        const { nowMs } = this.world;
        const wasNone = this.#ledUntilMs - this.#reignSinceMs < graceMs;
        if (wasNone || nowMs - this.#ledUntilMs > electionMs) this.#ledSinceMs = nowMs;
        this.#reignSinceMs = nowMs;
        this.#truth = history.slice();
        this.#newestEpoch = lost.length > 0 ? term.epoch : Math.max(this.#newestEpoch, term.epoch);
        this.#isLive(config);
    }

    ended({ isEstablished }: Term): void {
        if (isEstablished) this.#ledUntilMs = this.world.nowMs;
    }

    toldToBootstrap(id: number, nonce: string): void {
        if (!this.isFounded) return;
        const { dataLoss, newLife } = this.consents;
        const other = this.world.machines.find(
            ({ serverId, state }) => state === "running" && this.#hasData(serverId) && this.#isNamed(serverId),
        );
        // One that was only slow to hear it has acknowledged nothing.
        const isLate = other !== undefined && !has(this.#tookPart, id);
        const isSameFounding = other && this.world.volumesOf(other.serverId).data.stamp?.nonce === nonce;
        if (isLate && (isSameFounding || (!dataLoss && !newLife))) return;
        if (other) this.#violated(`server ${id} is told to begin with nothing, and server ${other.serverId} has data`);
        else if (dataLoss || newLife || !this.#hasWrites) this.forget();
        else if (has(this.#tookPart, id))
            this.#violated(`server ${id} is told to begin with nothing, and nobody agreed to it`);
    }

    toldToAdopt(id: number): void {
        if (!this.consents.rollback) this.#violated(`server ${id} is told to adopt a copy, and nobody agreed to it`);
    }

    toldToLeave(id: number): void {
        if (this.#isNamed(id)) this.#violated(`server ${id} is told that it left, and the live configuration names it`);
    }

    taken(machine: Machine, why: Taking): void {
        const id = machine.serverId;
        if (why === "delete") {
            if (this.#isNamed(id)) this.#violated(`server ${id} is deleted, and the live configuration names it`);
            this.#deleted.add(id);
        }
        if (why === "stop" && this.world.volumesOf(id).data.isLeft && this.#isNamed(id)) {
            this.#violated(`server ${id} is stopped as one that left, and the live configuration names it`);
        }
        if (why !== "destroy" && why !== "replace by hand" && !this.consents.outage) this.#checkQuorum(id, why);
    }

    #isLive(configuration: Configuration): void {
        if (configuration.version < (this.live?.version ?? -1)) return;
        this.live = configuration;
        for (const id of this.#deleted) {
            if (has(configuration.members, id)) this.#violated(`server ${id} was deleted, and is a member now`);
        }
    }

    /** The deployer alone never costs the quorum: a server that it takes can be spared, as far as it could know. */
    #checkQuorum(id: number, why: Taking): void {
        const { live } = this;
        if (!live || !has(live.voters, id)) return;
        const able = this.#ableVoters(live);
        if (!has(able, id)) return;
        const count = countOf(able);
        const quorum = Math.floor(live.voterCount / 2) + 1;
        if (!this.#hadQuorum()) return;
        const isAllWell = count === live.voterCount;
        if (isAllWell || count < quorum || count - 1 >= quorum) return;
        let recent = 0;
        for (let voter = 0; voter <= 30; voter++) {
            if (has(live.voters, voter) && !has(able, voter) && this.#wasThere(voter)) recent += 1;
        }
        const before = count + recent;
        if (recent > 0 && (before === live.voterCount || before - 1 >= quorum)) return;
        this.#violated(
            `server ${id} is taken (${why}), and ${count} of ${live.voterCount} voters serve: the quorum is gone`,
        );
    }

    /** A fault took it away a moment ago; or it lost its leader, and no deployer took it. */
    #wasThere(voter: number): boolean {
        const { harms, servedUntilMs, nowMs } = this.world;
        const isRecent = (atMs = -Infinity) => nowMs - atMs < this.#graceMs;
        const harm = harms[voter];
        if (isRecent(harm?.atMs)) return harm?.by === "fault";
        return isRecent(servedUntilMs[voter]);
    }

    get #graceMs(): number {
        const isWaitedFor = this.world.machines.some(({ isSilent, slownessMs }) => isSilent || slownessMs > 0);
        return isWaitedFor ? graceWhileWaitingMs : graceMs;
    }

    /** A quorum that was gone for long, or is back just now, is none that the deployer could have cared for. */
    #hadQuorum(): boolean {
        const { nowMs } = this.world;
        const isLed = this.world.leader() !== undefined;
        return isLed ? nowMs - this.#ledSinceMs > this.#graceMs : nowMs - this.#ledUntilMs < electionMs;
    }

    /** Those that serve under the one leader; without one, the most that hear each other and could elect one. */
    #ableVoters({ voters }: Configuration): number {
        const { world } = this;
        const term = world.leader();
        const there = world.runningPeers().filter((peer) => !peer.isFrozen && has(voters, peer.id));
        if (term) {
            // One that is cut off counts, for its leader and for whoever asks it, until syncLimit is over.
            return there.reduce((ids, { id, serves }) => (serves && takesPart(term, id) ? ids | (1 << id) : ids), 0);
        }
        let most = 0;
        for (const one of there) {
            const group = there.filter(({ id, hasVote }) => hasVote && world.network.connects(one.id, id));
            const ids = group.reduce((all, { id }) => all | (1 << id), 0);
            if (countOf(ids) > countOf(most)) most = ids;
        }
        return most;
    }

    #isNamed(id: number): boolean {
        return this.live !== undefined && has(this.live.members, id);
    }

    #hasData(id: number): boolean {
        const { data, log } = this.world.volumesOf(id);
        return lookAt(id, data, log, this.world.rules, true).state === "member" && data.currentEpoch >= 1;
    }

    #violated(text: string): void {
        this.world.trace(() => `VIOLATED: ${text}`);
        this.violations.push(text);
    }
}

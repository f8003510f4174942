import { Clock } from "../clock";
import { Machine, memberExit, Machines, oneOfEach } from "../machines";
import { freshMs } from "../observe/observe";

/** The right to change one ensemble, held by one deployment at a time. */
export interface Lease {
    readonly token: string;
    readonly isHeld: () => boolean;
    /** Waits for it as long as a dead deployment could keep it. */
    take(progress: (text: string) => void): Promise<Taken>;
    /** Why this deployment must not go on; nothing as far as is known without asking. */
    lost(): string | undefined;
    /**
     * Asks the servers, right before something is done to them: rejects when this deployment has it not. Says whether
     * it had to wait: what was seen before is old then, and somebody else may have changed it.
     */
    confirm(): Promise<{ readonly waited: boolean }>;
    /** This deployment is about to make this server's machine. */
    makes(serverId: number): void;
    /** Whose word counts: members of the newest configuration that was seen. Without one all machines that run. */
    setMembers(ids: readonly number[] | undefined): void;
    /** Lets the next deployment begin at once. This one gets it no more: its `up` has ended or failed. */
    release(): Promise<void>;
}

export interface Taken {
    /** Why it cannot be had; nothing when it was taken. */
    readonly refused: string | undefined;
    /** Another deployment had it until now: what was seen before may be old. */
    readonly waited: boolean;
}

interface LeaseAnswer {
    readonly serverId: number;
    readonly machineId: string;
    /** Of the machine since its last start: what the server knows of the lease ends with it. */
    readonly run: string;
    /** `""`: nobody. */
    readonly holder: string;
    readonly secondsLeft: number;
    /** How often another deployment than the one before took it. */
    readonly changes: number;
}

/** What was heard of the servers that have a say: `silent` ones have not given their word. */
interface Votes {
    readonly answers: readonly LeaseAnswer[];
    readonly silent: number;
    /** All that there are. */
    readonly machines: readonly Machine[];
}

/** As in the member script: a deployment that is dead keeps it no longer. */
const leaseSeconds = 20;
const renewEveryMs = 5_000;
const patienceMs = (leaseSeconds + 5) * 1_000;

interface LeaseSurroundings {
    readonly machines: Machines;
    readonly clock: Clock;
    readonly token: string;
    readonly isEngineAlive: () => Promise<boolean>;
    readonly random: () => number;
}

/**
 * `pulumi cancel` frees the state's lock while the deployment that held it lives on, and copies of a state know nothing
 * of each other: two deployments could take two servers down at the same time. So whoever changes a living ensemble has
 * the word of a majority of its members, and renews it as long as its engine lives. The servers forget it with their
 * machine, one at a time. Members whose machines are known not to run have no say; those that do not answer have not
 * given their word.
 */
export class DeploymentLease implements Lease {
    /** By run of a machine, what it had counted when it gave its word. */
    private readonly changes = new Map<string, number>();
    /** Machines that were there when the lease was held, and servers whose new one is this deployment's. */
    private readonly known = new Set<string>();
    private readonly making = new Set<number>();
    private members: ReadonlySet<number> | undefined;
    private held = false;
    private lostTo: string | undefined;
    /** The renewal that is current; an older one that wakes up ends. */
    private beat = 0;
    /** Questions that are not answered yet: one that takes the lease may reach a server late. */
    private readonly asking = new Set<Promise<unknown>>();
    private isOver = false;
    private givenBack: Promise<void> | undefined;

    constructor(private readonly around: LeaseSurroundings) {}

    get token(): string {
        return this.around.token;
    }

    isHeld = (): boolean => this.held;

    makes(serverId: number): void {
        this.making.add(serverId);
    }

    setMembers(ids: readonly number[] | undefined): void {
        this.members = ids && ids.length > 0 ? new Set(ids) : undefined;
    }

    lost(): string | undefined {
        return this.lostTo === undefined ? undefined : takenOver(this.lostTo);
    }

    async take(progress: (text: string) => void): Promise<Taken> {
        const { clock, random } = this.around;
        const end = clock.nowMs() + patienceMs;
        for (let waited = false; ; waited = true) {
            // Asked once more at the end: on a busy machine a question takes seconds, and a dead one's lease ends
            // meanwhile.
            const isLastTry = clock.nowMs() >= end;
            const votes = await this.ask("take");
            const given = votes.answers.filter(({ holder }) => holder === this.token);
            if (this.isOver) {
                await this.ask("release");
                return { refused: over, waited };
            }
            if (isMajority(given.length, votes.answers.length + votes.silent)) {
                this.begin(given, votes);
                return { refused: undefined, waited };
            }
            await this.ask("release");
            const other = votes.answers.find(({ holder }) => holder !== this.token);
            if (isLastTry) {
                return { refused: other ? alreadyChanging(other.holder) : notGiven(votes), waited };
            }
            progress(waitsFor(other, votes));
            // Two that begin together and share the servers out must not meet again and again.
            await clock.sleep(300 + random() * 700);
        }
    }

    async confirm(): Promise<{ readonly waited: boolean }> {
        if (!this.held) {
            const { refused, waited } = await this.take(() => undefined);
            return refused === undefined ? { waited } : fail(refused);
        }
        const { clock } = this.around;
        const end = clock.nowMs() + patienceMs;
        for (let waited = false; ; waited = true) {
            const isLastTry = clock.nowMs() >= end;
            const { votes, isKept } = await this.renew();
            const lost = this.lost() ?? (this.isOver ? over : undefined);
            if (lost !== undefined) {
                return fail(lost);
            }
            if (isKept) {
                return { waited };
            }
            if (isLastTry) {
                return fail(notGiven(votes));
            }
            await clock.sleep(1000);
        }
    }

    async release(): Promise<void> {
        this.beat += 1;
        this.isOver = true;
        if (this.held && this.lostTo === undefined) {
            this.held = false;
            this.givenBack = this.giveBack();
        }
        // Whoever comes second may be the end of the program.
        await this.givenBack;
    }

    private async giveBack(): Promise<void> {
        await Promise.allSettled(this.asking);
        await this.ask("release").catch(() => undefined);
    }

    private begin(given: readonly LeaseAnswer[], votes: Votes): void {
        this.remember(given, votes);
        this.held = true;
        this.beat += 1;
        void this.renewForEver(this.beat);
    }

    private async renewForEver(beat: number): Promise<void> {
        for (;;) {
            // With --target no last gate runs, which would give it back: the program must end all the same.
            await this.around.clock.sleep(renewEveryMs, true);
            if (this.beat !== beat) {
                return;
            }
            // A program may outlive its engine by a minute, with nobody to carry out anything: it keeps no lease then.
            if (!(await this.around.isEngineAlive())) {
                await this.release();
                return;
            }
            await this.renew().catch(() => undefined);
        }
    }

    /**
     * Asks for it once more. Where another deployment was meanwhile, it may have had the word of a majority of those
     * that ran then. It had not, when no more servers can have given it theirs than have kept this deployment's. One
     * whose run began meanwhile says nothing of the time before: it counts for neither side.
     */
    private async renew(): Promise<{ readonly votes: Votes; readonly isKept: boolean }> {
        const votes = await this.ask("take");
        const { answers, silent } = votes;
        const given = answers.filter(({ holder }) => holder === this.token);
        const kept = given.filter((answer) => this.changes.get(runOf(answer)) === answer.changes);
        const fresh = given.filter((answer) => !kept.includes(answer) && this.isFresh(answer));
        const others = answers.length - kept.length - fresh.length;
        if (others > kept.length + silent) {
            const other = answers.find(({ holder }) => holder !== this.token);
            this.lostTo ??= other?.holder ?? "another deployment, which has ended";
            this.beat += 1;
        }
        const isKept = isMajority(given.length, answers.length + silent) && others + silent <= kept.length;
        if (isKept) {
            this.remember(given, votes);
        }
        return { votes, isKept };
    }

    /** Nobody but this deployment has asked it since its start, and nobody else has made its machine. */
    private isFresh({ serverId, machineId, changes }: LeaseAnswer): boolean {
        return changes === 1 && (this.known.has(machineId) || this.making.has(serverId));
    }

    private remember(given: readonly LeaseAnswer[], { machines }: Votes): void {
        for (const { serverId, machineId } of machines.filter((machine) => !this.known.has(machine.machineId))) {
            this.known.add(machineId);
            this.making.delete(serverId);
        }
        for (const answer of given) {
            this.changes.set(runOf(answer), answer.changes);
        }
    }

    private async ask(verb: "take" | "release"): Promise<Votes> {
        const question = this.askMembers(verb);
        this.asking.add(question);
        try {
            return await question;
        } finally {
            this.asking.delete(question);
        }
    }

    private async askMembers(verb: "take" | "release"): Promise<Votes> {
        const { machines, clock, token } = this.around;
        const all = oneOfEach(await machines.list());
        const running = all.filter((machine) => machine.running);
        const asked = running.filter(({ serverId }) => this.members?.has(serverId) ?? true);
        const askedMs = clock.nowMs();
        const first = await Promise.all(asked.map((machine) => askOne(machines, machine, verb, token)));
        // One that is silent, or a deployer that stood still, made the words of the others old: they last for 20 s.
        const isOld = verb === "take" && clock.nowMs() - askedMs > freshMs;
        const heard = await Promise.all(
            first.map((answer, at) =>
                isOld && typeof answer === "object" ? askOne(machines, asked[at]!, verb, token) : answer,
            ),
        );
        return {
            machines: all,
            answers: heard.filter((answer) => typeof answer === "object"),
            silent: heard.filter((answer) => answer === "silent").length,
        };
    }
}

/** A release before this one does not name the run: there only the count tells that it is another one. */
function runOf({ machineId, run }: LeaseAnswer): string {
    return `${machineId} ${run}`;
}

/** Also when no member runs: then there is nobody to take it from, and nothing that could be taken down. */
function isMajority(given: number, members: number): boolean {
    return members === 0 || given * 2 > members;
}

const over =
    "this `up` has failed at another server, or has ended, so nothing more is done here: see the first failure above";

/** This deployment has the lease no more, or does not get it. A failed question is something else. */
export class LeaseRefused extends Error {}

function fail(text: string): never {
    throw new LeaseRefused(text);
}

/** One that is still being prepared keeps no lease and runs no server: it has no say, as a machine that is stopped. */
async function askOne(
    machines: Machines,
    machine: Machine,
    verb: "take" | "release",
    token: string,
): Promise<LeaseAnswer | "silent" | "preparing"> {
    if (machine.unseen !== undefined) {
        return "silent";
    }
    const result = await machines.member(machine, ["lease", verb, token]).catch(() => undefined);
    if (result?.exitCode === memberExit.preparing) {
        return "preparing";
    }
    const [, holder, secondsLeft, changes, run = ""] =
        /^lease=(\S*)\nleaseSeconds=(\d+)\nleaseChanges=(\d+)(?:\nleaseRun=(\S+))?$/m.exec(result?.output ?? "") ?? [];
    if (holder === undefined) {
        return "silent";
    }
    return { ...machine, run, holder, secondsLeft: Number(secondsLeft), changes: Number(changes) };
}

function waitsFor(other: LeaseAnswer | undefined, { silent }: Votes): string {
    return other
        ? `waits for another deployment of this ensemble (${other.holder}); if that one is dead, for ${other.secondsLeft} s`
        : `waits for the word of a majority of the members: ${silent} do not answer`;
}

function alreadyChanging(holder: string): string {
    return (
        `another deployment changes this ensemble right now (${holder}: host, process, a random part): two at a time ` +
        `could take two servers down together. This one does nothing more; wait until the other is done, or end it, and ` +
        `run \`pulumi up\` again`
    );
}

function notGiven({ answers, silent }: Votes): string {
    return (
        `no majority of the members lets this deployment change the ensemble: ${silent} of ${answers.length + silent} ` +
        `do not answer, and another deployment could have their word. Give this deployment the way to them, or stop the ` +
        `machines that hang, and run \`pulumi up\` again`
    );
}

function takenOver(holder: string): string {
    return (
        `another deployment has taken this ensemble over (${holder}), because this one did not renew its lease for ` +
        `${leaseSeconds} s: two at a time could take two servers down together. This one stops here; when the other is ` +
        `done, run \`pulumi up\` again`
    );
}

/** A deployment that fails lets the next one begin at once. */
export async function orReleased<T>(lease: Lease, work: Promise<T>): Promise<T> {
    try {
        return await work;
    } catch (error) {
        await lease.release();
        throw error;
    }
}

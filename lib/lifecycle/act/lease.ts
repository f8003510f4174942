import { Clock } from "../clock";
import { Machine, memberExit, Machines, oneOfEach } from "../machines";

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
    readonly machineId: string;
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
    private readonly changes = new Map<string, number>();
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
                this.begin(given);
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

    private begin(answers: readonly LeaseAnswer[]): void {
        this.remember(answers);
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
     * Asks for it once more. A server where another deployment was meanwhile is not counted any more: whoever had the
     * word of a majority in between is seen at one of those that must be kept.
     */
    private async renew(): Promise<{ readonly votes: Votes; readonly isKept: boolean }> {
        const votes = await this.ask("take");
        const { answers, silent } = votes;
        const isOurs = ({ holder, machineId, changes }: LeaseAnswer) =>
            holder === this.token && changes <= (this.changes.get(machineId) ?? changes);
        const kept = answers.filter(isOurs);
        if ((answers.length - kept.length) * 2 > answers.length) {
            const other = answers.find(({ holder }) => holder !== this.token);
            this.lostTo ??= other?.holder ?? "another deployment, which has ended";
            this.beat += 1;
        }
        this.remember(kept);
        return { votes, isKept: isMajority(kept.length, answers.length + silent) };
    }

    private remember(answers: readonly LeaseAnswer[]): void {
        for (const { machineId, changes } of answers) {
            this.changes.set(machineId, changes);
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
        const { machines, token } = this.around;
        const running = oneOfEach(await machines.list()).filter((machine) => machine.running);
        const asked = running.filter(({ serverId }) => this.members?.has(serverId) ?? true);
        const heard = await Promise.all(asked.map((machine) => askOne(machines, machine, verb, token)));
        return {
            answers: heard.filter((answer) => typeof answer === "object"),
            silent: heard.filter((answer) => answer === "silent").length,
        };
    }
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
    const [, holder, secondsLeft, changes] =
        /^lease=(\S*)\nleaseSeconds=(\d+)\nleaseChanges=(\d+)$/m.exec(result?.output ?? "") ?? [];
    return holder === undefined
        ? "silent"
        : { machineId: machine.machineId, holder, secondsLeft: Number(secondsLeft), changes: Number(changes) };
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

import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { Machine, Machines } from "./machines";
import { EnsembleView } from "./view";

/** The right to change one ensemble, held by one deployment at a time. */
export interface Lease {
    readonly token: string;
    /** Waits for it as long as a dead deployment could keep it. */
    take(progress: (text: string) => void): Promise<Taken>;
    /** Why this deployment must not go on; `""` as far as is known without asking. */
    lost(): string;
    /**
     * Asks the servers, right before something is done to them: rejects when another deployment has the lease. They
     * need not be asked when they have just said so, in a look at all of them.
     */
    confirm(justSeen?: EnsembleView): Promise<void>;
    /** Asks in the same way whether this deployment, if it took the lease, still has it: `lost` knows afterwards. */
    check(justSeen?: EnsembleView): Promise<void>;
    /** Lets the next deployment begin at once. */
    release(): Promise<void>;
}

export interface Taken {
    /** Why it cannot be had; `""` when it was taken. */
    readonly refused: string;
    /** Another deployment had it until now: what was seen before may be old. */
    readonly waited: boolean;
}

/** What one server answers; servers that do not answer are nobody's. */
export interface LeaseAnswer {
    readonly machineId: string;
    /** `""`: nobody. */
    readonly holder: string;
    readonly secondsLeft: number;
    /** How often another deployment than the one before took it. */
    readonly changes: number;
}

/** As in the member script: a deployment that is dead keeps it no longer. */
const leaseSeconds = 20;
const renewEveryMs = 5_000;
/** Must be left of it for what is done now. */
const enoughSeconds = leaseSeconds / 2;
const patienceMs = (leaseSeconds + 5) * 1000;

/** One per process: an inline program's next `up` takes over from its last one without waiting. */
const token = `${hostname()
    .replace(/[^A-Za-z0-9.-]/g, "-")
    .slice(0, 60)}.${process.pid}.${randomBytes(4).toString("hex")}`;

/**
 * `pulumi cancel` frees the state's lock while the deployment that held it lives on, and copies of a state know nothing
 * of each other: two deployments could take two servers down at the same time. So whoever changes a living ensemble has
 * the word of a majority of the servers that run, and renews it as long as its engine lives. The servers forget it with
 * their machine, one at a time. Servers that do not run and those of older releases, which do not know the verb, have
 * no say: a reconfiguration is still fenced by its version then.
 */
export function deploymentLease(
    machines: Machines,
    isEngineAlive: () => Promise<boolean>,
    own: string = token,
    limits = { patienceMs, renewEveryMs },
): Lease {
    const changes = new Map<string, number>();
    let held = false;
    let lostTo = "";
    let timer: NodeJS.Timeout | undefined;
    let beating = Promise.resolve();

    const ask = async (verb: "take" | "release"): Promise<LeaseAnswer[]> => {
        const running = (await machines.list()).filter((machine) => machine.running);
        const answers = await Promise.all(running.map((machine) => askOne(machines, machine, verb, own)));
        return answers.filter((answer) => answer !== undefined);
    };
    const remember = (answers: readonly LeaseAnswer[]) =>
        answers.filter(({ holder }) => holder === own).forEach((each) => changes.set(each.machineId, each.changes));
    const renew = async (): Promise<void> => {
        const answers = await ask("take");
        const interrupted = ({ machineId, changes: now }: LeaseAnswer) => now > (changes.get(machineId) ?? now);
        const gone = answers.filter((answer) => answer.holder !== own || interrupted(answer));
        if (gone.length * 2 > answers.length) {
            lostTo = gone.find(({ holder }) => holder !== own)?.holder ?? "another deployment, which has ended";
            stop();
        }
        remember(answers);
    };
    const beat = async (): Promise<void> => {
        if (await isEngineAlive()) {
            await renew().catch(() => undefined);
            if (timer !== undefined) {
                schedule();
            }
        } else {
            void release();
        }
    };
    const schedule = () => {
        timer = setTimeout(() => (beating = beat()), limits.renewEveryMs);
        timer.unref();
    };
    const stop = () => {
        clearTimeout(timer);
        timer = undefined;
    };
    const release = async (): Promise<void> => {
        stop();
        if (held && !lostTo) {
            held = false;
            await beating;
            await ask("release").catch(() => undefined);
        }
    };
    const take = async (progress: (text: string) => void): Promise<Taken> => {
        const end = Date.now() + limits.patienceMs;
        for (let waited = false; ; waited = true) {
            const isLastTry = Date.now() >= end;
            const answers = await ask("take");
            if (isMajority(answers, own)) {
                remember(answers);
                held = true;
                if (timer === undefined) {
                    schedule();
                }
                return { refused: "", waited };
            }
            await ask("release");
            const other = answers.find(({ holder }) => holder !== own);
            // Asked once more at the end: on a busy machine a question takes seconds, and a dead one's lease ends
            // meanwhile.
            if (isLastTry) {
                return { refused: alreadyChanging(other?.holder ?? "unknown"), waited };
            }
            progress(
                `waits for another deployment of this ensemble (${other?.holder}); if that one is dead, for ` +
                    `${other?.secondsLeft} s`,
            );
            // Two that begin together and share the servers out must not meet again and again.
            await pause(300 + Math.random() * 700);
        }
    };
    const lost = () => (lostTo === "" ? "" : takenOver(lostTo));
    /**
     * Nobody else can have what a majority said is this one's for longer than has gone by since they were asked: an
     * answer may have come before this process slept. Who lost it and has it back, renewed it, and knows by the
     * changes.
     */
    const isSeenIn = (view: EnsembleView | undefined): boolean => {
        const reports = [...(view?.servers.values() ?? [])].flatMap(({ report }) => report ?? []);
        const agoSeconds = (Date.now() - (view?.askedAtMs ?? 0)) / 1_000;
        const mine = reports.filter(
            ({ lease, leaseSeconds: left }) => lease === own && left - agoSeconds >= enoughSeconds,
        );
        return lostTo === "" && agoSeconds >= 0 && mine.length * 2 > reports.length;
    };
    return {
        token: own,
        take,
        lost,
        confirm: async (justSeen) => {
            if (held && isSeenIn(justSeen)) {
                return;
            }
            const refused = held ? (await renew(), lost()) : lost() || (await take(() => undefined)).refused;
            if (refused) {
                throw new Error(refused);
            }
        },
        check: async (justSeen) => (held && !isSeenIn(justSeen) ? renew() : undefined),
        release,
    };
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

/** Also when no server answers: then there is nobody to take it from, and nothing that could be taken down. */
function isMajority(answers: readonly LeaseAnswer[], own: string): boolean {
    return answers.length === 0 || answers.filter(({ holder }) => holder === own).length * 2 > answers.length;
}

async function askOne(
    machines: Machines,
    machine: Machine,
    verb: "take" | "release",
    own: string,
): Promise<LeaseAnswer | undefined> {
    const result = await machines.member(machine, ["lease", verb, own]).catch(() => undefined);
    const [, holder, secondsLeft, changes] =
        /^lease=(\S*)\nleaseSeconds=(\d+)\nleaseChanges=(\d+)$/m.exec(result?.output ?? "") ?? [];
    return holder === undefined
        ? undefined
        : { machineId: machine.machineId, holder, secondsLeft: Number(secondsLeft), changes: Number(changes) };
}

function alreadyChanging(holder: string): string {
    return (
        `another deployment changes this ensemble right now (${holder}: host, process, a random part): two at a time ` +
        `could take two servers down together. This one does nothing more; wait until the other is done, or end it, and ` +
        `run \`pulumi up\` again`
    );
}

function takenOver(holder: string): string {
    return (
        `another deployment has taken this ensemble over (${holder}), because this one did not renew its lease for ` +
        `${leaseSeconds} s: two at a time could take two servers down together. This one stops here; when the other is ` +
        `done, run \`pulumi up\` again`
    );
}

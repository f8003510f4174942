// Several clients that write, read and append the whole time while the ensemble changes, and a record of all of it.
import { LoadClient, nowNs } from "./client";
import { isAcknowledged, isWrite, type Operation } from "./operation";
import { randomFrom } from "./random";
import { makeObjects, type Objects, readOut, split } from "./readOut";
import { Session, type SessionLimits, usualLimits } from "./session";

export interface LoadOptions {
    /** Servers and chroot, as the component gives them; the chroot is made when it is missing. */
    readonly connectionString: string;
    readonly clients?: number;
    readonly registers?: number;
    readonly sequences?: number;
    /** What the clients do depends on it alone; when, on the ensemble. */
    readonly seed: number;
    /** Of a client between two operations, 5 by default. */
    readonly pauseMs?: number;
    readonly limits?: Partial<SessionLimits>;
}

export interface LoadResult {
    readonly history: readonly Operation[];
    /** Writes of all kinds, by how they ended. */
    readonly acknowledged: number;
    readonly unknown: number;
    readonly failed: number;
    /**
     * The longest time in which a client that kept trying had no acknowledged write, of the client that had the worst.
     */
    readonly longestGapMs: number;
    /** How often which answer other than success was given, reads included. */
    readonly errors: Readonly<Record<string, number>>;
}

const progressLimitMs = 90_000;
const readOutLimitMs = 120_000;

export class Load {
    private readonly history: Operation[] = [];
    private readonly stopping = new AbortController();
    private readonly gaps = new Map<string, { lastNs: number; longestNs: number }>();
    private readonly waiters = new Set<() => void>();
    private readonly errors: Record<string, number> = {};
    private acknowledgedCount = 0;
    private running: Promise<unknown> = Promise.resolve();
    private readonly servers: string;

    private constructor(
        readonly options: LoadOptions,
        private readonly objects: Objects,
    ) {
        this.servers = split(options.connectionString).servers;
    }

    static async start(options: LoadOptions): Promise<Load> {
        const { registers = 3, sequences = 2 } = options;
        const objects = await makeObjects(options.connectionString, options.seed, { registers, sequences });
        const load = new Load(options, objects);
        load.running = Promise.all(Array.from({ length: options.clients ?? 4 }, (_, index) => load.runClient(index)));
        load.running.catch(() => {}); // told by stop()
        return load;
    }

    /** A point in time, for `acknowledgedSince`. */
    mark(): number {
        return this.acknowledgedCount;
    }

    acknowledgedSince(mark: number): number {
        return this.acknowledgedCount - mark;
    }

    /** How often which answer other than success has been given so far. */
    get otherAnswers(): Readonly<Record<string, number>> {
        return { ...this.errors };
    }

    /** Waits until so many further writes have been acknowledged. */
    waitForProgress(count: number, limitMs = progressLimitMs): Promise<void> {
        const mark = this.mark();
        return new Promise((resolve, reject) => {
            const end = (settle: () => void) => {
                clearTimeout(timer);
                this.waiters.delete(look);
                settle();
            };
            const look = () => {
                if (this.acknowledgedSince(mark) >= count) end(resolve);
            };
            const timer = setTimeout(() => {
                const seen = `${this.acknowledgedSince(mark)} of ${count} further writes`;
                const why = `other answers so far: ${JSON.stringify(this.errors)}`;
                end(() => reject(new Error(`only ${seen} were acknowledged within ${limitMs} ms; ${why}`)));
            }, limitMs);
            this.waiters.add(look);
            look();
        });
    }

    /** Ends the clients and reads what is left; throws when the ensemble does not answer that within two minutes. */
    async stop(): Promise<LoadResult> {
        const stopNs = nowNs();
        this.stopping.abort();
        await this.running;
        for (const gap of this.gaps.values()) gap.longestNs = Math.max(gap.longestNs, stopNs - gap.lastNs);
        const writes = this.history.filter(isWrite);
        const count = (outcome: string) => writes.filter((write) => write.outcome === outcome).length;
        return {
            history: [...this.history, ...(await readOut(this.servers, this.objects, readOutLimitMs))],
            acknowledged: count("ok"),
            unknown: count("unknown"),
            failed: count("failed"),
            longestGapMs: Math.max(...[...this.gaps.values()].map(({ longestNs }) => longestNs)) / 1e6,
            errors: { ...this.errors },
        };
    }

    /** Ends the clients without a look at what is left: for tests that have failed already. */
    async abandon(): Promise<void> {
        this.stopping.abort();
        await this.running.catch(() => {});
    }

    private runClient(index: number): Promise<void> {
        const { seed, pauseMs = 5, limits } = this.options;
        const gap = { lastNs: nowNs(), longestNs: 0 };
        this.gaps.set(`c${index}`, gap);
        const client = new LoadClient({
            name: `c${index}`,
            random: randomFrom(seed * 1_000 + index),
            registers: this.objects.registers,
            sequences: this.objects.sequences,
            pauseMs,
            openSession: (name) => new Session(this.servers, name, { ...usualLimits, ...limits }),
            record: (operation) => this.record(operation, gap),
        });
        return client.run(this.stopping.signal);
    }

    private record(operation: Operation, gap: { lastNs: number; longestNs: number }): void {
        this.history.push(operation);
        if (operation.error) this.errors[operation.error] = (this.errors[operation.error] ?? 0) + 1;
        if (!isAcknowledged(operation)) return;
        gap.longestNs = Math.max(gap.longestNs, operation.returnedNs - gap.lastNs);
        gap.lastNs = operation.returnedNs;
        this.acknowledgedCount++;
        for (const look of [...this.waiters]) look();
    }
}

/** What happens at one moment of virtual time. `run` is taken away when it is not to happen any more. */
export interface Happening {
    readonly timeMs: number;
    readonly order: number;
    run: (() => void) | undefined;
}

export class NeverEnds extends Error {}

const resolved = Promise.resolve();

/**
 * Virtual time and everything that is still to happen in it. Code under test runs as far as it can by itself (Node runs
 * all its microtasks before the next tick) and then waits for exactly one thing that happens here: so the random delays
 * of those things choose the order at every `await`, and nothing else does. No timer of Node takes part.
 */
export class Scheduler {
    nowMs = 0;
    happened = 0;
    #order = 0;
    #heap: Happening[] = [];
    #woken = false;

    constructor(private readonly limits: { readonly happenings: number; readonly hours: number }) {}

    after(delayMs: number, run: () => void): Happening {
        const happening = { timeMs: this.nowMs + delayMs, order: this.#order++, run };
        this.#push(happening);
        return happening;
    }

    /** Says that code which waited has something to do now: it runs before anything else happens. */
    wake(): void {
        this.#woken = true;
    }

    /** Lets things happen, one after the other, until it is so. */
    until(isSo: () => boolean): Promise<void> {
        return new Promise((resolve, reject) => {
            const turn = () => {
                try {
                    if (this.#runUntilWoken(isSo)) resolve();
                    else afterMicrotasks();
                } catch (error) {
                    reject(error as Error);
                }
            };
            // A tick that a microtask asks for comes after all microtasks, also those that come of them. The microtask
            // is the reaction of a promise: for each `queueMicrotask` Node keeps an asynchronous context, and this is
            // done hundreds of times in each schedule.
            const afterMicrotasks = () => void resolved.then(() => process.nextTick(turn));
            afterMicrotasks();
        });
    }

    #runUntilWoken(isSo: () => boolean): boolean {
        this.#woken = false;
        while (!isSo()) {
            const next = this.#pop();
            if (!next) throw new NeverEnds("nothing is left that could happen");
            if (!next.run) continue;
            this.nowMs = next.timeMs;
            this.happened += 1;
            if (this.happened > this.limits.happenings || this.nowMs > this.limits.hours * 3_600_000) {
                throw new NeverEnds(`no end after ${this.happened} happenings, ${Math.round(this.nowMs / 1000)} s`);
            }
            next.run();
            if (this.#woken) return false;
        }
        return true;
    }

    #push(happening: Happening): void {
        const heap = this.#heap;
        let at = heap.length;
        heap.push(happening);
        while (at > 0) {
            const above = (at - 1) >> 1;
            if (!isBefore(happening, heap[above]!)) break;
            heap[at] = heap[above]!;
            at = above;
        }
        heap[at] = happening;
    }

    #pop(): Happening | undefined {
        const heap = this.#heap;
        const first = heap[0];
        const last = heap.pop();
        if (!last || heap.length === 0) return first;
        let at = 0;
        for (;;) {
            let below = 2 * at + 1;
            if (below >= heap.length) break;
            if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below += 1;
            if (!isBefore(heap[below]!, last)) break;
            heap[at] = heap[below]!;
            at = below;
        }
        heap[at] = last;
        return first;
    }
}

function isBefore(a: Happening, b: Happening): boolean {
    return a.timeMs < b.timeMs || (a.timeMs === b.timeMs && a.order < b.order);
}

/**
 * An operating system's process that waits for things of the world: a deployer. It can be killed at every await; what
 * it waited for then never comes back.
 */
export class Waiter {
    dead = false;
    /** How many times something came back: the moments at which a schedule lets its faults happen. */
    awaits = 0;
    #delayed: (() => void)[] | undefined;

    constructor(
        private readonly scheduler: Scheduler,
        private readonly onAwait: (waiter: Waiter) => void = () => undefined,
    ) {}

    /** It stands still, as on a laptop that is closed: what it has asked for is done, and what comes back waits. */
    sleep(): void {
        this.#delayed ??= [];
    }

    wake(): void {
        const delayed = this.#delayed ?? [];
        this.#delayed = undefined;
        for (const comeBack of delayed) comeBack();
    }

    /** Something that takes its time. What it does may be done although the one who asked died meanwhile. */
    after<T>(delayMs: number, effect: () => T, isDoneWithoutMe = false): Promise<T> {
        return this.answered((answer, fail) => {
            this.scheduler.after(delayMs, () => {
                if (this.dead && !isDoneWithoutMe) return;
                try {
                    answer(effect());
                } catch (error) {
                    fail(error as Error);
                }
            });
        });
    }

    /** Something that answers, or fails, when it likes. */
    answered<T>(ask: (answer: (value: T) => void, fail: (error: Error) => void) => void): Promise<T> {
        return new Promise((resolve, reject) => {
            const comeBack = (settle: () => void) => {
                if (this.dead || this.#isDelayed(() => comeBack(settle))) return;
                this.awaits += 1;
                this.onAwait(this);
                const goOn = () => {
                    this.scheduler.wake();
                    settle();
                };
                // It may have been killed right now, or have fallen asleep.
                if (!this.dead && !this.#isDelayed(goOn)) goOn();
            };
            ask(
                (value) => comeBack(() => resolve(value)),
                (error) => comeBack(() => reject(error)),
            );
        });
    }

    #isDelayed(what: () => void): boolean {
        this.#delayed?.push(what);
        return this.#delayed !== undefined;
    }
}

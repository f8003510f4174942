import { Clock } from "../../../lib/lifecycle/clock";

/** A clock that stands still until somebody runs it, and then jumps from sleeper to sleeper. */
export class VirtualClock implements Clock {
    private now = 0;
    private sleepers: { readonly atMs: number; readonly wake: () => void }[] = [];

    nowMs(): number {
        return this.now;
    }

    sleep(ms: number): Promise<void> {
        return new Promise((wake) => this.sleepers.push({ atMs: this.now + ms, wake }));
    }

    /** Lets time pass until the work is done. */
    async run<T>(work: Promise<T>): Promise<T> {
        let isOver = false;
        const over = () => (isOver = true);
        work.then(over, over);
        for (await settle(); !isOver; await settle()) {
            this.wakeNext(Infinity);
        }
        return work;
    }

    /** Lets so much time pass. */
    async pass(ms: number): Promise<void> {
        const end = this.now + ms;
        for (await settle(); this.wakeNext(end); await settle());
        this.now = end;
    }

    /** So much time passes while whoever sleeps on this clock sleeps on: a laptop that was closed. */
    freeze(ms: number): void {
        this.now += ms;
    }

    private wakeNext(endMs: number): boolean {
        const [next] = [...this.sleepers].sort((a, b) => a.atMs - b.atMs);
        if (!next && endMs === Infinity) {
            throw new Error("everybody waits, and nobody sleeps");
        }
        if (!next || next.atMs > endMs) {
            return false;
        }
        this.sleepers = this.sleepers.filter((sleeper) => sleeper !== next);
        this.now = Math.max(this.now, next.atMs);
        next.wake();
        return true;
    }
}

/** Until all that can go on without time passing has gone on. */
function settle(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
}

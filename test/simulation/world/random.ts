/** A stream of choices that a seed decides: the same seed, the same choices. */
export class Random {
    #state: number;

    constructor(seed: number) {
        this.#state = (seed ^ 0x9e3779b9) | 0;
        // Neighbouring seeds begin alike without this.
        for (let i = 0; i < 4; i++) this.next();
    }

    /** From 0 to below 1 (mulberry32: small, quick, good enough for schedules). */
    readonly next = (): number => {
        this.#state = (this.#state + 0x6d2b79f5) | 0;
        let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
        mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
    };

    /** A whole number from 0 to below the limit. */
    below(limit: number): number {
        return Math.floor(this.next() * limit);
    }

    /** A whole number from low to high, both possible. */
    between(low: number, high: number): number {
        return low + this.below(high - low + 1);
    }

    chance(probability: number): boolean {
        return this.next() < probability;
    }

    pick<T>(list: readonly T[]): T {
        return list[this.below(list.length)]!;
    }

    /** A stream of its own, so that more or fewer choices here do not change those there. */
    fork(): Random {
        return new Random(this.below(0x7fffffff));
    }
}

/** One line of the benchmark. */
export interface Figure {
    readonly name: string;
    readonly value: number;
    readonly unit: string;
    readonly detail: Readonly<Record<string, unknown>>;
}

/** Measurements that share their runs; asked for one of its figures, all of them are taken. */
export interface Benchmark {
    readonly names: readonly string[];
    measure(rounds: number): Promise<Figure[]>;
}

/** A figure that must not be above its goal. */
export function atMost(goal: number, name: string, value: number, unit: string, detail: Figure["detail"]): Figure {
    return { name, value: rounded(value), unit, detail: { goal: `<= ${goal}`, met: value <= goal, ...detail } };
}

/** A figure that must not be below its goal. */
export function atLeast(goal: number, name: string, value: number, unit: string, detail: Figure["detail"]): Figure {
    return { name, value: rounded(value), unit, detail: { goal: `>= ${goal}`, met: value >= goal, ...detail } };
}

/** A figure without a goal. */
export function shown(name: string, value: number, unit: string, detail: Figure["detail"]): Figure {
    return { name, value: rounded(value), unit, detail };
}

export function median(samples: readonly number[]): number {
    if (samples.length === 0) {
        throw new Error("there is no median of no samples");
    }
    const sorted = [...samples].sort((a, b) => a - b);
    const middle = Math.floor(sorted.length / 2);
    return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Median and all samples, for a figure's detail. */
export function spread(samples: readonly number[]): { median: number; samples: number[] } {
    return { median: rounded(median(samples)), samples: samples.map(rounded) };
}

export function rounded(value: number): number {
    return Number(value.toPrecision(4));
}

/**
 * Takes one sample of everybody in each round, and turns the order around in every second one, so that what slows the
 * machine for a while slows all of them.
 */
export async function interleaved<K extends string>(
    rounds: number,
    samplers: Record<K, () => Promise<number>>,
): Promise<Record<K, number[]>> {
    const names = Object.keys(samplers) as K[];
    const samples = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<K, number[]>;
    for (let round = 0; round < rounds; round++) {
        for (const name of round % 2 === 0 ? names : [...names].reverse()) {
            const sample = await samplers[name]();
            samples[name].push(sample);
            say(`round ${round + 1} of ${rounds}, ${name}: ${rounded(sample)}`);
        }
    }
    return samples;
}

/** Progress, for a person who waits. */
export function say(text: string): void {
    process.stderr.write(`${text}\n`);
}

import { atMost, Benchmark, Figure } from "./figure";

const acknowledgedBy = new Map<string, number>();
const lostBy = new Map<string, number>();

/** Begins the name of each change of an ensemble on AWS. */
export const onAws = "AWS: ";

/** Counts what the clients of one load were promised, and what of it was missing at the end. */
export function countLost(during: string, { lost, acknowledged }: { lost: number; acknowledged: number }): void {
    acknowledgedBy.set(during, (acknowledgedBy.get(during) ?? 0) + acknowledged);
    lostBy.set(during, (lostBy.get(during) ?? 0) + lost);
}

/** Over all changes under load that this run has made before; asked for alone, it makes them. */
export function lostWrites(name: string, changes: readonly Benchmark[], where = ""): Benchmark {
    return {
        names: [name],
        async measure(rounds: number): Promise<Figure[]> {
            const isHere = ([during]: [string, number]) => during.startsWith(onAws) === (where === onAws);
            const sum = (counts: Map<string, number>) =>
                [...counts].filter(isHere).reduce((total, [, each]) => total + each, 0);
            if (sum(acknowledgedBy) === 0) {
                for (const change of changes) {
                    await change.measure(rounds);
                }
            }
            return [
                atMost(0, name, sum(lostBy), "writes", {
                    acknowledged: sum(acknowledgedBy),
                    acknowledgedDuring: Object.fromEntries([...acknowledgedBy].filter(isHere)),
                }),
            ];
        },
    };
}

import { atMost, Benchmark, Figure } from "./figure";

const acknowledgedBy = new Map<string, number>();
const lostBy = new Map<string, number>();

/** Counts what the clients of one load were promised, and what of it was missing at the end. */
export function countLost(during: string, { lost, acknowledged }: { lost: number; acknowledged: number }): void {
    acknowledgedBy.set(during, (acknowledgedBy.get(during) ?? 0) + acknowledged);
    lostBy.set(during, (lostBy.get(during) ?? 0) + lost);
}

/** Over all changes under load that this run has made before; asked for alone, it makes them. */
export function lostWrites(changes: readonly Benchmark[]): Benchmark {
    return {
        names: ["lost_acked"],
        async measure(rounds: number): Promise<Figure[]> {
            if (acknowledgedBy.size === 0) {
                for (const change of changes) {
                    await change.measure(rounds);
                }
            }
            const lost = [...lostBy.values()].reduce((sum, each) => sum + each, 0);
            const acknowledged = [...acknowledgedBy.values()].reduce((sum, each) => sum + each, 0);
            return [
                atMost(0, "lost_acked", lost, "writes", {
                    acknowledged,
                    acknowledgedDuring: Object.fromEntries(acknowledgedBy),
                }),
            ];
        },
    };
}

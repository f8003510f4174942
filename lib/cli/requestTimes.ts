/** Reads and writes of clients that a server has answered. */
export interface RequestTimes {
    readonly count: number;
    readonly totalMs: number;
}

/** ZooKeeper's own names, and those that it has while Prometheus can ask it. */
const names = (what: string) => [
    { count: `zk_cnt_${what}`, sum: `zk_sum_${what}` },
    { count: `zk_${what}_count`, sum: `zk_${what}_sum` },
];

/** Reads and writes together, from what `mntr` says; nothing where it lacks one of them. */
export function requestTimes(monitor: ReadonlyMap<string, string>): RequestTimes | undefined {
    const reads = timesOf(monitor, "readlatency");
    const writes = timesOf(monitor, "updatelatency");
    return reads && writes && { count: reads.count + writes.count, totalMs: reads.totalMs + writes.totalMs };
}

function timesOf(monitor: ReadonlyMap<string, string>, what: string): RequestTimes | undefined {
    const known = names(what).find(({ count, sum }) => monitor.has(count) && monitor.has(sum));
    if (!known) {
        return undefined;
    }
    const times = { count: Number(monitor.get(known.count)), totalMs: Number(monitor.get(known.sum)) };
    return Number.isFinite(times.count) && Number.isFinite(times.totalMs) ? times : undefined;
}

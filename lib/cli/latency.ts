import { RequestTimes } from "./requestTimes";
import { EnsembleStatus } from "./status";

/** How many looks the line of a watch shows: 40 s. */
const KEPT_LOOKS = 20;
const steps = "▁▂▃▄▅▆▇█";

/** Average latency of the requests between two looks, in ms; undefined where none was answered, or none is known. */
export type Trail = readonly (number | undefined)[];

/** What the looks of a watch say of each server together: ZooKeeper's own average is one since the server's start. */
export class LatencyTrails {
    private readonly last = new Map<string, RequestTimes>();
    private readonly trails = new Map<string, Trail>();

    add({ ensembleId, servers }: EnsembleStatus): void {
        for (const { id, requests } of servers) {
            const key = `${ensembleId}/${id}`;
            const before = this.last.get(key);
            this.trails.set(
                key,
                [...(this.trails.get(key) ?? []), averageBetween(before, requests)].slice(-KEPT_LOOKS),
            );
            if (requests) {
                this.last.set(key, requests);
            }
        }
    }

    of({ ensembleId }: EnsembleStatus, id: number): Trail {
        return this.trails.get(`${ensembleId}/${id}`) ?? [];
    }

    /** The same with what the last look saw, for scripts. */
    withNewest(status: EnsembleStatus): EnsembleStatus {
        const servers = status.servers.map((server) => {
            const recentLatencyMs = this.of(status, server.id).at(-1);
            return recentLatencyMs === undefined ? server : { ...server, recentLatencyMs };
        });
        return { ...status, servers };
    }
}

/** Of the requests that were answered between two looks, in ms. A server that was restarted counts anew. */
export function averageBetween(before: RequestTimes | undefined, now: RequestTimes | undefined): number | undefined {
    if (!before || !now || now.count <= before.count || now.totalMs < before.totalMs) {
        return undefined;
    }
    return (now.totalMs - before.totalMs) / (now.count - before.count);
}

/** One character per look, from 0 to `highest`; a blank where there was no request. */
export function sparkline(trail: Trail, highest: number): string {
    const stepOf = (value: number) => (highest <= 0 ? 0 : Math.round((value / highest) * (steps.length - 1)));
    return trail
        .map((value) => (value === undefined ? " " : steps[Math.min(stepOf(value), steps.length - 1)]!))
        .join("");
}

/** Of all servers, so that the lines of two of them can be compared. */
export function highestOf(trails: readonly Trail[]): number {
    return Math.max(0, ...trails.flatMap((trail) => trail.filter((value) => value !== undefined)));
}

import { LiveEnsemble } from "./liveEnsemble";
import { memberIds } from "../zookeeper/serverLines";
import { EnsembleView, leaders } from "./view";

/** Longer than an election takes on slow machines, shorter than ZooKeeper's longest pause between two votes. */
const leaderlessUntilHealedMs = 40_000;

/**
 * Heals an ensemble whose leader died right after it had proposed new voters: some servers know the new configuration
 * and wait for a majority of it, while the joiners, who make it up, look for the old leader. Restarted with their disks
 * they take part, and the reconfiguration turns out to be committed or not. Nobody's data is touched.
 */
export function stuckAddHealer(ensemble: LiveEnsemble): (view: EnsembleView) => Promise<string | undefined> {
    let leaderlessSince: number | undefined;
    return async (view) => {
        if (leaders(view).length > 0) {
            leaderlessSince = undefined;
            return undefined;
        }
        leaderlessSince ??= Date.now();
        const joiners = joinersOf(view);
        if (joiners.length === 0 || Date.now() - leaderlessSince < leaderlessUntilHealedMs) {
            return undefined;
        }
        leaderlessSince = undefined;
        await ensemble.lease.confirm();
        const machines = joiners.flatMap((id) => view.servers.get(id)?.machine ?? []);
        for (const machine of machines.filter(({ running }) => running)) {
            await ensemble.machines.stop(machine);
            await ensemble.machines.start(machine);
        }
        return `a reconfiguration is stuck without a leader: joining servers are started again (${joiners.join(", ")})`;
    };
}

/** Servers that an undecided reconfiguration names and that no stored configuration knows yet. */
function joinersOf(view: EnsembleView): number[] {
    const reports = [...view.servers.values()].flatMap(({ report }) => report ?? []);
    const pending = reports.filter(({ pendingVersion }) => pendingVersion !== undefined);
    const stored = new Set(pending.flatMap((report) => memberIds(report.stored.lines)));
    return [...new Set(pending.flatMap((report) => memberIds(report.pendingLines)))].filter((id) => !stored.has(id));
}

import { Configuration, epochOf, Transaction } from "./configuration";
import { Rules } from "./rules";

/** What the member script writes on each volume of a server. A copy of a volume has it, too. */
export interface Stamp {
    readonly serverId: number;
    readonly generation: string;
    readonly nonce: string;
    /** That it was told to join. */
    readonly life: string;
    /** Of the volume that was stamped: in a copy it is another one's. */
    readonly identity: number;
    /** Epoch of a copy that is adopted. */
    readonly adoptedEpoch: number | undefined;
}

export interface DataVolume {
    readonly identity: number;
    stamp: Stamp | undefined;
    currentEpoch: number;
    acceptedEpoch: number;
    /** All transactions of the newest snapshot; `[]` is the snapshot of nothing that a bootstrap makes. */
    snapshot: readonly Transaction[] | undefined;
    /** Of a leader that served already when it sent the snapshot: that has at least this epoch in its name. */
    sentEpoch: number;
    /** The files `zoo.cfg.dynamic.<version>`, ascending; the newest two are kept. */
    dynamic: readonly Configuration[];
    /** `zoo.cfg.dynamic.next`, and the script's copy of it. */
    next: Configuration | undefined;
    nextSaved: Configuration | undefined;
    directive: string | undefined;
    isLeft: boolean;
    isFull: boolean;
    /** Version of a pending reconfiguration that was found to be dead. */
    deadVersion: number | undefined;
    /** Version of a pending reconfiguration that it was told to forget at its next start. */
    forgottenVersion: number | undefined;
    asideKiB: number;
}

/** The log is kept whole in the model: nothing that is decided depends on its being cut off at snapshots. */
export interface LogVolume {
    readonly identity: number;
    stamp: Stamp | undefined;
    transactions: Transaction[];
    isFull: boolean;
}

let identities = 0;

export function emptyDataVolume(): DataVolume {
    return {
        identity: ++identities,
        stamp: undefined,
        currentEpoch: -1,
        acceptedEpoch: -1,
        snapshot: undefined,
        sentEpoch: 0,
        dynamic: [],
        next: undefined,
        nextSaved: undefined,
        directive: undefined,
        isLeft: false,
        isFull: false,
        deadVersion: undefined,
        forgottenVersion: undefined,
        asideKiB: 0,
    };
}

export function emptyLogVolume(): LogVolume {
    return { identity: ++identities, stamp: undefined, transactions: [], isFull: false };
}

export function copyOfData(volume: DataVolume): DataVolume {
    return { ...volume, identity: ++identities, isFull: false };
}

export function copyOfLog(volume: LogVolume): LogVolume {
    return { ...volume, identity: ++identities, transactions: [...volume.transactions], isFull: false };
}

export type DiskState = "blank" | "bootstrapping" | "member" | "left" | "refused";

export interface Look {
    readonly state: DiskState;
    readonly reason: string;
    /** Data were here, so that nobody bootstraps over them. */
    readonly hasData: boolean;
    readonly isCopy: boolean;
    readonly generation: string;
    readonly nonce: string;
    readonly life: string;
    readonly epoch: number;
    readonly newest: Configuration | undefined;
}

/** As `look` in the member script's disks.sh, branch for branch. */
export function lookAt(id: number, data: DataVolume, log: LogVolume, rules: Rules, isStarted: boolean): Look {
    const generation = data.stamp?.generation ?? "";
    const nonce = data.stamp?.nonce ?? "";
    const life = data.stamp?.life ?? "";
    const newest = data.dynamic[data.dynamic.length - 1];
    const epoch = data.currentEpoch;
    const logEpoch = log.transactions.length === 0 ? -1 : epochOf(log.transactions[log.transactions.length - 1]!.zxid);
    const snapshotEpoch = epochOfSnapshot(data);
    let hasData = logEpoch >= 0 || snapshotEpoch >= 1;
    let isCopy = false;
    let state: DiskState;
    let reason = "";
    const isForeign = (stamp: Stamp | undefined) => stamp !== undefined && stamp.serverId !== id;
    const foreign = isForeign(data.stamp) ? data.stamp : isForeign(log.stamp) ? log.stamp : undefined;
    if (foreign) {
        state = "refused";
        reason = `${foreign === data.stamp ? "/data" : "/datalog"} belongs to server ${foreign.serverId}`;
    } else if (hasData && generation === "" && log.stamp === undefined) {
        state = "refused";
        reason = "/data and /datalog hold data of ZooKeeper and no stamp of an ensemble: use empty volumes";
    } else if (data.isLeft) {
        state = "left";
        reason = "removed from the ensemble";
    } else if (rules.halfDiskIsBlank && generation !== (log.stamp?.generation ?? "")) {
        state = "blank";
        reason = "generations of data and log volume differ";
    } else if ((snapshotEpoch >= 1 && epoch < snapshotEpoch) || (logEpoch >= 1 && epoch < logEpoch)) {
        state = "blank";
        reason = `killed while being filled: epoch ${epoch} beside data of a newer one`;
    } else if (rules.copyIsBlank && !isStarted && isOfAnother(data, log)) {
        state = "blank";
        reason = "/data is a copy: its files are younger than its stamp";
        isCopy = hasData || epoch >= 1;
    } else if (hasData) {
        state = "member";
    } else if (nonce !== "" && epoch >= 1) {
        state = "member";
        reason = "founded, nothing written yet";
    } else if (nonce !== "" && newest?.version === 0) {
        state = "bootstrapping";
    } else if (generation !== "" && newest?.version === 0 && epoch < 1) {
        state = "member";
        reason = "told to join, not filled yet";
    } else {
        state = "blank";
        reason = generation === "" ? "no data" : "the data is gone";
    }
    if (state === "member" && data.stamp?.adoptedEpoch === epoch) isCopy = true;
    if (epoch >= 1 || (newest !== undefined && newest.version !== 0)) hasData = true;
    return { state, reason, hasData, isCopy, generation, nonce, life, epoch, newest };
}

function isOfAnother(data: DataVolume, log: LogVolume): boolean {
    return (
        (data.stamp !== undefined && data.stamp.identity !== data.identity) ||
        (log.stamp !== undefined && log.stamp.identity !== log.identity)
    );
}

function epochOfSnapshot({ snapshot, sentEpoch }: DataVolume): number {
    if (snapshot === undefined) return -1;
    return Math.max(sentEpoch, snapshot.length === 0 ? 0 : epochOf(snapshot[snapshot.length - 1]!.zxid));
}

/** The script keeps two files; ZooKeeper writes one per reconfiguration. */
export function storeDynamic(data: DataVolume, config: Configuration): void {
    const others = data.dynamic.filter(({ version }) => version !== config.version);
    data.dynamic = [...others, config].sort((a, b) => a.version - b.version).slice(-2);
}

/** The newer one of ZooKeeper's `.next` and the script's copy; nothing when neither is newer than the newest file. */
export function pendingOn({ next, nextSaved, dynamic, deadVersion }: DataVolume): Configuration | undefined {
    const newest = dynamic[dynamic.length - 1]?.version ?? 0;
    const isAlive = (config: Configuration | undefined) =>
        config && config.version > newest && config.version !== deadVersion ? config : undefined;
    const mine = isAlive(next);
    const saved = isAlive(nextSaved);
    return (mine?.version ?? 0) >= (saved?.version ?? 0) ? mine : saved;
}

/** The volumes are full as long as they are full; how many KiB that leaves is a report's business. */
export function freeKiB({ isFull }: { readonly isFull: boolean }): number {
    return isFull ? 0 : 5_000_000;
}

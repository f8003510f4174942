import assert from "node:assert/strict";
import fc from "fast-check";
import {
    dataVolumeMiB,
    keptLogFiles,
    largestLogFileMiB,
    Load,
    logVolumeMiB,
    SnapshotSettings,
    snapSizeLimitFor,
    ZOOKEEPERS_OWN,
} from "../../lib/zookeeper/diskUse";
import { awsArgs } from "../support/awsArgs";
import { holds } from "../support/fuzz";
import { faultsOf } from "../support/specs";

const between = (min: number, max: number) => fc.integer({ min, max });

/** Small enough that each write can be played. */
const settings: fc.Arbitrary<SnapshotSettings> = fc.record({
    snapCount: between(20, 2000),
    snapSizeLimitKiB: fc.oneof(fc.constant(0), between(16, 4096)),
    snapRetainCount: between(3, 6),
    purgeIntervalHours: between(1, 3),
    preAllocSizeKiB: between(0, 65_536),
});
const load: fc.Arbitrary<Load> = fc.record({
    dataMiB: between(1, 4096),
    writesPerSecond: between(0, 3),
    bytesPerWrite: between(1, 20_000),
});
/** Any numbers, by a generator of Park and Miller. */
const anyDraws = between(1, 2 ** 31 - 2).map((seed) => {
    let state = seed;
    return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
});
/** What a server draws: always the least, always the most, or anything. */
const draws = fc.oneof(
    fc.constant(() => 0),
    fc.constant(() => 1 - Number.EPSILON),
    anyDraws,
);

interface Played {
    /** At the fullest moment. */
    readonly dataMiB: number;
    readonly logMiB: number;
    readonly largestFileMiB: number;
}

/** SyncRequestProcessor and PurgeTxnLog, write by write, over three removals. */
function play(given: SnapshotSettings, { dataMiB, writesPerSecond, bytesPerWrite }: Load, draw: () => number): Played {
    const recordMiB = (bytesPerWrite + 100) / 1024 / 1024;
    const limitMiB = given.snapSizeLimitKiB / 1024;
    let logs = [{ first: 1, writes: 0 }];
    let snapshots: number[] = [0];
    let [drawnCount, drawnSize] = [draw(), draw()];
    const fullest = { dataMiB: 0, logMiB: 0, largestFileMiB: 0 };
    const look = (inWork: number) => {
        fullest.dataMiB = Math.max(fullest.dataMiB, (snapshots.length + inWork) * dataMiB);
        fullest.logMiB = Math.max(fullest.logMiB, writes * recordMiB + given.preAllocSizeKiB / 1024);
        fullest.largestFileMiB = Math.max(fullest.largestFileMiB, logs.at(-1)!.writes * recordMiB);
    };
    let zxid = 0;
    let writes = 0;
    for (let removal = 0; removal < 3; removal++) {
        for (let write = 0; write < writesPerSecond * 3600 * given.purgeIntervalHours; write++) {
            const current = logs.at(-1)!;
            zxid++;
            writes++;
            current.writes++;
            const byCount = current.writes > given.snapCount / 2 + Math.floor((drawnCount * given.snapCount) / 2);
            const bySize = limitMiB > 0 && current.writes * recordMiB > limitMiB / 2 + (drawnSize * limitMiB) / 2;
            if (byCount || bySize) {
                look(1);
                snapshots.push(zxid);
                logs.push({ first: zxid + 1, writes: 0 });
                [drawnCount, drawnSize] = [draw(), draw()];
            }
        }
        look(0);
        snapshots = snapshots.slice(-given.snapRetainCount);
        const begins = logs.filter(({ first }) => first <= snapshots[0]!).at(-1)?.first ?? 0;
        logs = logs.filter(({ first }) => first >= begins);
        writes = logs.reduce((sum, each) => sum + each.writes, 0);
    }
    return fullest;
}

describe("what the disks hold", () => {
    holds(
        "is never more than what is computed, whatever a server draws",
        fc.tuple(settings, load, draws),
        ([given, wanted, draw]) => {
            const played = play(given, wanted, draw);
            assert.ok(played.dataMiB <= dataVolumeMiB(given, wanted)!, `data ${JSON.stringify(played)}`);
            assert.ok(played.logMiB <= logVolumeMiB(given, wanted)!, `log ${JSON.stringify(played)}`);
            assert.ok(played.largestFileMiB <= largestLogFileMiB(given, wanted), `file ${JSON.stringify(played)}`);
        },
        100,
    );

    const busy = fc.tuple(
        settings.map((each) => ({ ...each, snapCount: Math.min(each.snapCount, 300), preAllocSizeKiB: 64 })),
        load.map((each) => ({ ...each, writesPerSecond: Math.max(2, each.writesPerSecond) })),
        anyDraws,
    );
    holds(
        "is more than half of it under a load that lasts: half the size would fail",
        busy,
        ([given, wanted, draw]) => {
            const played = play(given, wanted, draw);
            assert.ok(2 * played.dataMiB > dataVolumeMiB(given, wanted)!, `data ${JSON.stringify(played)}`);
            assert.ok(2 * played.logMiB > logVolumeMiB(given, wanted)!, `log ${JSON.stringify(played)}`);
        },
        50,
    );

    holds("is nothing known where nothing is removed", fc.tuple(settings, load), ([given, wanted]) => {
        const never = { ...given, purgeIntervalHours: 0 };
        assert.equal(dataVolumeMiB(never, wanted), undefined);
        assert.equal(logVolumeMiB(never, wanted), undefined);
    });
});

describe("the limit that follows the log volume", () => {
    const volumeMiB = between(1, 65_536).map((GiB) => GiB * 1024);

    holds(
        "lets the log files that are kept fill half of the volume at most, and is never above ZooKeeper's own",
        fc.tuple(volumeMiB, between(3, 500)),
        ([sizeMiB, snapRetainCount]) => {
            const limit = snapSizeLimitFor(sizeMiB, { snapRetainCount });
            assert.ok(Number.isInteger(limit) && limit >= 1 && limit <= ZOOKEEPERS_OWN.snapSizeLimitKiB);
            const keptKiB = keptLogFiles({ snapRetainCount }) * limit;
            assert.ok(keptKiB <= (sizeMiB * 1024) / 2);
            // As large as it may be: more snapshots than needed cost the data volume.
            assert.ok(limit === ZOOKEEPERS_OWN.snapSizeLimitKiB || 2 * keptKiB > (sizeMiB * 1024) / 2);
        },
    );

    holds("never falls when the volume grows", fc.tuple(volumeMiB, volumeMiB), ([one, other]) => {
        const [smaller, larger] = [Math.min(one, other), Math.max(one, other)];
        const limitOf = (sizeMiB: number) => snapSizeLimitFor(sizeMiB, { snapRetainCount: 3 });
        assert.ok(limitOf(smaller) <= limitOf(larger));
    });
});

describe("the smallest size that an error names", () => {
    const wanted = fc.record({
        dataMiB: between(1, 900),
        writesPerSecond: between(0, 20_000),
        bytesPerWrite: between(1, 5000),
    });
    const faults = (capacity: Load, data: number, log: number) => {
        const volumes = { data: { sizeGiB: data }, log: { sizeGiB: log } };
        return faultsOf({ aws: awsArgs({ volumes }), capacity, jvm: { heapMiB: 3000 } });
    };
    const named = (lines: string[], what: string): number | undefined => {
        const line = lines.find((each) => each.startsWith(`aws.volumes.${what}.sizeGiB: `));
        return line === undefined ? undefined : Number(/: set (\d+) or more/.exec(line)?.[1]);
    };

    holds(
        "is enough, and one less is not",
        fc.tuple(wanted, between(1, 200), between(1, 200)),
        ([capacity, data, log]) => {
            const largerLog = named(faults(capacity, data, log), "log") ?? log;
            const largerData = named(faults(capacity, data, largerLog), "data") ?? data;
            assert.deepEqual(faults(capacity, largerData, largerLog), [], `${largerData} and ${largerLog}`);
            if (largerLog > log) {
                assert.notEqual(named(faults(capacity, largerData, largerLog - 1), "log"), undefined);
            }
            if (largerData > data) {
                assert.notEqual(named(faults(capacity, largerData - 1, largerLog), "data"), undefined);
            }
        },
        200,
    );
});

import assert from "node:assert/strict";
import { awsArgs } from "../../support/awsArgs";
import { faultsOf, specOf } from "../../support/specs";

const onAws = (log: object, args: object = {}) => ({ aws: awsArgs({ volumes: { log } }), ...args });
const limitOf = (args: object) => specOf(args).config.zooCfg.find(({ key }) => key === "snapSizeLimitInKb")?.value;
const load = { dataMiB: 100, writesPerSecond: 100, bytesPerWrite: 1000 };

describe("the limit of size of log files", () => {
    it("follows the log volume on AWS, stands among the other lines, and shows in previews", () => {
        assert.equal(limitOf({ aws: awsArgs() }), "1048576");
        assert.equal(limitOf(onAws({ sizeGiB: 1 })), "131072");
        assert.equal(limitOf(onAws({ sizeGiB: 15 })), "1048576");
        assert.equal(limitOf(onAws({ sizeGiB: 16 })), "2097152");
        const { zooCfg, visible } = specOf({ aws: awsArgs() }).config;
        const keys = zooCfg.map(({ key }) => key);
        assert.equal(keys.indexOf("snapSizeLimitInKb"), keys.indexOf("autopurge.purgeInterval") + 1);
        assert.equal(visible["snapshots.snapSizeLimitKiB"], 1_048_576);
    });

    it("is ZooKeeper's own, and not written, where it may be so large or the volume is not known", () => {
        assert.equal(limitOf(onAws({ sizeGiB: 32 })), undefined);
        assert.equal(limitOf({ docker: {} }), undefined);
        const aws = awsArgs({ singleMachine: true, subnetIds: awsArgs().subnetIds.slice(0, 1) });
        assert.equal(limitOf({ aws }), undefined);
    });

    it("is the user's where it is given", () => {
        const config = { snapshots: { snapSizeLimitKiB: 77 } };
        assert.equal(limitOf({ aws: awsArgs(), config }), "77");
    });

    it("gets a warning where the files that are kept do not fit into the volume, or nothing limits them", () => {
        const warnings = (snapSizeLimitKiB: number) =>
            specOf({ aws: awsArgs(), config: { snapshots: { snapSizeLimitKiB } } }).warnings;
        assert.deepEqual(warnings(2_000_000), []);
        assert.deepEqual(warnings(4_000_000), [
            "config.snapshots.snapSizeLimitKiB: 4000000 lets the 4 log files that are kept grow to 15625 MiB, and the log volume has 10 GiB: leave it out, or lower it",
        ]);
        assert.deepEqual(warnings(0), [
            "config.snapshots.snapSizeLimitKiB: 0 is no limit, so a log file may grow until its volume is full: leave it out",
        ]);
    });
});

describe("capacity", () => {
    it("that fits changes nothing but what it says", () => {
        assert.deepEqual(specOf({ docker: {}, capacity: load }), specOf({ docker: {} }));
        assert.deepEqual(faultsOf(onAws({ sizeGiB: 20 }, { capacity: load })), []);
    });

    it("names the smallest log volume", () => {
        // 4 files of at most 100000 writes, and an hour of 360000, of 1100 bytes each, and 64 MiB: 860.26 MiB.
        assert.deepEqual(faultsOf(onAws({ sizeGiB: 1 }, { capacity: load })).length, 0);
        const fourTimes = { ...load, writesPerSecond: 400 };
        assert.deepEqual(faultsOf(onAws({ sizeGiB: 1 }, { capacity: fourTimes })), [
            "aws.volumes.log.sizeGiB: 1 is too small for what capacity says: 4 log files that are kept, and those until the next removal need 1995 MiB of the 921 usable ones: set 3 or more",
        ]);
    });

    it("names the smallest data volume, and what else helps", () => {
        const config = { autopurge: { purgeIntervalHours: 2 } };
        const aws = awsArgs({ volumes: { data: { sizeGiB: 1 } } });
        // 3 are kept, 14.4 and the one that is due at once are made of 50000 writes at least, one is in work.
        assert.deepEqual(faultsOf({ aws, config, capacity: load }), [
            "aws.volumes.data.sizeGiB: 1 is too small for what capacity says: 3 snapshots that are kept, 15 until the next removal, and one in work need 1900 MiB of the 921 usable ones: set 3 or more, or lower config.autopurge.purgeIntervalHours",
        ]);
    });

    it("names the heap, and the memory where that is too small for it", () => {
        assert.deepEqual(faultsOf({ docker: {}, capacity: { ...load, dataMiB: 200 } }), [
            "jvm.heapMiB: the heap of 512 MiB is too small for capacity.dataMiB of 200: all data must fit into it, which takes up to 3 times as much there, and 64 MiB beside: set jvm.heapMiB to 664 or more",
        ]);
        assert.match(
            faultsOf({ docker: {}, capacity: { ...load, dataMiB: 400 } }).join(),
            /: set jvm.heapMiB to 1264 or more, and raise docker.memoryMiB, 1680 MiB at least$/,
        );
        const enough = { docker: { memoryMiB: 1680 }, jvm: { heapMiB: 1264 }, capacity: { ...load, dataMiB: 400 } };
        assert.deepEqual(faultsOf(enough), []);
        assert.notDeepEqual(faultsOf({ ...enough, docker: { memoryMiB: 1679 } }), []);
    });

    it("cannot be met by any volume where nothing is removed, which is a warning", () => {
        const config = { autopurge: { purgeIntervalHours: 0 } };
        assert.deepEqual(specOf({ aws: awsArgs(), config, capacity: load }).warnings, [
            "config.autopurge.purgeIntervalHours: 0 removes nothing, so no volume is large enough for what capacity says: set 1 or more, or remove old files otherwise",
        ]);
    });

    it("is complete, in its ranges, and without other fields", () => {
        assert.deepEqual(faultsOf({ docker: {}, capacity: { dataMiB: 0, writesPerSecond: 1.5, size: 3 } }), [
            "capacity.dataMiB: 0 is below 1: give a whole number from 1 to 1048576",
            "capacity.writesPerSecond: 1.5 is not a whole number: give one from 0 to 1000000",
            "capacity.bytesPerWrite: is missing, and without it nothing follows: give a whole number from 1 to 1073741824",
            "capacity.size: is not a known property: known are dataMiB, writesPerSecond, bytesPerWrite",
        ]);
    });
});

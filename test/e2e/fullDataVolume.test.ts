import assert from "node:assert/strict";
import { join } from "node:path";
import { SmallDisks } from "../chaos/smallDisks";
import { CliProgram } from "../support/cliProgram";
import { docker } from "../support/dockerWorld";
import { withFolder } from "../support/folder";
import { HeldEngine } from "../support/heldEngine";
import { modeOf, shell, until } from "../support/insideContainers";
import { ZkClient } from "../support/zkClient";

const three = [1, 2, 3];
const four = [1, 2, 3, 4];
const limit = { lifecycle: { servingTimeoutSeconds: 90, membershipTimeoutSeconds: 15 } };
const patient = { lifecycle: { servingTimeoutSeconds: 90 } };

/*
 * ZooKeeper logs the failure to write a configuration to the data volume, and goes on with one that no disk has: a
 * restart would bring back the one before.
 */
describe("a data volume that is full during a reconfiguration", function () {
    this.timeout(600_000);

    for (const [what, size, ids] of [["growth", 4, four] as const, ["shrinkage", 2, [1, 2]] as const]) {
        it(`is waited for and named before a ${what}, which changes nothing, and the next up makes it`, () =>
            withSmallDisks(async (program, disks) => {
                await fill(program, 2);
                await program.write({ ...limit, size });

                const up = program.startUp();
                assert.notEqual(await up.exit, 0, up.text);
                assert.match(up.text, /server 2: its data volume is full \(\d+ KiB free\)/);
                assert.match(up.text, /the ensemble is not what it is to be after 15 s/);
                assert.deepEqual(await configurations(program, three), onDisk(three));

                await disks.free(program.containerName(2), "filler");
                await program.write({ ...patient, size });
                await program.up();
                assert.deepEqual(await configurations(program, ids), onDisk(ids));
                await servesAsOne(program, ids);
                assert.deepEqual(await program.up(), []);
            }));
    }

    it("that fills up after the last look is noticed: the up does not pass, and says what to do, which works", () =>
        withSmallDisks((program, disks) =>
            HeldEngine.use(async (engine) => {
                const before = (await configurations(program, three))[0]!;
                await program.write({ ...limit, size: 4 });
                program.dockerHost = engine.host;
                const held = engine.holdAt(({ body }) => (body.includes('"reconfig"') ? "before" : undefined));
                const up = program.startUp();
                await up.reaches(held);
                await fill(program, 2);
                engine.goOn();
                program.dockerHost = undefined;

                assert.notEqual(await up.exit, 0, up.text);
                assert.match(
                    up.text,
                    /server 2: runs with configuration \w+, and its disk has \w+: a restart would bring that one back/,
                );
                assert.match(up.text, /Make room on its data volume, and run `pulumi up` again, which writes it anew/);
                const now = await configurations(program, four);
                assert.deepEqual(
                    now.filter((_, index) => index !== 1),
                    onDisk(four).slice(1),
                    "the others have it on their disks",
                );
                assert.deepEqual(now[1], { running: four, stored: before.stored });

                await disks.free(program.containerName(2), "filler");
                const containers = await containersOf(program, four);
                await program.write({ ...patient, size: 4 });
                await program.up();
                assert.deepEqual(await configurations(program, four), onDisk(four));
                assert.deepEqual(await containersOf(program, four), containers, "nobody is restarted for it");
                await servesAsOne(program, four);
                assert.deepEqual(await program.up(), []);
            }),
        ));
});

/** An ensemble of three with something written; the data volume of its second server is small. */
function withSmallDisks(action: (program: CliProgram, disks: SmallDisks) => Promise<void>): Promise<void> {
    return withFolder("fullDataVolume-", (folder) =>
        CliProgram.use((program) =>
            SmallDisks.useForData(join(folder, "disks"), [program.containerName(2)], async (disks) => {
                await program.up();
                await ZkClient.use(program.hosts()[0]!, (client) => client.create("/kept", "value"));
                await action(program, disks);
            }),
        ),
    );
}

async function fill(program: CliProgram, id: number): Promise<void> {
    // What a large block leaves free is enough for a configuration.
    const script = "for size in 64k 512; do dd if=/dev/zero bs=$size 2>&1 >>/data/filler || true; done";
    const printed = await shell(program.containerName(id), script);
    assert.match(printed, /No space left on device/);
    await until("its report shows it", async () => /^dataFreeKiB=\d{1,3}$/m.test(await report(program, id)));
}

function report(program: CliProgram, id: number): Promise<string> {
    return shell(program.containerName(id), "bash /ensemble/member.sh report");
}

interface Configurations {
    readonly running: readonly number[];
    readonly stored: readonly number[];
}

/** Ids of the voters with whom each server runs, and of those whom its disk has. */
function configurations(program: CliProgram, ids: readonly number[]): Promise<Configurations[]> {
    return Promise.all(
        ids.map(async (id) => {
            const text = await report(program, id);
            const voters = (prefix: string) =>
                [...text.matchAll(new RegExp(`^${prefix}server\\.(\\d+)=.*:participant`, "gm"))]
                    .map(([, voter]) => Number(voter))
                    .sort();
            return { running: voters("conf: "), stored: voters("config=") };
        }),
    );
}

/** Which container each is, and since when it runs. */
function containersOf(program: CliProgram, ids: readonly number[]): Promise<string[]> {
    return Promise.all(
        ids.map(async (id) => {
            const { Id, State } = await docker.getContainer(program.containerName(id)).inspect();
            return `${Id} ${State.StartedAt}`;
        }),
    );
}

const onDisk = (ids: readonly number[]): Configurations[] => ids.map(() => ({ running: ids, stored: ids }));

async function servesAsOne(program: CliProgram, ids: readonly number[]): Promise<void> {
    const modes = await Promise.all(program.hosts(ids).map(modeOf));
    assert.deepEqual(modes.sort(), [...ids.slice(1).map(() => "follower"), "leader"]);
    for (const host of program.hosts(ids)) {
        assert.equal(await ZkClient.use(host, (client) => client.read("/kept")), "value");
    }
}

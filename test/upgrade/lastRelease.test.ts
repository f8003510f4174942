import assert from "node:assert/strict";
import { ensureChecker } from "../load/check";
import { CliProgram } from "../support/cliProgram";
import { containerEvents, mostDown } from "../support/dockerEvents";
import { containerNames, docker, wipeVolume } from "../support/dockerWorld";
import { withFolder } from "../support/folder";
import { runSeed } from "../support/fuzz";
import { HeldEngine } from "../support/heldEngine";
import { modeOf, shell, until } from "../support/insideContainers";
import { beforeSecondRemoval, killedAt, killedOnceVoting } from "../support/killedDeployer";
import { lastRelease, libraryOfLastRelease } from "../support/lastRelease";
import { ZkClient } from "../support/zkClient";
import { changedUnderLoad } from "../support/underLoad";

const seed = runSeed();

/** Load, deployment and servers share the processors. */
const patient = { lifecycle: { servingTimeoutSeconds: 300 } };
const everybody = [1, 2, 3];

/*
 * The release before founds an ensemble, and the present one takes it over by `pulumi up`, on the state and the volumes
 * that are there.
 */
describe(`an ensemble of the release before (${lastRelease.slice(0, 7)}) is upgraded under load (FUZZ_SEED=${seed})`, function () {
    this.timeout(900_000);

    before(() => ensureChecker());

    it("one server at a time, the leader last; the next up and preview show no change", () =>
        foundedByLastRelease(patient, async (program, takePresent) => {
            const leader = await leaderOf(program, everybody);
            await takePresent();

            const events = await underLoad(program, everybody, () => program.up());

            const replaced = made(events);
            assert.deepEqual([...replaced].sort(), ["1", "2", "3"], events.join("\n"));
            assert.equal(replaced[2], `${leader}`, "the leader goes last");
            assert.equal(mostDown(events), 1, events.join("\n"));
            await areOfPresent(program, everybody);
            await showsNoChange(program);
        }));

    it("also when the deployer was killed between its first and its second server", () =>
        foundedByLastRelease(patient, (program, takePresent) =>
            HeldEngine.use(async (engine) => {
                await takePresent();
                const events = await underLoad(program, everybody, async () => {
                    await killedAt(program, engine, beforeSecondRemoval());
                    program.dockerHost = undefined;
                    assert.equal((await ofLastRelease(program, everybody)).length, 2);
                    await program.cancel();
                    await program.up();
                });
                assert.deepEqual(made(events).sort(), ["1", "2", "3"], "nobody is replaced twice");
                assert.equal(mostDown(events), 1, events.join("\n"));
                await areOfPresent(program, everybody);
                await showsNoChange(program);
            }),
        ));

    it("while servers come and go, which only ever knew the words of before", () =>
        foundedByLastRelease({ ...patient, servers: members([1, 2, 3, 4]) }, async (program, takePresent) => {
            await takePresent();
            await program.write({ ...patient, servers: members([1, 2, 3, 5]) });

            const events = await underLoad(program, everybody, () => program.up());

            assert.deepEqual(made(events).sort(), ["1", "2", "3", "5"], events.join("\n"));
            assert.equal(mostDown(events.filter((event) => !event.endsWith(" 4"))), 1, events.join("\n"));
            await areOfPresent(program, [1, 2, 3, 5]);
            assert.deepEqual(await containerNames(`${program.project}-`), names(program, [1, 2, 3, 5]));
            await showsNoChange(program);
        }));

    it("with a server that was stopped and one that has lost its disks", () =>
        foundedByLastRelease({ ...patient, servers: members([1, 2, 3, 4, 5]) }, async (program, takePresent) => {
            const leader = await leaderOf(program, [1, 2, 3, 4, 5]);
            const [stopped, wiped, ...others] = [1, 2, 3, 4, 5].filter((id) => id !== leader) as [number, number];
            await stop(program, stopped);
            await stop(program, wiped);
            for (const what of ["data", "log"]) {
                await wipeVolume(`${program.containerName(wiped)}-${what}`);
            }
            await docker.getContainer(program.containerName(wiped)).start();
            await until("the wiped one waits", async () => /^state=blank$/m.test(await report(program, wiped)));
            await takePresent();

            const events = await underLoad(program, [leader, ...others], () => program.up());

            assert.deepEqual(made(events).slice(0, 2).sort(), [stopped, wiped].map(String).sort(), "the sick go first");
            assert.deepEqual(made(events).sort(), ["1", "2", "3", "4", "5"]);
            await areOfPresent(program, [1, 2, 3, 4, 5]);
            await showsNoChange(program);
        }));

    it("after a growth that was killed and taken back: its new voter is removed before its machine", () =>
        foundedByLastRelease(patient, (program, takePresent) =>
            HeldEngine.use(async (engine) => {
                await program.write({ ...patient, servers: members([1, 2, 3, 4]) });
                await killedOnceVoting(program, engine, 4);
                await program.write(patient);
                await takePresent();

                const events = await underLoad(program, everybody, () => program.up());

                assert.deepEqual(made(events).sort(), ["1", "2", "3"], events.join("\n"));
                assert.deepEqual(await containerNames(`${program.project}-`), names(program, everybody));
                await areOfPresent(program, everybody);
                await showsNoChange(program);
            }),
        ));
});

type TakePresent = () => Promise<void>;
type Args = Parameters<CliProgram["write"]>[0];

/** The program is given on with the library of before; what is answered beside it gives it the present one. */
function foundedByLastRelease(
    args: Args,
    action: (program: CliProgram, takePresent: TakePresent) => Promise<void>,
): Promise<void> {
    return withFolder("lastRelease-", (folder) =>
        CliProgram.use(async (program) => {
            await program.takeLibrary(await libraryOfLastRelease(folder));
            await program.write(args);
            await program.up();
            const ids = args.servers?.map((server) => (server as { id: number }).id) ?? everybody;
            assert.deepEqual(await ofLastRelease(program, ids), ids, "servers are not of the release before");
            await ZkClient.use(program.hosts()[0]!, (client) => client.create("/before", "kept"));
            await action(program, () => program.takeLibrary());
            for (const host of program.hosts()) {
                assert.equal(await ZkClient.use(host, (client) => client.read("/before")), "kept");
            }
        }),
    );
}

const members = (ids: readonly number[]) => ids.map((id) => ({ id }));
const names = (program: CliProgram, ids: readonly number[]) => ids.map((id) => program.containerName(id));

function underLoad(program: CliProgram, ids: readonly number[], change: () => Promise<unknown>): Promise<string[]> {
    return changedUnderLoad(program.hosts(ids).join(","), seed, () => containerEvents(`${program.project}-`, change));
}

/** Ids of the servers whose machines were made, in order. */
function made(events: readonly string[]): string[] {
    return events.flatMap((event) => /^create (\d+)$/.exec(event)?.[1] ?? []);
}

function report(program: CliProgram, id: number): Promise<string> {
    return shell(program.containerName(id), "bash /ensemble/member.sh report");
}

/** By what their script does not know. */
async function ofLastRelease(program: CliProgram, ids: readonly number[]): Promise<number[]> {
    const ask = "bash /ensemble/member.sh with-lease test permit stop 2>&1 || true";
    const answers = await Promise.all(ids.map((id) => shell(program.containerName(id), ask)));
    return ids.filter((_, index) => answers[index]!.includes("unknown verb 'with-lease'"));
}

async function leaderOf(program: CliProgram, ids: readonly number[]): Promise<number> {
    const modes = await Promise.all(program.hosts(ids).map(modeOf));
    assert.equal(modes.filter((mode) => mode === "leader").length, 1, modes.join());
    return ids[modes.indexOf("leader")]!;
}

/** All serve with the present script, under one leader, and each has the running configuration on its disk. */
async function areOfPresent(program: CliProgram, ids: readonly number[]): Promise<void> {
    assert.deepEqual(await ofLastRelease(program, ids), []);
    await leaderOf(program, ids);
    const reports = await Promise.all(ids.map((id) => report(program, id)));
    const versions = reports.flatMap((text) => [
        /^configVersion=(\w+)/m.exec(text)?.[1],
        /^conf: version=(\w+)/m.exec(text)?.[1],
    ]);
    assert.equal(new Set(versions).size, 1, versions.join());
    for (const text of reports) {
        assert.match(text, /^state=member$/m);
        const voters = [...text.matchAll(/^conf: server\.(\d+)=.*:participant/gm)].map(([, id]) => Number(id));
        assert.deepEqual(voters.sort(), ids);
    }
}

async function showsNoChange(program: CliProgram): Promise<void> {
    assert.deepEqual(await program.up(), []);
    const { code, output } = await program.preview("--expect-no-changes");
    assert.equal(code, 0, output);
}

async function stop(program: CliProgram, id: number): Promise<void> {
    await docker.getContainer(program.containerName(id)).stop({ t: 10 });
}

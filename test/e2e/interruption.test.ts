import assert from "node:assert/strict";
import { CliProgram } from "../support/cliProgram";
import { containerEvents } from "../support/dockerEvents";
import { docker } from "../support/dockerWorld";
import { HeldEngine, Holds } from "../support/heldEngine";
import { modeOf, shell, until, untilServing } from "../support/insideContainers";
import { beforeSecondRemoval, killedAt } from "../support/killedDeployer";
import { whileDisconnected } from "../support/obstacles";
import { hasBegun, isDone, resourcesAreDone } from "../support/runningUp";
import { ZkClient } from "../support/zkClient";

/**
 * Network, image, guard, founding, and of each server two volumes, a container and a serving marker; the membership.
 */
const resourceCount = 17;

/*
 * Killed is always the CLI with its language host, its program and its providers, unless a test says otherwise. After
 * it an operator releases the state's lock by `pulumi cancel`, and then runs `pulumi up` as ever.
 */
describe("a founding that is interrupted", function () {
    this.timeout(600_000);

    it("goes on when it is killed again and again, after each of its resources in turn", () =>
        CliProgram.use(async (program) => {
            let kills = 0;
            while (await isKilledAfterNextResource(program)) {
                kills++;
            }
            // Those that are made at the same time may be recorded at the same time.
            assert.ok(kills >= resourceCount / 2, `only ${kills} interruptions`);
            await servesAsOne(program);
        }));

    for (const count of chosenCounts()) {
        it(`converges at the next up when it was killed after ${count} of ${resourceCount} resources`, () =>
            CliProgram.use(async (program) => {
                const up = program.startUp();
                await up.until(resourcesAreDone(count));
                await up.killAll();
                await convergesAtNextUp(program);
            }));
    }

    const orphans: [string, Holds][] = [
        ["network", after(/^POST \/networks\/create/)],
        ["volume", after(/^POST \/volumes\/create/)],
        ["container", after(/^POST \/containers\/create\?name=zec/)],
        ["running container", after(/^POST \/containers\/[0-9a-f]+\/start/)],
    ];
    for (const [what, holds] of orphans) {
        it(`converges when it was killed with a ${what} made that the state does not know`, () =>
            HeldEngine.use((engine) =>
                CliProgram.use(async (program) => {
                    await killedAt(program, engine, holds);
                    await convergesAtNextUp(program);
                }),
            ));
    }

    it("converges when it was killed after one server was told to found and before the others were", () =>
        HeldEngine.use((engine) =>
            CliProgram.use(async (program) => {
                await killedAt(program, engine, beforeAllButTheFirst(/"directive"/), () => oneFounds(program));
                await convergesAtNextUp(program);
            }),
        ));

    it("converges when the servers die too, before any of them has its first snapshot", () =>
        HeldEngine.use((engine) =>
            CliProgram.use(async (program) => {
                await killedAt(program, engine, beforeAllButTheFirst(/"directive"/), () => oneFounds(program));
                await loseTheFirstSnapshot(program);
                await convergesAtNextUp(program);
            }),
        ));

    it("converges when CLI and servers die the moment that the ensemble serves", () =>
        CliProgram.use(async (program) => {
            const up = program.startUp();
            await up.until(isDone("coordination-membership"));
            await Promise.all([up.killAll(), ...[1, 2, 3].map((id) => killServer(program, id))]);
            // Where the marker was recorded in time no gate waits: Docker starts the servers, whatever Pulumi does.
            await program.cancel();
            await program.up();
            await Promise.all(program.hosts().map(untilServing));
            await servesAsOne(program);
            assert.deepEqual(await program.up(), []);
        }));

    it("converges when only the CLI was killed and its program lives on", () =>
        CliProgram.use(async (program) => {
            const up = program.startUp();
            await up.until(hasBegun("coordination-1-serving"));
            const killOthers = await up.killCliOnly();
            await convergesAtNextUp(program);
            killOthers();
        }));

    it("converges when it was cancelled while its CLI lives on", () =>
        HeldEngine.use((engine) =>
            CliProgram.use(async (program) => {
                program.dockerHost = engine.host;
                const held = engine.holdAt(after(/^POST \/containers\/create\?name=zec/));
                const up = program.startUp();
                await up.reaches(held);
                engine.letGo();
                await convergesAtNextUp(program);
                await up.killAll();
                assert.deepEqual(await program.up(), []);
            }),
        ));
});

describe("a roll that is interrupted", function () {
    this.timeout(600_000);

    it("goes on at the next up, wherever it was, and what was acknowledged before is there", () =>
        HeldEngine.use((engine) =>
            CliProgram.use(async (program) => {
                program.dockerHost = engine.host;
                await program.up();
                const moments: [string, Holds][] = [
                    ["the old container is gone", before(/^POST \/containers\/create\?name=zec/)],
                    ["the new container is made", after(/^POST \/containers\/create\?name=zec/)],
                    ["the new container is started", after(/^POST \/containers\/[0-9a-f]+\/start/)],
                    ["the new server gets its first look", before(/"report"/, 20)],
                ];
                for (const [index, [moment, holds]] of moments.entries()) {
                    const path = `/before-${index}`;
                    await ZkClient.use(program.hosts()[0]!, (client) => client.create(path, moment));
                    const tickTimeMs = 600 + index;
                    await program.write({ config: { tickTimeMs } });

                    await killedAt(program, engine, holds);
                    await program.cancel();
                    await program.up();

                    await servesAsOne(program);
                    assert.deepEqual(await tickTimesOf(program), [tickTimeMs, tickTimeMs, tickTimeMs], moment);
                    for (const host of program.hosts()) {
                        assert.equal(await ZkClient.use(host, (client) => client.read(path)), moment);
                    }
                }
            }),
        ));

    it("is refused when the server whose turn is over has failed since, and so is each server with --target", () =>
        HeldEngine.use((engine) =>
            CliProgram.use(async (program) => {
                await program.up();
                await program.write({ config: { tickTimeMs: 600 } });
                await killedAt(program, engine, beforeSecondRemoval());
                program.dockerHost = undefined;
                await program.cancel();
                const tickTimes = await tickTimesOf(program);
                const rolled = 1 + tickTimes.indexOf(600);
                const others = [1, 2, 3].filter((id) => id !== rolled);
                assert.deepEqual(tickTimes.sort(), [500, 500, 600]);

                const container = program.containerName(rolled);
                await whileDisconnected(program.project, container, async () => {
                    await until(
                        "it has lost the others",
                        async () => !/^srvr: Mode/m.test(await report(program, rolled)),
                    );
                    const reason = new RegExp(
                        `changing server ${others.join(", ")} would cost the quorum: 2 of 3 voters serve, 2 are needed, ` +
                            `and server ${rolled} does not`,
                    );
                    for (const args of [[], ["--target", `**coordination-${others[0]}-server`]]) {
                        const events = await containerEvents(program.project, async () => {
                            const up = program.startUp(...args);
                            assert.notEqual(await up.exit, 0, up.text);
                            assert.match(up.text, reason);
                        });
                        assert.deepEqual(events, []);
                    }
                    await ZkClient.use(program.hosts()[others[0]! - 1]!, (client) => client.create("/kept", "value"));
                });
                await untilServing(program.hosts()[rolled - 1]!);
                await program.up();
                await servesAsOne(program);
                assert.deepEqual(await tickTimesOf(program), [600, 600, 600]);
                assert.equal(
                    await ZkClient.use(program.hosts()[rolled - 1]!, (client) => client.read("/kept")),
                    "value",
                );
            }),
        ));
});

/** All with INTERRUPT_AFTER=all; else while the containers and while the serving markers are made. */
function chosenCounts(): number[] {
    const wanted = process.env.INTERRUPT_AFTER ?? "11,14";
    const all = Array.from({ length: resourceCount }, (_, index) => index + 1);
    return wanted === "all" ? all : wanted.split(",").map(Number);
}

function after(line: RegExp): Holds {
    return (call) => (line.test(call.line) ? "after" : undefined);
}

function before(pattern: RegExp, skip = 0): Holds {
    let seen = 0;
    return ({ line, body }) => (pattern.test(line + body) && seen++ >= skip ? "before" : undefined);
}

/** The first such command in a container passes and is carried out; the others never reach the engine. */
function beforeAllButTheFirst(command: RegExp): Holds {
    return before(command, 1);
}

/** Kills the next `up` as soon as the state has one resource more; false when the `up` ends without one. */
async function isKilledAfterNextResource(program: CliProgram): Promise<boolean> {
    const before = program.recordedResources();
    const up = program.startUp();
    const isKilled = await up.comesTo(() => program.recordedResources() > before);
    if (isKilled) {
        await up.killAll();
        await program.cancel();
    }
    return isKilled;
}

async function convergesAtNextUp(program: CliProgram): Promise<void> {
    await program.cancel();
    await program.up();
    await servesAsOne(program);
    assert.deepEqual(await program.up(), []);
}

/** One leader, two followers, and a write through each of them that another one has. */
async function servesAsOne(program: CliProgram): Promise<void> {
    const hosts = program.hosts();
    const modes = await Promise.all(hosts.map(modeOf));
    assert.deepEqual(modes.sort(), ["follower", "follower", "leader"]);
    for (const [index, host] of hosts.entries()) {
        const path = `/written-${Date.now()}`;
        await ZkClient.use(host, (client) => client.create(path, host));
        const other = hosts[(index + 1) % hosts.length]!;
        assert.equal(await ZkClient.use(other, (client) => client.read(path)), host);
    }
}

function report(program: CliProgram, id: number): Promise<string> {
    return shell(program.containerName(id), "bash /ensemble/member.sh report");
}

async function statesOf(program: CliProgram): Promise<(string | undefined)[]> {
    const reports = await Promise.all([1, 2, 3].map((id) => report(program, id)));
    return reports.map((text) => /^state=(\w+)/m.exec(text)?.[1]);
}

/** One server has taken its directive, and nobody else has one. */
async function oneFounds(program: CliProgram): Promise<void> {
    await until(
        "one server founds",
        async () => (await statesOf(program)).sort().join() === "blank,blank,bootstrapping",
    );
}

async function tickTimesOf(program: CliProgram): Promise<number[]> {
    const configurations = await Promise.all(
        [1, 2, 3].map((id) => shell(program.containerName(id), "cat /ensemble/zoo.cfg")),
    );
    return configurations.map((text) => Number(/^tickTime=(\d+)/m.exec(text)?.[1]));
}

async function killServer(program: CliProgram, id: number): Promise<void> {
    await docker.getContainer(program.containerName(id)).kill();
}

/**
 * A server that founds consumes its permission to trust an empty database, and dies before its first snapshot is on the
 * disk: too short a moment to be met by chance.
 */
async function loseTheFirstSnapshot(program: CliProgram): Promise<void> {
    const states = await statesOf(program);
    const founder = 1 + states.findIndex((state) => state !== "blank");
    const waits = "until compgen -G '/data/version-2/snapshot.0'; do sleep 0.1; done";
    await shell(program.containerName(founder), `${waits}; rm /data/version-2/snapshot.0`);
    await Promise.all([1, 2, 3].map((id) => killServer(program, id)));
}

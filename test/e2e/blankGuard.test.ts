import assert from "node:assert/strict";
import { VolumeRetention } from "../../lib";
import { containerNames, copyVolume, docker, volumeNames, wipeVolume } from "../support/dockerWorld";
import { logsOf, modeOf, shell, until } from "../support/insideContainers";
import { typeAsInGuide } from "../support/operationsGuide";
import { sharedStack } from "../support/sharedStack";
import { StackUnderTest } from "../support/stackUnderTest";
import { allServe, everybody, nameOf, three } from "../support/threeServers";
import { ZkClient } from "../support/zkClient";

describe("an ensemble whose servers lose volumes", function () {
    this.timeout(300_000);
    const theStack = sharedStack();
    before(async () => {
        await theStack().up(three(theStack()));
        // Enough that a server is not filled in an instant.
        await ZkClient.use(theStack().host(1), (client) => fill(client, 32));
    });

    beforeEach(() => allServe(theStack()));

    for (const lost of [["data", "log"], ["log"], ["data"]]) {
        it(`fills a server that lost its container and its ${lost.join(" and ")} volume from its peers`, async () => {
            const stack = theStack();
            const written = await write(stack);
            await docker.getContainer(nameOf(stack, 2)).remove({ force: true });
            await lose(stack, 2, lost);
            await stack.up(three(stack), { refresh: true });
            await allServe(stack);
            await everybodyHas(stack, written);
        });
    }

    it("fills a server that was stopped and wiped", async () => {
        const stack = theStack();
        const written = await write(stack);
        await docker.getContainer(nameOf(stack, 3)).stop({ t: 5 });
        await lose(stack, 3, ["data", "log"]);
        await stack.up(three(stack), { refresh: true });
        await allServe(stack);
        await everybodyHas(stack, written);
    });

    it("fills a server that was wiped and started again by hand, at the next plain up", async () => {
        const stack = theStack();
        const written = await write(stack);
        await docker.getContainer(nameOf(stack, 3)).stop({ t: 5 });
        await lose(stack, 3, ["data", "log"]);
        await docker.getContainer(nameOf(stack, 3)).start();
        await stack.up(three(stack));
        await allServe(stack);
        await everybodyHas(stack, written);
    });

    it("fills a server anew that was killed while it was being filled", async () => {
        const stack = theStack();
        const written = await write(stack);
        // Filling takes moments: a kill that comes too late is no trial.
        for (let tries = 1; !(await isKilledWhileFilled(stack, 2)); tries++) {
            assert.ok(tries < 10, "never killed in time");
        }
        await allServe(stack);
        await everybodyHas(stack, written);
        const starts = (await logsOf(nameOf(stack, 2))).match(/member: starting server 2/g);
        assert.equal(starts?.length, 2);
    });

    it("does not end well when all servers are wiped and their containers stay", () =>
        StackUnderTest.use(async (stack) => {
            await stack.up(three(stack));
            await loseEverything(stack);
            assert.match(await stack.failingUp(three(stack)), /founded before, and now no server has any data/);
            assert.deepEqual(await resourcesOf(stack), { container: 3, volume: 6, network: 1 });
        }));

    it("starts anew with nothing when that loss is accepted, which accepts no other loss", function () {
        this.timeout(600_000);
        return StackUnderTest.use(async (stack) => {
            await stack.up(three(stack));
            for (const acceptDataLoss of ["the first", "the second"]) {
                await loseEverything(stack);
                const program = three(stack, { acceptDataLoss }, VolumeRetention.Retain);
                await stack.up(program);
                await allServe(stack);
                await everybodyHas(stack, await write(stack));

                await loseEverything(stack);
                assert.match(
                    await stack.failingUp(program),
                    /founded before, and now no server has any data.*\(not "the \w+", which accepted an earlier one\)/s,
                );
            }
        });
    });

    it("says at once that a majority has lost its data, and goes on with the others' data when that is given by hand", async () => {
        const stack = theStack();
        const written = await write(stack);
        await Promise.all([2, 3].map((id) => wiped(stack, id)));
        await until("nobody leads", async () => (await modeOf(stack.host(1))) === undefined);
        const lost = /server 2, 3 lost all data, which is a majority of the 3 voters: server 1 cannot know/;
        assert.match(await stack.failingUp(three(stack)), lost);
        await docker.getContainer(nameOf(stack, 3)).remove({ force: true });
        assert.match(await stack.failingUp(three(stack), { refresh: true }), lost);

        await typeAsInGuide("Most servers have lost their data", { "shop-dev-coordination-d2bf": stack.project });
        await stack.up(three(stack));
        await allServe(stack);
        await everybodyHas(stack, written);
        await everybodyHas(stack, await write(stack));
    });

    it("refuses to found anew when all volumes are wiped, deletes nothing, and serves when they are back", async () => {
        const stack = theStack();
        const written = await write(stack);
        const volumes = (await volumeNames(nameOf(stack, ""))).filter((name) => !name.endsWith("-kept"));
        await Promise.all(everybody.map((id) => docker.getContainer(nameOf(stack, id)).stop({ t: 5 })));
        await Promise.all(everybody.map((id) => docker.getContainer(nameOf(stack, id)).remove()));
        await Promise.all(volumes.map((name) => copyVolume(name, `${name}-kept`)));
        await Promise.all(volumes.map((name) => wipeVolume(name)));

        const text = await stack.failingUp(three(stack), { refresh: true });
        assert.match(text, /founded before, and now no server has any data/);
        assert.match(text, /give the volumes back/);
        assert.equal((await containerNames(nameOf(stack, ""))).length, 3);
        assert.equal(volumes.length, 6);
        assert.deepEqual(await resourcesOf(stack), { container: 3, volume: 6, network: 1 });

        await Promise.all(everybody.map((id) => docker.getContainer(nameOf(stack, id)).stop({ t: 5 })));
        await Promise.all(volumes.map((name) => copyVolume(`${name}-kept`, name)));
        assert.match(
            await stack.failingUp(three(stack), { refresh: true }),
            /set lifecycle.acceptRollback to a new text/,
        );
        await stack.up(three(stack, { acceptRollback: "the volumes are back" }));
        await allServe(stack);
        await everybodyHas(stack, written);
    });
});

describe("an ensemble that is destroyed and made again", function () {
    this.timeout(300_000);

    it("has its data, also when one of its volumes was lost in between", () =>
        StackUnderTest.use(async (stack) => {
            await stack.up(three(stack));
            const written = await write(stack);

            await stack.destroy();
            assert.deepEqual(await containerNames(nameOf(stack, "")), []);
            await stack.up(three(stack));
            await allServe(stack);
            await everybodyHas(stack, written);

            await stack.destroy();
            await docker.getVolume(`${nameOf(stack, 1)}-log`).remove();
            await stack.up(three(stack));
            await allServe(stack);
            await everybodyHas(stack, written);
        }));

    it("leaves nothing behind where volumes are to be deleted", () =>
        StackUnderTest.use(async (stack) => {
            await stack.up(three(stack, {}, VolumeRetention.Delete));
            await stack.destroy();
            assert.deepEqual(await containerNames(nameOf(stack, "")), []);
            assert.deepEqual(await volumeNames(nameOf(stack, "")), []);
            const networks = await docker.listNetworks({ filters: { name: [stack.project] } });
            assert.deepEqual(networks, []);
        }));
});

async function fill(client: ZkClient, mebibytes: number): Promise<void> {
    const half = "x".repeat(512 * 1024);
    for (let index = 0; index < 2 * mebibytes; index++) {
        await client.create(`/filling-${index}`, half);
    }
}

/** A write that is acknowledged. */
async function write(stack: StackUnderTest): Promise<{ path: string; value: string }> {
    const written = { path: `/written-${Date.now()}`, value: `value of ${stack.project}` };
    await ZkClient.use(stack.host(1), (client) => client.create(written.path, written.value));
    return written;
}

async function everybodyHas(stack: StackUnderTest, { path, value }: { path: string; value: string }): Promise<void> {
    for (const id of everybody) {
        assert.equal(await ZkClient.use(stack.host(id), (client) => client.read(path)), value);
    }
}

async function runsAnew(container: string, oldId: string): Promise<boolean> {
    const info = await docker
        .getContainer(container)
        .inspect()
        .catch(() => undefined);
    return info !== undefined && info.Id !== oldId && info.State.Running;
}

async function wiped(stack: StackUnderTest, id: number): Promise<void> {
    await docker.getContainer(nameOf(stack, id)).stop({ t: 5 });
    await lose(stack, id, ["data", "log"]);
    await docker.getContainer(nameOf(stack, id)).start();
}

/** All volumes are wiped while the containers stay; ends when every server waits for its directive. */
async function loseEverything(stack: StackUnderTest): Promise<void> {
    for (const id of everybody) {
        await wiped(stack, id);
    }
    await until("all are blank", async () => {
        const logs = await Promise.all(everybody.map((id) => logsOf(nameOf(stack, id))));
        return logs.every((log) => /blank \(no data\), waiting.*\n*$/.test(log.trimEnd()));
    });
}

async function lose(stack: StackUnderTest, id: number, volumes: string[]): Promise<void> {
    await Promise.all(volumes.map((volume) => wipeVolume(`${nameOf(stack, id)}-${volume}`)));
}

/** How many containers, volumes and networks the state knows. */
async function resourcesOf(stack: StackUnderTest): Promise<Record<string, number>> {
    const state = await stack.exportedState();
    const count = (type: string) => state.split(`"type":"docker:index/${type}:`).length - 1;
    return { container: count("container"), volume: count("volume"), network: count("network") };
}

/**
 * Lets a server join with empty volumes, and kills it at the first sight of a snapshot; true when none was complete.
 */
async function isKilledWhileFilled(stack: StackUnderTest, id: number): Promise<boolean> {
    const old = docker.getContainer(nameOf(stack, id));
    const { Id: oldId } = await old.inspect();
    await old.remove({ force: true });
    await lose(stack, id, ["data", "log"]);
    const up = stack.up(three(stack), { refresh: true });
    try {
        await until(`server ${id} has a new container`, () => runsAnew(nameOf(stack, id), oldId));
        return /snapshot\.[0-9a-f]+\.tmp/.test(await shell(nameOf(stack, id), killWhileFilling));
    } finally {
        await up;
    }
}

const killWhileFilling = `
    until compgen -G "/data/version-2/snapshot.*"; do :; done
    kill -9 "$(</run/ensemble/pid)"`;

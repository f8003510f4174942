import assert from "node:assert/strict";
import * as docker from "@pulumi/docker";
import { ZookeeperEnsemble, ZookeeperEnsembleArgs } from "../../lib";
import { removeAll, wipeVolume } from "../support/dockerWorld";
import { EngineProxy } from "../support/engineProxy";
import {
    foreignContainer,
    foreignNetwork,
    foreignVolume,
    removeContainer,
    whileImageIsCalled,
    whilePortIsHeld,
} from "../support/obstacles";
import { sharedStack } from "../support/sharedStack";
import { StackUnderTest } from "../support/stackUnderTest";
import { ZkClient } from "../support/zkClient";

describe("what goes wrong outside the program", function () {
    this.timeout(120_000);
    const theStack = sharedStack();
    afterEach(async () => {
        await theStack().destroy();
        // Also what a failed test put in the ensemble's way: the next one is to begin from nothing.
        await removeAll(theStack().project);
    });

    it("a host port of another container is named, and the next up serves", async () => {
        const stack = theStack();
        await foreignContainer(`${stack.project}-holder`, stack.firstPort);
        const text = await stack.failingUp(single(stack));
        assert.match(text, portTakenBy(stack, `container ${stack.project}-holder`));
        await removeContainer(`${stack.project}-holder`);
        await servesAfterUp(stack, single(stack));
    });

    it("a host port of another process is named, and the next up serves", async () => {
        const stack = theStack();
        const text = await whilePortIsHeld(stack.firstPort, () => stack.failingUp(single(stack)));
        assert.match(text, portTakenBy(stack, "another process on this host"));
        await servesAfterUp(stack, single(stack));
    });

    it("a container that was made and could never start is started by the next up", () =>
        EngineProxy.use(async ({ host }) => {
            // The engine is somewhere else as far as anybody knows: nobody can see who holds the port.
            const stack = theStack();
            const program = single(stack, {}, { host });
            const text = await whilePortIsHeld(stack.firstPort, () => stack.failingUp(program));
            assert.match(
                text,
                new RegExp(`Container \\(single-1-server\\).*${stack.firstPort}: bind: address already in use`, "s"),
            );
            await servesAfterUp(stack, program);
            await stack.destroy();
        }));

    it("an overlapping subnet is named with its network, and the next up serves", async () => {
        const stack = theStack();
        const removeNetwork = await foreignNetwork(`${stack.project}-office`, stack.subnet.replace(/0\/24$/, "128/25"));
        const text = await stack.failingUp(single(stack));
        assert.match(text, new RegExp(`subnet ${stack.subnet} overlaps with .* of the Docker network .*-office`));
        await removeNetwork();
        await servesAfterUp(stack, single(stack));
    });

    it("a missing image is named, and the next up serves", async () => {
        const stack = theStack();
        const image = `${stack.project}/zookeeper:3.9.5`;
        const program = single(stack, {}, { docker: { image } });
        assert.match(await stack.failingUp(program), new RegExp(`image ${image}`));
        await whileImageIsCalled(image, async () => {
            await servesAfterUp(stack, program);
            await stack.destroy();
        });
    });

    it("an engine that does not answer is named, and the next up serves", () =>
        EngineProxy.use(async (proxy) => {
            const stack = theStack();
            const program = single(stack, {}, { host: proxy.host });
            await proxy.cut();
            assert.match(await stack.failingUp(program), new RegExp(proxy.host));
            await proxy.mend();
            await servesAfterUp(stack, program);
            await stack.destroy();
        }));

    it("a server that dies at every start shows its last log lines, and the next up serves", async () => {
        const stack = theStack();
        const text = await stack.failingUp(single(stack, { jvm: { heapMiB: 128, flags: ["-XX:+NoSuchFlag"] } }));
        assert.match(text, /server 1 dies at every start/);
        assert.match(text, /Unrecognized VM option 'NoSuchFlag'/);
        await servesAfterUp(stack, single(stack));
    });

    it("a setting that ZooKeeper refuses is in the error, and the next up serves", async () => {
        const stack = theStack();
        const text = await stack.failingUp(
            single(stack, { config: { extra: { serverCnxnFactory: "org.example.NoFactory" } } }),
        );
        assert.match(text, /server 1 dies at every start/);
        assert.match(text, /org.example.NoFactory/);
        await servesAfterUp(stack, single(stack));
    });

    it("a volume of another ensemble's server is left alone and named, and the next up serves", async () => {
        const stack = theStack();
        const volume = `${ensembleId(stack)}-1-data`;
        await foreignVolume(volume, { ensemble: "their-ensemble", id: 2 });
        const text = await stack.failingUp(single(stack));
        assert.match(text, /server 1 refuses to start: \/data belongs to server 2 of ensemble their-ensemble/);
        await wipeVolume(volume);
        await servesAfterUp(stack, single(stack));
    });

    it("a container of somebody else in the way is named and left alone, and the next up serves", async () => {
        const stack = theStack();
        const name = `${ensembleId(stack)}-1`;
        await foreignContainer(name);
        const text = await stack.failingUp(single(stack));
        assert.match(text, new RegExp(`server 1 cannot be made: a container named ${name} is in the way`));
        await removeContainer(name);
        await servesAfterUp(stack, single(stack));
    });
});

function ensembleId(stack: StackUnderTest): string {
    return `${stack.project}-single`;
}

/** A program with one server, by way of an engine at `host` if that is given. */
function single(
    stack: StackUnderTest,
    args: ZookeeperEnsembleArgs = {},
    more: { host?: string; docker?: object } = {},
) {
    return async () => {
        const provider = more.host ? new docker.Provider("engine", { host: more.host }) : undefined;
        new ZookeeperEnsemble(
            "single",
            {
                size: 1,
                ensembleId: ensembleId(stack),
                jvm: { heapMiB: 128 },
                config: { tickTimeMs: 500 },
                lifecycle: { servingTimeoutSeconds: 60 },
                ...args,
                docker: {
                    firstHostPort: stack.firstPort,
                    network: { subnet: stack.subnet },
                    memoryMiB: 384,
                    destroyGraceSeconds: 5,
                    ...more.docker,
                },
            },
            { provider },
        );
    };
}

function portTakenBy(stack: StackUnderTest, holder: string): RegExp {
    return new RegExp(`server 1 cannot be made: its host port ${stack.firstPort} is taken by ${holder}`);
}

async function servesAfterUp(stack: StackUnderTest, program: () => Promise<void>): Promise<void> {
    await stack.up(program);
    const path = `/written-${Date.now()}`;
    await ZkClient.use(`localhost:${stack.firstPort}`, (client) => client.create(path, "value"));
}

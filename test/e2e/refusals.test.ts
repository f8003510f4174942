import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { Gates } from "../../lib";
import { shell, until, untilServing } from "../support/insideContainers";
import { removeContainer, whileDisconnected } from "../support/obstacles";
import { dockerHas, ensembleOf, PlainArgs, programKinds, ProgramUnderTest } from "../support/programKinds";
import { shared, sharedStack } from "../support/sharedStack";
import { ZkClient } from "../support/zkClient";

for (const kind of programKinds) {
    describe(`whatever is refused or fails deletes nothing, in ${kind.name}`, function () {
        this.timeout(180_000);
        const theProgram = shared<ProgramUnderTest>((action) => kind.use(action));

        before(() => theProgram().up());
        beforeEach(() => Promise.all([1, 2, 3].map((id) => untilServing(hostOf(theProgram(), id)))));

        it("arguments that cannot be", async () => {
            const program = theProgram();
            const text = await nothingIsTouchedBy(program, () => program.failingUp({ config: { tickTimeMs: -1 } }));
            assert.match(text, /config.tickTimeMs: -1/);
        });

        it("an engine that does not answer", async () => {
            const program = theProgram();
            await program.engine.cut();
            const text = await nothingIsTouchedBy(program, () =>
                program.failingUp({ config: { tickTimeMs: 600 } }),
            ).finally(() => program.engine.mend());
            assert.match(text, new RegExp(program.engine.host));
        });

        it("a server that dies of its new configuration: the others are untouched and serve, and good ones heal it", async () => {
            const program = theProgram();
            const before = await allOf(program);
            const bad = { config: { extra: { serverCnxnFactory: "org.example.NoFactory" } } };
            const text = await program.failingUp(bad);
            assert.match(text, /server \d dies at every start/);
            const after = await allOf(program);
            const replaced = before.filter((each) => !after.includes(each));
            assert.deepEqual(replaced.map(isContainer), [true], "one container was replaced, and nothing else touched");
            assert.equal(after.length, before.length);
            await aWriteIsAcknowledged(program);
            await program.up();
            await Promise.all([1, 2, 3].map((id) => untilServing(hostOf(program, id))));
        });

        it("a change that would cost the quorum, because a server that it does not touch is cut off", async () => {
            const program = theProgram();
            const changed = { servers: [{ id: 1 }, { id: 2 }, { id: 3, hostPort: program.firstPort + 9 }] };
            const text = await whileDisconnected(program.project, `${program.project}-1`, async () => {
                await until("server 1 has lost the others", async () => !(await isServing(`${program.project}-1`)));
                return nothingIsTouchedBy(program, () => program.failingUp(changed));
            });
            assert.match(
                text,
                /changing server 3 would cost the quorum: 2 of 3 voters serve, 2 are needed, and server 1/,
            );
            await untilServing(hostOf(program, 1));
            await program.up(changed);
            await untilServing(`localhost:${program.firstPort + 9}`);
        });
    });
}

describe("a sick ensemble", function () {
    this.timeout(180_000);
    const theStack = sharedStack();
    const program =
        (neighbour: string, args: PlainArgs = {}) =>
        async () => {
            ensembleOf(theStack(), args);
            new pulumi.Stash("neighbour", { input: neighbour });
        };
    const containerOf = (id: number) => `${theStack().project}-${id}`;
    before(() => theStack().up(program("before")));

    it("does not block other resources of the stack while it is not being changed", async () => {
        const { project } = theStack();
        const run = await whileDisconnected(project, containerOf(1), () =>
            whileDisconnected(project, containerOf(2), async () => {
                await until("the quorum is lost", async () => !(await isServing(containerOf(3))));
                return theStack().up(program("after"));
            }),
        );
        assert.deepEqual(run.steps, ["update neighbour"]);
        assert.match(run.text, /the quorum is lost already \(0 of 3 voters serve\)/);
        await Promise.all([0, 1, 2].map((index) => untilServing(`localhost:${theStack().firstPort + index}`)));
    });

    it("is let through for repair when the quorum is lost, with a note", async () => {
        await ZkClient.use(`localhost:${theStack().firstPort}`, (client) => client.create("/kept", "value"));
        await Promise.all([removeContainer(containerOf(1)), removeContainer(containerOf(2))]);
        await until("the quorum is lost", async () => !(await isServing(containerOf(3))));
        const run = await theStack().up(program("after"), { refresh: true });
        assert.match(run.text, /the quorum is lost already \(0 of 3 voters serve\): repairs go on/);
        const host = `localhost:${theStack().firstPort}`;
        assert.equal(await ZkClient.use(host, (client) => client.read("/kept")), "value");
    });

    for (const [path, docker, gates] of [
        ["docker.image", () => ({ image: unknown() }), Gates.On],
        ["docker.network.name", () => ({ network: { name: unknown(), subnet: theStack().subnet } }), Gates.On],
        // Nothing else waits for an input then.
        ["docker.network.name", () => ({ network: { name: late(unknown), subnet: theStack().subnet } }), Gates.Off],
    ] as const) {
        const how = gates === Gates.On ? "" : ", known late and without gates,";
        it(`a ${path} that cannot be known${how} deletes nothing, and the next up changes nothing`, async () => {
            const before = await dockerHas(theStack().project);
            const text = await theStack().failingUp(() =>
                program("after", { docker: docker(), lifecycle: { gates } })(),
            );
            assert.match(text, new RegExp(`${path}: its value cannot be known, so nothing is touched: nobody says`));
            assert.deepEqual(await dockerHas(theStack().project), before);
            const { steps } = await theStack().up(program("after"));
            assert.deepEqual(steps.filter(touchesDocker), []);
        });
    }
});

const unknown = () => Promise.reject<string>(new Error("nobody says"));

/** After everything that the program itself does. */
const late = (value: () => Promise<string>) => pause(1_000).then(value);

/** Steps of anything but values in the state. */
const touchesDocker = (step: string) => /-(server|data|log|network)$/.test(step);

const hostOf = ({ firstPort }: ProgramUnderTest, id: number) => `localhost:${firstPort + id - 1}`;

async function isServing(container: string): Promise<boolean> {
    return (await shell(container, "bash /ensemble/member.sh report")).includes("srvr: Mode");
}

/** What there is, in the state and in Docker. */
async function allOf(program: ProgramUnderTest): Promise<string[]> {
    return [...(await program.resources()), ...(await dockerHas(program.project))];
}

const isContainer = (name: string) => / [0-9a-f]{64}$/.test(name);

async function nothingIsTouchedBy<T>(program: ProgramUnderTest, action: () => Promise<T>): Promise<T> {
    const before = await allOf(program);
    const result = await action();
    assert.deepEqual(await allOf(program), before);
    await aWriteIsAcknowledged(program);
    return result;
}

/** By whichever server answers. */
async function aWriteIsAcknowledged(program: ProgramUnderTest): Promise<void> {
    const hosts = [1, 2, 3].map((id) => hostOf(program, id)).join(",");
    await ZkClient.use(hosts, (client) => client.create(`/written-${Date.now()}`, "value"));
}

import assert from "node:assert/strict";
import * as docker from "@pulumi/docker";
import { EngineEvent, PulumiFn } from "@pulumi/pulumi/automation";
import { ZookeeperEnsemble } from "../../lib";
import { ensureChecker } from "../load/check";
import { containerEvents, mostDown } from "../support/dockerEvents";
import { runSeed } from "../support/fuzz";
import { HeldEngine, Holds } from "../support/heldEngine";
import { shell } from "../support/insideContainers";
import { sharedStack } from "../support/sharedStack";
import { StackUnderTest, UpRun } from "../support/stackUnderTest";
import { allServe, everybody, nameOf } from "../support/threeServers";
import { changedUnderLoad } from "../support/underLoad";

const seed = runSeed();
const refusal = /another deployment changes this ensemble right now/;

/*
 * A service that deploys by the Automation API has both deployments in one process: neither host nor process tells them
 * apart.
 */
describe(`two deployments by inline programs of one process, under load (FUZZ_SEED=${seed})`, function () {
    this.timeout(900_000);
    const theStack = sharedStack();

    before(async () => {
        await ensureChecker();
        await HeldEngine.use(async (engine) => void (await theStack().up(program(theStack(), engine, 500))));
    });

    it("up, cancel, up of one stack: the second is refused while the first lives, and the first goes on", () =>
        HeldEngine.use((firstEngine) =>
            HeldEngine.use(async (secondEngine) => {
                const stack = theStack();
                const events = await whileClientsWrite(stack, async () => {
                    const held = firstEngine.holdAt(whenMaking);
                    const first = ending(stack.up(program(stack, firstEngine, 600)));
                    await reaches(held, first);
                    await stack.stack.cancel();

                    const text = await stack.failingUp(program(stack, secondEngine, 700));
                    assert.match(text, /waits for another deployment of this ensemble/);
                    assert.match(text, refusal);

                    firstEngine.goOn();
                    const { error } = await first;
                    assert.equal(error, undefined);
                });
                assert.equal(mostDown(events), 1, events.join("\n"));
                await servesWith(stack, 600);
                const again = await stack.up(program(stack, firstEngine, 600));
                assert.deepEqual(serverSteps(again), []);
            }),
        ));

    it("two stacks on copies of one state, at the same time: never two servers down, and one waits for the other", () =>
        HeldEngine.use((engine) =>
            theStack().withCopy(async (copy) => {
                const stack = theStack();
                const waits: string[] = [];
                const onEvent = ({ diagnosticEvent }: EngineEvent) =>
                    void (
                        diagnosticEvent?.message.includes("waits for another deployment") &&
                        waits.push(diagnosticEvent.message)
                    );
                const events = await whileClientsWrite(stack, async () => {
                    const ends = await Promise.all([
                        ending(stack.up(program(stack, engine, 700), { onEvent })),
                        ending(copy.up(program(copy, engine, 800), { onEvent })),
                    ]);
                    const failed = ends.filter(({ error }) => error !== undefined);
                    assert.ok(failed.length < 2, failed.map(({ error }) => error!.message).join("\n"));
                    for (const { error } of failed) {
                        assert.match(
                            error!.message,
                            /another deployment (changes|has taken|has changed) this ensemble/,
                        );
                    }
                });
                assert.notEqual(waits.length, 0, "they never met");
                assert.equal(mostDown(events), 1, events.join("\n"));
                await stack.up(program(stack, engine, 900), { refresh: true });
                await servesWith(stack, 900);
            }),
        ));
});

function program(stack: StackUnderTest, engine: HeldEngine, tickTimeMs: number): PulumiFn {
    return async () => {
        const provider = new docker.Provider("engine", { host: engine.host });
        new ZookeeperEnsemble(
            "coordination",
            {
                ensembleId: stack.project,
                jvm: { heapMiB: 128 },
                config: { tickTimeMs },
                lifecycle: { servingTimeoutSeconds: 300 },
                docker: {
                    firstHostPort: stack.firstPort,
                    network: { subnet: stack.subnet },
                    memoryMiB: 384,
                    destroyGraceSeconds: 5,
                },
            },
            { provider },
        );
    };
}

/** The first server of the roll has no machine then. */
const whenMaking: Holds = ({ line }) => (/^POST \/containers\/create\?name=zet/.test(line) ? "before" : undefined);

interface Ending {
    readonly run?: UpRun;
    readonly error?: Error;
}

/** Never rejects: it is looked at after something else. */
function ending(up: Promise<UpRun>): Promise<Ending> {
    return up.then(
        (run) => ({ run }),
        (error: Error) => ({ error }),
    );
}

async function reaches(moment: Promise<unknown>, up: Promise<Ending>): Promise<void> {
    const ended = up.then(({ error }) => {
        throw error ?? new Error("the up ended before its moment came");
    });
    await Promise.race([moment, ended]);
}

function whileClientsWrite(stack: StackUnderTest, action: () => Promise<void>): Promise<string[]> {
    const hosts = everybody.map((id) => stack.host(id)).join(",");
    return changedUnderLoad(hosts, seed, () => containerEvents(`${stack.project}-`, action));
}

function serverSteps({ steps }: UpRun): string[] {
    return steps.filter((step) => /-server$/.test(step));
}

async function servesWith(stack: StackUnderTest, tickTimeMs: number): Promise<void> {
    await allServe(stack);
    const texts = await Promise.all(everybody.map((id) => shell(nameOf(stack, id), "cat /ensemble/zoo.cfg")));
    assert.deepEqual(
        texts.map((text) => Number(/^tickTime=(\d+)/m.exec(text)?.[1])),
        everybody.map(() => tickTimeMs),
    );
}

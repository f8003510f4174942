import assert from "node:assert/strict";
import { ensureChecker } from "../load/check";
import { CliProgram } from "../support/cliProgram";
import { containerEvents, mostDown } from "../support/dockerEvents";
import { runSeed } from "../support/fuzz";
import { EngineCall, HeldEngine, Holds } from "../support/heldEngine";
import { modeOf, shell, until } from "../support/insideContainers";
import { RunningUp } from "../support/runningUp";
import { shared } from "../support/sharedStack";
import { changedUnderLoad } from "../support/underLoad";

const seed = runSeed();

/** Two deployments and their load share the processors with the servers. */
const patient = { lifecycle: { servingTimeoutSeconds: 300 } };

/*
 * Each deployment has its own way to the Docker engine, which holds it in the middle of its roll for as long as the
 * test wants: nothing here depends on who is quicker.
 */
describe(`two deployments of one ensemble at the same time, under load (FUZZ_SEED=${seed})`, function () {
    this.timeout(600_000);
    const theProgram = shared<CliProgram>((action) => CliProgram.use(action));

    before(async () => {
        await ensureChecker();
        await theProgram().write(patient);
        await theProgram().up();
    });

    it("while the first lives the second is refused, also when the first's lock was cancelled, and the first goes on", () =>
        HeldEngine.use(async (engine) => {
            const program = theProgram();
            const events = await whileClientsWrite(program, async () => {
                const first = await heldIn(program, engine, 600, isCreation);
                await program.cancel();

                const second = await begun(program, 700);
                assert.notEqual(await second.exit, 0, second.text);
                assert.match(second.text, /waits for another deployment of this ensemble/);
                assert.match(second.text, /another deployment changes this ensemble right now/);

                engine.goOn();
                assert.equal(await first.exit, 0, first.text);
            });
            assert.deepEqual(mostDown(events), 1, events.join("\n"));
            await program.write({ ...patient, config: { tickTimeMs: 600 } });
            await servesWith(program, 600);
        }));

    it("the second takes over from a first that sleeps, and the first stops when it wakes between two of its servers", () =>
        HeldEngine.use((firstEngine) =>
            HeldEngine.use(async (secondEngine) => {
                const program = theProgram();
                const events = await whileClientsWrite(program, async () => {
                    const first = await heldIn(
                        program,
                        firstEngine,
                        700,
                        onceOneIsMade((call) => isCommand(call, "report")),
                    );
                    const wake = first.freeze();
                    await program.cancel();

                    const second = await heldIn(program, secondEngine, 800, onceOneIsMade(isRemoval));
                    assert.equal((await tickTimes(program)).filter((tickTimeMs) => tickTimeMs === 800).length, 1);
                    assert.deepEqual(await modes(program), ["follower", "follower", "leader"]);

                    const removed = await removedAfterWaking(first, firstEngine, wake);
                    assert.notEqual(await first.exit, 0, first.text);
                    assert.match(first.text, /another deployment has taken this ensemble over/);
                    assert.deepEqual(removed, [], first.text);

                    secondEngine.goOn();
                    assert.equal(await second.exit, 0, second.text);
                });
                assert.deepEqual(mostDown(events), 1, events.join("\n"));
                await servesWith(program, 800);
            }),
        ));
});

/**
 * The sleeper sees that all serve, which is what its gate waits for, and nobody answers it about its lease until it has
 * asked for that twice: on its own every few seconds, and at the gate's end. One that goes on without asking comes to
 * the removal of its next server; what is answered fills with such calls.
 */
async function removedAfterWaking(first: RunningUp, engine: HeldEngine, wake: () => void): Promise<string[]> {
    const removed: string[] = [];
    let asked = 0;
    let isOver = false;
    void first.exit.then(() => (isOver = true));
    const watch = (call: EngineCall) => void (isRemoval(call) && removed.push(call.line));
    engine.goOn((call) => {
        watch(call);
        const isAsking = isCommand(call, "lease");
        asked += isAsking ? 1 : 0;
        return isAsking ? "before" : undefined;
    });
    wake();
    const comes = async () => isOver || removed.length > 0 || asked >= 2 * 3;
    await until("the first has asked all servers twice", comes, 180_000);
    engine.goOn((call) => {
        watch(call);
        return undefined;
    });
    return removed;
}

/** An `up` that changes the tick time, once it has come to a call that its engine holds. */
async function heldIn(
    program: CliProgram,
    engine: HeldEngine,
    tickTimeMs: number,
    isMoment: (call: EngineCall) => boolean,
): Promise<RunningUp> {
    const holds: Holds = (call) => (isMoment(call) ? "before" : undefined);
    const held = engine.holdAt(holds);
    const up = await begun(program, tickTimeMs, engine);
    await up.reaches(held);
    return up;
}

async function begun(program: CliProgram, tickTimeMs: number, engine?: HeldEngine): Promise<RunningUp> {
    await program.write({ ...patient, config: { tickTimeMs } });
    program.dockerHost = engine?.host;
    const up = program.startUp();
    program.dockerHost = undefined;
    return up;
}

/** The first server of the roll has its new machine then. */
function onceOneIsMade(isMoment: (call: EngineCall) => boolean): (call: EngineCall) => boolean {
    let isMade = false;
    return (call) => {
        isMade ||= isStart(call);
        return isMade && isMoment(call);
    };
}

const isCreation = ({ line }: EngineCall) => /^POST \/containers\/create\?name=zec/.test(line);
const isStart = ({ line }: EngineCall) => /^POST \/containers\/[0-9a-f]+\/start/.test(line);
const isRemoval = ({ line }: EngineCall) => /^(POST \/containers\/[0-9a-f]+\/stop|DELETE \/containers)/.test(line);
const isCommand = ({ line, body }: EngineCall, verb: string) =>
    /^POST \/containers\/[0-9a-f]+\/exec/.test(line) && body.includes(`"${verb}"`);

function whileClientsWrite(program: CliProgram, action: () => Promise<void>): Promise<string[]> {
    const watched = () => containerEvents(`${program.project}-`, action);
    return changedUnderLoad(program.hosts().join(","), seed, watched);
}

/** Of containers that run; one that is being replaced has none. */
function tickTimes(program: CliProgram): Promise<number[]> {
    const read = async (id: number) => {
        const text = await shell(program.containerName(id), "cat /ensemble/zoo.cfg").catch(() => "");
        return Number(/^tickTime=(\d+)/m.exec(text)?.[1]);
    };
    return Promise.all([1, 2, 3].map(read));
}

async function modes(program: CliProgram): Promise<(string | undefined)[]> {
    return (await Promise.all(program.hosts().map(modeOf))).sort();
}

/** And the arguments that stand now change nothing. */
async function servesWith(program: CliProgram, tickTimeMs: number): Promise<void> {
    assert.deepEqual(await tickTimes(program), [tickTimeMs, tickTimeMs, tickTimeMs]);
    assert.deepEqual(await modes(program), ["follower", "follower", "leader"]);
    assert.deepEqual(await program.up(), []);
}

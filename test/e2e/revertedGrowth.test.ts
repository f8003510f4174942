import assert from "node:assert/strict";
import { ensureChecker } from "../load/check";
import { CliProgram } from "../support/cliProgram";
import { containerId, containerNames, docker } from "../support/dockerWorld";
import { runSeed } from "../support/fuzz";
import { EngineCall, HeldEngine, Holds } from "../support/heldEngine";
import { fourLetterWord, modeOf } from "../support/insideContainers";
import { killedOnceVoting } from "../support/killedDeployer";
import { changedUnderLoad } from "../support/underLoad";

const seed = runSeed();

/*
 * The state knows of no growth then, and the program is what it was before: nothing but the live configuration tells
 * that the new servers vote. They must not be deleted before they are removed from it.
 */
describe(`a growth whose deployer is killed right after the reconfiguration, and whose program is taken back (FUZZ_SEED=${seed})`, function () {
    this.timeout(600_000);

    before(() => ensureChecker());

    it("1 to 3 and back to 1: who votes is removed before its machine is deleted", () => isTakenBack(1, 3));

    it("3 to 5 and back to 3: who votes is removed before its machine is deleted", () => isTakenBack(3, 5));
});

function isTakenBack(small: number, large: number): Promise<void> {
    return HeldEngine.use((engine) =>
        CliProgram.use(async (program) => {
            const staying = idsTo(small);
            await program.write({ size: small });
            await program.up();
            const containers = await containersOf(program, staying);

            const taken: Taken[] = [];
            await changedUnderLoad(program.hosts(staying).join(","), seed, async () => {
                await program.write({ size: large });
                await killedOnceVoting(program, engine, small + 1);
                assert.deepEqual(await containerNames(`${program.project}-`), names(program, idsTo(large)));

                await program.write({ size: small });
                taken.push(...(await takenDown(program, engine, idsTo(large), () => program.up())));
            });

            assert.deepEqual(
                taken.filter(({ isNamed }) => isNamed),
                [],
                "who is named in a live configuration is never taken down",
            );
            const leavers = idsTo(large).slice(small);
            assert.deepEqual([...new Set(taken.map(({ id }) => id))].sort(), leavers);
            assert.deepEqual(await containerNames(`${program.project}-`), names(program, staying));
            assert.deepEqual(await containersOf(program, staying), containers, "nobody who stays is touched");
            await isEnsembleOf(program, staying);
            assert.deepEqual(await program.up(), []);
            const { code, output } = await program.preview("--expect-no-changes");
            assert.equal(code, 0, output);
        }),
    );
}

interface Taken {
    readonly id: number;
    readonly call: string;
    /** Whether any server's live configuration named it at that moment. */
    readonly isNamed: boolean;
}

/** Of each call of the deployment that stops or deletes a server: who it is, asked while the call is held. */
async function takenDown(
    program: CliProgram,
    engine: HeldEngine,
    ids: readonly number[],
    deploy: () => Promise<unknown>,
): Promise<Taken[]> {
    const byContainer = new Map(
        await Promise.all(ids.map(async (id) => [await containerId(program.containerName(id)), id] as const)),
    );
    const taken: Taken[] = [];
    const came: EngineCall[] = [];
    const holds: Holds = (call) => {
        const isHeld = /^(POST \/containers\/[^/]+\/(stop|kill)|DELETE \/containers\/)/.test(call.line);
        return isHeld && came.push(call) ? "before" : undefined;
    };
    const judge = async () => {
        for (let call = came.shift(); call; call = came.shift()) {
            const name = /\/containers\/([^/?]+)/.exec(call.line)![1]!;
            const id = byContainer.get(name) ?? byContainer.get((await docker.getContainer(name).inspect()).Id)!;
            taken.push({ id, call: call.line, isNamed: (await namedBy(program, ids)).includes(id) });
        }
    };
    let isOver = false;
    const watch = async () => {
        while (!isOver) {
            await engine.holdAt(holds);
            // Others may be held meanwhile: all that go on have been judged.
            do {
                await judge();
            } while (came.length > 0);
            engine.goOn(holds);
        }
    };
    program.dockerHost = engine.host;
    const watching = watch();
    const failed = watching.then(() => new Promise<never>(() => {}));
    try {
        await Promise.race([deploy(), failed]);
    } finally {
        isOver = true;
        engine.goOn();
        program.dockerHost = undefined;
    }
    return taken;
}

/** Ids in the configurations that the servers run with now; one that serves nobody runs with none. */
async function namedBy(program: CliProgram, ids: readonly number[]): Promise<number[]> {
    const answers = await Promise.all(program.hosts(ids).map((host) => fourLetterWord(host, "conf")));
    return answers.flatMap((text) => [...text.matchAll(/^server\.(\d+)=/gm)].map(([, id]) => Number(id)));
}

async function isEnsembleOf(program: CliProgram, ids: readonly number[]): Promise<void> {
    const modes = await Promise.all(program.hosts(ids).map(modeOf));
    assert.deepEqual(modes.sort(), [...ids.slice(1).map(() => "follower"), "leader"]);
    assert.deepEqual([...new Set(await namedBy(program, ids))].sort(), ids);
}

const idsTo = (size: number) => Array.from({ length: size }, (_, index) => index + 1);
const names = (program: CliProgram, ids: readonly number[]) => ids.map((id) => program.containerName(id));
const containersOf = (program: CliProgram, ids: readonly number[]) => Promise.all(names(program, ids).map(containerId));

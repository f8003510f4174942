import { setTimeout as pause } from "node:timers/promises";
import { checkHistory } from "../load/check";
import { Load } from "../load/load";
import { pick, Random, randomFrom } from "../load/random";
import { UpEnd } from "./deployer";
import { Fault, faults, Target } from "./faults";
import { ChangeResult, FaultResult } from "./results";
import { Servers } from "./servers";
import { Change, changes, firstShape, idsOf, Shape, threeVoters } from "./shapes";
import { ChaosStack } from "./stack";

/** What is chosen by the command line; anything else depends on the seed alone. */
export interface RunOptions {
    readonly seed: number;
    readonly changes: number;
    readonly faultsPerChange: number;
    readonly fault?: string;
    readonly change?: string;
    /** The changes and their faults by name, instead of what the seed would choose. */
    readonly script?: readonly ScriptedChange[];
    readonly report: (result: ChangeResult) => void;
    /** Told each fault when it has ended. */
    readonly progress?: (text: string) => void;
    /** Asked before each change: whether the run goes on. */
    readonly goesOn: () => boolean;
}

export interface ScriptedChange {
    readonly change: string;
    readonly faults: readonly string[];
}

// As many as a change has faults, and some: a refusal that names a way out costs two more.
const upsAtMost = 16;
const writesAround = 50;
const settledLimitMs = 25_000;
const progressLimitMs = 240_000;
const noChangeEvery = 6;
const clients = 3;
const pauseMs = 15;

/** One moment of a change: so many operations of the engine after the moment before, and so many milliseconds. */
interface Planned {
    readonly fault: Fault;
    readonly operations: number;
    readonly delayMs: number;
}

/** Founds an ensemble and takes it through a sequence of changes, with faults in the middle of each, under load. */
export async function runStack(options: RunOptions): Promise<void> {
    const random = randomFrom(options.seed);
    await ChaosStack.use(async (stack) => {
        let shape = options.script ? threeVoters : firstShape(random);
        await mustUp(stack, shape);
        for (let index = 0; index < options.changes && options.goesOn(); index++) {
            const changed = await changeOnce(stack, shape, {
                ...options,
                ...(options.script && { change: options.script[index]!.change }),
                seed: options.seed * 1_000 + index,
                index,
            });
            options.report(changed.result);
            if (changed.result.broken) {
                return;
            }
            shape = changed.shape;
        }
    });
}

async function changeOnce(
    stack: ChaosStack,
    from: Shape,
    options: RunOptions & { index: number },
): Promise<{ result: ChangeResult; shape: Shape }> {
    const random = randomFrom(options.seed);
    const servers = new Servers(stack.project, stack.firstPort, randomFrom(options.seed + 1));
    const { change, to } = await nextChange(from, random, servers, options.change);
    const plan = planOf(change, from, random, options);
    const staying = idsOf(from).filter((id) => idsOf(to).includes(id));
    const begun = Date.now();
    const trial = new Trial(stack, to, servers, random, options.progress);
    const told = {
        seed: options.seed,
        change: change.name,
        from: `${from.voters.join(",")}|${from.observers.join(",")}`,
        to: `${to.voters.join(",")}|${to.observers.join(",")}`,
    };
    const load = await Load.start({ connectionString: stack.hosts(staying), seed: options.seed, clients, pauseMs });
    try {
        await load.waitForProgress(writesAround, progressLimitMs);
        await trial.run(plan);
        if (options.index % noChangeEvery === noChangeEvery - 1) {
            await trial.showsNoChange();
        }
        await load.waitForProgress(writesAround, progressLimitMs);
        const { history, acknowledged, unknown, longestGapMs } = await load.stop();
        const { legal, lost, problems } = await checkHistory(history);
        const broken = legal && lost.length === 0 ? "" : `lost ${lost.length}, legal ${legal}`;
        const seen = { acknowledged, unknown, longestGapMs: Math.round(longestGapMs), lost: lost.length, legal };
        return { result: { ...told, ...trial.told(), ...seen, problems, broken, ...since(begun) }, shape: to };
    } catch (error) {
        await load.abandon();
        const nothing = { acknowledged: 0, unknown: 0, longestGapMs: 0, lost: 0, legal: true, problems: [] };
        const broken = (error as Error).message.slice(-6_000);
        return { result: { ...told, ...trial.told(), ...nothing, broken, ...since(begun) }, shape: to };
    }
}

/** One change with its faults, until an `up` has succeeded and everybody serves. */
class Trial {
    private ups = 0;
    private readonly failures: string[] = [];
    private readonly hits: FaultResult[] = [];
    private readonly over = new AbortController();
    private operations = 0;
    private isReconfiguring = false;

    constructor(
        private readonly stack: ChaosStack,
        private readonly to: Shape,
        private readonly servers: Servers,
        private readonly random: Random,
        private readonly progress: (text: string) => void = () => {},
    ) {}

    async run(plan: readonly Planned[]): Promise<void> {
        const striking = this.strike(plan);
        striking.catch(() => {}); // told below
        try {
            await this.upUntilDone();
        } finally {
            this.over.abort();
        }
        await striking;
        // Who was hit after the last gate is mended by Docker or by the next `up`.
        while (!(await this.stack.serves(this.to, settledLimitMs))) {
            await this.upUntilDone();
        }
        this.stack.deployer.endLeftOver();
    }

    async showsNoChange(): Promise<void> {
        const { ok, text, steps } = await this.stack.deployer.up(this.stack.args(this.to));
        if (!ok || steps.length > 0) {
            throw new Error(`the up after the successful one changes something: ${steps.join(", ")}\n${text}`);
        }
    }

    told() {
        return { faults: this.hits, ups: this.ups, failures: this.failures.map((text) => text.slice(-2_500)) };
    }

    private async upUntilDone(): Promise<void> {
        for (;;) {
            if (this.ups >= upsAtMost) {
                throw new Error(`no up of ${upsAtMost} ended well:\n${this.failures.join("\n----\n")}`);
            }
            const failure = await this.upOf(this.to);
            if (failure === undefined) {
                return;
            }
            const version = versionToKeep(failure);
            if (version !== undefined) {
                await this.upOf({ ...this.to, version });
            }
        }
    }

    /** What it failed with, if it did. */
    private async upOf(shape: Shape): Promise<string | undefined> {
        this.ups += 1;
        const end = await this.stack.deployer.up(this.stack.args(shape), (step) => this.note(step));
        this.isReconfiguring = false;
        if (end.ok) {
            return undefined;
        }
        const failure = failureOf(end);
        this.failures.push(failure);
        await this.stack.deployer.cancel();
        return failure;
    }

    private note(step: string): void {
        this.operations += 1;
        this.isReconfiguring ||= /-membership$/.test(step);
    }

    private async strike(plan: readonly Planned[]): Promise<void> {
        for (const { fault, operations, delayMs } of plan) {
            const until = this.operations + operations;
            while (this.operations < until && !this.over.signal.aborted) {
                await pause(50);
            }
            await pause(delayMs, undefined, { signal: this.over.signal }).catch(() => {});
            if (this.over.signal.aborted) {
                return;
            }
            const atOperation = this.operations;
            const hit = await fault.inject(this.target());
            this.progress(`${fault.name}${hit ? "" : " hit nobody"}`);
            this.hits.push({ fault: fault.name, hit, atOperation, delayMs });
        }
    }

    private target(): Target {
        const { deployer, disks } = this.stack;
        const { servers, random } = this;
        return {
            servers,
            deployer,
            disks,
            random,
            isReconfiguring: () => this.isReconfiguring,
            over: this.over.signal,
        };
    }
}

async function nextChange(from: Shape, random: Random, servers: Servers, only: string | undefined) {
    const leader = (await servers.leader())?.id;
    const possible = changes.flatMap((change): { change: Change; to: Shape }[] => {
        const to = change.apply(from, random, leader);
        return to ? [{ change, to }] : [];
    });
    // Where the chosen change does not fit, others lead to where it does.
    return possible.find(({ change }) => change.name === only) ?? pick(random, possible);
}

function planOf(
    change: Change,
    from: Shape,
    random: Random,
    { fault: only, faultsPerChange, script, index: at }: RunOptions & { index: number },
): Planned[] {
    const scripted = script?.[at]!.faults.map((name) => faults.find((fault) => fault.name === name)!);
    const fitting = faults.filter((fault) => fault.fits(change, from.voters.length));
    const chosen = fitting.filter(({ name }) => name === only);
    return Array.from({ length: scripted?.length ?? faultsPerChange }, (_, index) => ({
        fault: scripted?.[index] ?? pick(random, chosen.length > 0 ? chosen : fitting),
        operations: index === 0 || random() < 0.2 ? 1 : 0,
        delayMs: Math.floor(random() * 4_000),
    }));
}

async function mustUp(stack: ChaosStack, shape: Shape): Promise<void> {
    const { ok, text } = await stack.deployer.up(stack.args(shape));
    if (!ok) {
        throw new Error(`the founding failed:\n${text}`);
    }
}

/** The errors of an `up`, without its progress; the little there is of one that was killed. */
function failureOf({ text }: UpEnd): string {
    const [, diagnostics] = /\nDiagnostics:\n(.*)/s.exec(text) ?? [];
    return diagnostics ?? `ended without diagnostics: ${text.trim().slice(-300)}`;
}

/** The way out of a refusal to go back to an older version while a server has to be filled. */
function versionToKeep(failure: string): string | undefined {
    return /keep (\d+\.\d+\.\d+) until all servers serve/.exec(failure)?.[1];
}

function since(begun: number): { seconds: number } {
    return { seconds: Math.round((Date.now() - begun) / 1_000) };
}

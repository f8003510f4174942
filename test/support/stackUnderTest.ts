import { randomBytes } from "node:crypto";
import { EngineEvent, LocalWorkspace, OpType, PulumiFn, Stack, UpOptions } from "@pulumi/pulumi/automation";
import { freePorts, freeSubnet, removeAll } from "./dockerWorld";
import { withFolder } from "./folder";

/** A stack of its own for one test: own project name, state, ports and subnet; everything is removed afterwards. */
export class StackUnderTest {
    private constructor(
        readonly project: string,
        readonly stack: Stack,
        readonly firstPort: number,
        readonly subnet: string,
    ) {}

    /**
     * Makes the stack, runs the body, and removes every container, network and volume of the project, also after a
     * failure. The program is given at each `up`, so that a test can change it.
     */
    static async use(body: (stack: StackUnderTest) => Promise<void>): Promise<void> {
        const project = `zet-${randomBytes(3).toString("hex")}`;
        await withFolder(`${project}-`, async (folder) => {
            const stack = await LocalWorkspace.createOrSelectStack(
                { projectName: project, stackName: "t", program: async () => {} },
                { workDir: folder, envVars: environment(folder) },
            );
            const under = new StackUnderTest(project, stack, await freePorts(20), await freeSubnet());
            try {
                await body(under);
            } finally {
                await removeAll(project);
            }
        });
    }

    /** The same ensemble with a copy of its state, as in another checkout: neither state's lock knows of the other. */
    async withCopy(body: (copy: StackUnderTest) => Promise<void>): Promise<void> {
        const state = await this.stack.exportStack();
        await withFolder(`${this.project}-`, async (folder) => {
            const stack = await LocalWorkspace.createOrSelectStack(
                { projectName: this.project, stackName: "t", program: async () => {} },
                { workDir: folder, envVars: environment(folder) },
            );
            await stack.importStack(state);
            await body(new StackUnderTest(this.project, stack, this.firstPort, this.subnet));
        });
    }

    /** Prefix of everything that this stack makes for the ensemble of the given name. */
    prefix(ensemble: string): string {
        return `${this.project}-t-${ensemble}-`;
    }

    /** Where the server of this id is reached, in an ensemble whose host ports begin with the stack's first. */
    host(id: number): string {
        return `localhost:${this.firstPort + id - 1}`;
    }

    async up(program: PulumiFn, options: UpOptions = {}): Promise<UpRun> {
        const steps: string[] = [];
        const text: string[] = [];
        const result = await this.stack.up({
            program,
            ...options,
            onOutput: keep(text),
            onEvent: (event) => {
                recordStep(event, steps);
                options.onEvent?.(event);
            },
        });
        return { outputs: result.outputs, changes: result.summary.resourceChanges ?? {}, steps, text: text.join("") };
    }

    /** The error text of an `up` that is expected to fail. */
    async failingUp(program: PulumiFn, options: UpOptions = {}): Promise<string> {
        const text: string[] = [];
        try {
            await this.stack.up({ program, ...options, onOutput: keep(text) });
        } catch (error) {
            return `${text.join("")}\n${(error as Error).message}`;
        }
        throw new Error(`the up was expected to fail:\n${text.join("")}`);
    }

    async preview(program: PulumiFn): Promise<UpRun> {
        const steps: string[] = [];
        const text: string[] = [];
        const result = await this.stack.preview({
            program,
            onOutput: keep(text),
            onEvent: (event) => recordStep(event, steps),
        });
        return { outputs: {}, changes: result.changeSummary, steps, text: text.join("") };
    }

    async destroy(): Promise<void> {
        await this.stack.destroy();
    }

    /** The state as text: what must not be in it can be looked for. */
    async exportedState(): Promise<string> {
        return JSON.stringify(await this.stack.exportStack());
    }
}

export interface UpRun {
    readonly outputs: Record<string, { value: unknown; secret: boolean }>;
    readonly changes: Partial<Record<OpType, number>>;
    /** `operation name` of every resource that was touched, in the order in which the engine began. */
    readonly steps: readonly string[];
    readonly text: string;
}

/** Keeps the engine's output for a failure's message; `SHOW_UP=1` also shows it live. */
function keep(text: string[]): (chunk: string) => void {
    return (chunk) => {
        text.push(chunk);
        if (process.env.SHOW_UP) {
            process.stderr.write(chunk);
        }
    };
}

function recordStep(event: EngineEvent, steps: string[]): void {
    const metadata = event.resourcePreEvent?.metadata;
    if (metadata && metadata.op !== "same") {
        steps.push(`${metadata.op} ${metadata.urn.split("::").pop()}`);
    }
}

function environment(folder: string): Record<string, string> {
    return {
        PULUMI_BACKEND_URL: `file://${folder}`,
        PULUMI_CONFIG_PASSPHRASE: "",
        PULUMI_SKIP_UPDATE_CHECK: "true",
    };
}

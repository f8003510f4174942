import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { ZookeeperEnsemble } from "../../lib";
import { CliProgram } from "./cliProgram";
import { docker as engine } from "./dockerWorld";
import { EngineProxy } from "./engineProxy";
import { StackUnderTest } from "./stackUnderTest";

/** Arguments as plain data: what they may hold is for the library to say. */
export interface PlainArgs {
    config?: object;
    docker?: object;
    lifecycle?: object;
    servers?: object[];
}

/** One ensemble of three, in a program of one kind or the other, whose way to the Docker engine can be cut. */
export interface ProgramUnderTest {
    readonly engine: EngineProxy;
    /** Also the ensemble's id: the beginning of all names. */
    readonly project: string;
    readonly firstPort: number;
    up(args?: PlainArgs): Promise<void>;
    /** The text of an `up` that is expected to fail. */
    failingUp(args: PlainArgs): Promise<string>;
    /** Names of the resources in the state. */
    resources(): Promise<string[]>;
}

export interface ProgramKind {
    readonly name: string;
    use(action: (program: ProgramUnderTest) => Promise<void>): Promise<void>;
}

export const programKinds: readonly ProgramKind[] = [
    {
        name: "an inline program",
        use: (action) => EngineProxy.use((proxy) => StackUnderTest.use((stack) => action(inline(stack, proxy)))),
    },
    {
        name: "a program run by the CLI",
        use: (action) => EngineProxy.use((proxy) => CliProgram.use((program) => action(byCli(program, proxy)))),
    },
];

/** It reaches the engine by an explicit provider. */
function inline(stack: StackUnderTest, proxy: EngineProxy): ProgramUnderTest {
    const program = (args: PlainArgs) => async () => {
        const provider = new docker.Provider("engine", { host: proxy.host });
        ensembleOf(stack, args, { provider });
    };
    return {
        engine: proxy,
        project: stack.project,
        firstPort: stack.firstPort,
        up: async (args = {}) => void (await stack.up(program(args))),
        failingUp: (args) => stack.failingUp(program(args)),
        resources: async () => resourceNames(await stack.exportedState()),
    };
}

/** It reaches the engine by the environment. */
function byCli(program: CliProgram, proxy: EngineProxy): ProgramUnderTest {
    program.dockerHost = proxy.host;
    return {
        engine: proxy,
        project: program.project,
        firstPort: program.firstPort,
        up: async (args = {}) => {
            await program.write(args);
            await program.up();
        },
        failingUp: async (args) => {
            await program.write(args);
            const up = program.startUp();
            if ((await up.exit) === 0) {
                throw new Error(`the up was expected to fail:\n${up.text}`);
            }
            return up.text;
        },
        resources: async () => [...(await program.state()).keys()].sort(),
    };
}

/** An ensemble of three small servers whose id is the stack's project. */
export function ensembleOf(
    stack: StackUnderTest,
    args: PlainArgs = {},
    opts: pulumi.ComponentResourceOptions = {},
): ZookeeperEnsemble {
    return new ZookeeperEnsemble(
        "coordination",
        {
            ensembleId: stack.project,
            jvm: { heapMiB: 128 },
            lifecycle: { servingTimeoutSeconds: 90 },
            ...(args as object),
            config: { tickTimeMs: 500, ...args.config },
            docker: {
                firstHostPort: stack.firstPort,
                network: { subnet: stack.subnet },
                memoryMiB: 384,
                destroyGraceSeconds: 5,
                ...args.docker,
            },
        },
        opts,
    );
}

function resourceNames(state: string): string[] {
    const { deployment } = JSON.parse(state) as { deployment: { resources?: { urn: string }[] } };
    return (deployment.resources ?? []).map(({ urn }) => urn.split("::").pop()!).sort();
}

/** Everything of one project that Docker has: containers by name and id, networks and volumes by name. */
export async function dockerHas(project: string): Promise<string[]> {
    const containers = await engine.listContainers({ all: true });
    const networks = await engine.listNetworks();
    const { Volumes } = await engine.listVolumes();
    return [
        ...containers.map(({ Names, Id }) => `${Names[0]!.slice(1)} ${Id}`),
        ...networks.map(({ Name }) => Name),
        ...Volumes.map(({ Name }) => Name),
    ]
        .filter((name) => name.startsWith(project))
        .sort();
}

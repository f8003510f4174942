import { ServerRole } from "../../lib";
import { pick, Random, randomFrom } from "../load/random";
import { until } from "../support/insideContainers";
import { ZkClient } from "../support/zkClient";
import { allIds } from "./shapes";
import { ChaosStack } from "./stack";

interface RandomServer {
    readonly id: number;
    readonly role: ServerRole;
}

/** A specification of which everything may change that may change in a living ensemble. */
export interface RandomSpec {
    readonly servers: readonly RandomServer[];
    readonly version: string;
    readonly config: Readonly<Record<string, unknown>>;
    readonly heapMiB: number;
    readonly chroot: string | undefined;
    readonly portOffset: number;
    readonly labels: Readonly<Record<string, string>>;
    readonly retention: "retain" | "delete";
    readonly restartTrigger: string;
}

/** What one random change led to. */
export interface RandomResult {
    readonly seed: number;
    readonly change: string;
    /** Empty when the `up` converged, else the documented reason for which it was refused. */
    readonly refused: string;
    readonly seconds: number;
}

/** Reasons for which a change is refused, as docs/operations.md explains them; nothing has been touched then. */
const documentedRefusals: readonly RegExp[] = [
    /none of the voters .* stays a voter/,
    /would cost the quorum/,
    /addresses and ports of a living server cannot change/,
];

const maxVoters = 5;
const portOffsets = [0, 10];

type Mutation = readonly [name: string, apply: (spec: RandomSpec, random: Random) => RandomSpec];

const mutations: readonly Mutation[] = [
    ["servers come", (spec, random) => withServers(spec, [...spec.servers, ...newcomers(spec, random)])],
    [
        "servers leave",
        (spec, random) =>
            withServers(
                spec,
                spec.servers.filter(() => random() < 0.6),
            ),
    ],
    [
        "roles change",
        (spec, random) =>
            withServers(
                spec,
                spec.servers.map(({ id }) => ({ id, role: roleOf(random) })),
            ),
    ],
    [
        "ids are replaced",
        (spec, random) =>
            withServers(spec, [...spec.servers.slice(1 + Math.floor(random() * 2)), ...newcomers(spec, random)]),
    ],
    ["configuration", (spec, random) => ({ ...spec, config: { ...spec.config, ...configOf(random) } })],
    ["heap", (spec, random) => ({ ...spec, heapMiB: pick(random, [96, 112, 128]) })],
    ["version", (spec, random) => ({ ...spec, version: pick(random, ["3.8.6", "3.9.5"]) })],
    ["chroot", (spec, random) => ({ ...spec, chroot: pick(random, [undefined, "/a", "/b/c"]) })],
    ["host ports", (spec, random) => ({ ...spec, portOffset: pick(random, portOffsets) })],
    ["labels", (spec, random) => ({ ...spec, labels: labelsOf(random) })],
    ["retention", (spec, random) => ({ ...spec, retention: pick(random, ["retain", "delete"] as const) })],
    ["restart trigger", (spec, random) => ({ ...spec, restartTrigger: `r${Math.floor(random() * 1_000)}` })],
];

/**
 * Founds a random ensemble and changes it at random so many times. Throws when an `up` neither converges nor is refused
 * for a documented reason, when the second `up` shows a change, or when a write that was acknowledged is gone.
 */
export async function randomChanges(
    seed: number,
    count: number,
    report: (result: RandomResult) => void = () => {},
): Promise<void> {
    const random = randomFrom(seed);
    await ChaosStack.use(async (stack) => {
        let spec = firstSpec(random);
        await converges(stack, spec, `seed ${seed}: the founding of ${JSON.stringify(spec)}`);
        await ZkClient.use(hostsOf(stack, spec), (client) => client.create("/from-the-start", `written by ${seed}`));
        for (let index = 0; index < count; index++) {
            const begun = Date.now();
            const { to, change } = changed(spec, random);
            const what = `seed ${seed}, change ${index + 1} (${change}): ${JSON.stringify(spec)} to ${JSON.stringify(to)}`;
            const refused = await converges(stack, to, what);
            if (refused) {
                await changesNothing(stack, spec, what, ["update chaos"]);
            } else {
                spec = to;
            }
            await changesNothing(stack, spec, what);
            await hasTheWrite(stack, spec, `written by ${seed}`, what);
            report({ seed, change, refused, seconds: Math.round((Date.now() - begun) / 1_000) });
        }
    });
}

/** The reason when it is refused; nothing when it converges. */
async function converges(stack: ChaosStack, spec: RandomSpec, what: string): Promise<string> {
    const { ok, text } = await stack.deployer.up(argsOf(stack, spec));
    if (ok) {
        return "";
    }
    const [reason] = documentedRefusals.flatMap((pattern) => pattern.exec(text)?.[0] ?? []);
    if (reason === undefined) {
        throw new Error(`${what}: neither converges nor is refused for a documented reason:\n${text}`);
    }
    return reason;
}

/**
 * After a refusal the state has the arguments that were refused, as the component's own: the way back shows these
 * alone.
 */
async function changesNothing(
    stack: ChaosStack,
    spec: RandomSpec,
    what: string,
    expected: readonly string[] = [],
): Promise<void> {
    const { ok, steps, text } = await stack.deployer.up(argsOf(stack, spec));
    const others = steps.filter((step) => !expected.includes(step));
    if (!ok || others.length > 0) {
        throw new Error(`${what}: the second up is not without change: ${others.join(", ")}\n${text}`);
    }
}

/** By every server: each has what was acknowledged at the start. */
async function hasTheWrite(stack: ChaosStack, spec: RandomSpec, value: string, what: string): Promise<void> {
    for (const { id } of spec.servers) {
        await until(`${what}: server ${id} has the write`, async () => {
            const host = stack.hosts([id + spec.portOffset]);
            return (await ZkClient.use(host, (client) => client.read("/from-the-start"))) === value;
        });
    }
}

function changed(spec: RandomSpec, random: Random): { to: RandomSpec; change: string } {
    for (;;) {
        const chosen = random() < 0.3 ? [pick(random, mutations), pick(random, mutations)] : [pick(random, mutations)];
        const to = chosen.reduce((before, [, apply]) => apply(before, random), spec);
        if (JSON.stringify(to) !== JSON.stringify(spec)) {
            return { to, change: chosen.map(([name]) => name).join(" and ") };
        }
    }
}

function firstSpec(random: Random): RandomSpec {
    const empty: RandomSpec = {
        servers: [],
        version: pick(random, ["3.8.6", "3.9.5"]),
        config: configOf(random),
        heapMiB: 128,
        chroot: undefined,
        portOffset: 0,
        labels: {},
        retention: "retain",
        restartTrigger: "",
    };
    return withServers(empty, newcomers(empty, random));
}

/** At least one voter and at most five; a list that is not valid is made so. */
function withServers(spec: RandomSpec, servers: readonly RandomServer[]): RandomSpec {
    const sorted = [...servers].sort((a, b) => a.id - b.id);
    const voters = sorted.filter(({ role }) => role === ServerRole.Participant).slice(0, maxVoters);
    const observers = sorted.filter(({ role }) => role === ServerRole.Observer).slice(0, 2);
    const valid = [...voters, ...observers].sort((a, b) => a.id - b.id);
    return voters.length > 0 ? { ...spec, servers: valid } : spec;
}

function newcomers(spec: RandomSpec, random: Random): RandomServer[] {
    const free = allIds.filter((id) => !spec.servers.some((server) => server.id === id));
    return free.slice(0, 1 + Math.floor(random() * 3)).map((id) => ({ id, role: roleOf(random) }));
}

function roleOf(random: Random): ServerRole {
    return random() < 0.8 ? ServerRole.Participant : ServerRole.Observer;
}

function labelsOf(random: Random): Record<string, string> {
    return random() < 0.3 ? {} : { team: `t${Math.floor(random() * 5)}` };
}

/** One key of each kind: of the time, of the clients, of the disks, of the caches, and one without a field. */
function configOf(random: Random): Record<string, unknown> {
    const choices: Record<string, unknown>[] = [
        { tickTimeMs: pick(random, [400, 500, 600]) },
        { initLimitTicks: pick(random, [20, 25, 30]) },
        { connections: { maxClientCnxns: pick(random, [0, 60, 100]) } },
        { snapshots: { snapCount: pick(random, [1_000, 50_000]) } },
        { autopurge: { snapRetainCount: pick(random, [3, 5]) } },
        { limits: { maxResponseCacheSize: pick(random, [0, 400]) } },
        { extra: { "request.timeout": String(pick(random, [10_000, 20_000])) } },
    ];
    return { tickTimeMs: 500, ...pick(random, choices) };
}

function argsOf(stack: ChaosStack, spec: RandomSpec): object {
    const { servers, version, config, chroot, labels, retention, restartTrigger } = spec;
    return stack.complete({
        servers,
        version,
        config,
        chroot,
        jvm: { heapMiB: spec.heapMiB },
        lifecycle: { restartTrigger },
        docker: { firstHostPort: stack.firstPort + spec.portOffset, labels, volumes: { retention } },
    });
}

function hostsOf(stack: ChaosStack, { servers, portOffset }: RandomSpec): string {
    return stack.hosts(servers.map(({ id }) => id + portOffset));
}

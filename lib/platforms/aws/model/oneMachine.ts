import { AwsPlacing, refuseDockersOwn } from "./awsServers";
import { ResolvedConfig } from "../../../model/config";
import { JvmSpec, ServerPorts, ServerSpec } from "../../../model/ensembleSpec";
import { show } from "../../../model/faults";
import { Memory, resolveJvm, SMALLEST_HEAP_MIB } from "../../../model/jvm";
import { PORT } from "../../../model/portRange";
import { Section } from "../../../model/section";
import { NO_ADDRESS } from "../../../model/servers";

/** Enough for learning and tests. Not a share of the memory: another number of servers would replace the machine. */
const DEFAULT_HEAP_MIB = 256;
/** What a JVM takes beside its heap. */
const BESIDE_HEAP_MIB = 128;
const SYSTEM_MIB = 256;

const WARNING =
    "all servers are on one machine: the ensemble tolerates no failure of it, and whatever replaces or stops the " +
    "machine (settings, version, image, instance type) stops all servers at once. It is for learning and tests: leave " +
    "it out for everything else";

/** All servers on one machine: one address, which AWS chooses, and ports counted up by id, so that they never move. */
export function oneMachinePlacing(config: ResolvedConfig, hostnamePrefix: string): AwsPlacing {
    return {
        subnetIndexOf: () => 0,
        place: (id, own) => {
            refuseDockersOwn(own);
            refuseOwnPlace(own);
            return { hostname: `${hostnamePrefix}-${id}`, address: NO_ADDRESS };
        },
        portsOf: (id, first) => counted(first, Math.max(1, id) - 1),
        check: (args, servers) => {
            args.warn("aws.singleMachine", WARNING);
            refuseSharedPorts(args, config);
            checkAllPorts(args, servers, config);
        },
    };
}

/** The ports that the server with the id 1 has, or would have. */
export function firstPorts({ id, ports }: Pick<ServerSpec, "id" | "ports">): ServerPorts {
    return counted(ports, 1 - id);
}

function counted({ client, peer, election, admin, metrics }: ServerPorts, by: number): ServerPorts {
    return {
        client: client + by,
        peer: peer + by,
        election: election + by,
        admin: admin + by,
        metrics: metrics + by,
    };
}

function refuseOwnPlace(own: Section | undefined): void {
    for (const [field, why] of [
        ["address", "all servers have the machine's address, which AWS chooses"],
        ["subnetIndex", "the machine is in the one subnet"],
        ["ports", "ports are counted up by id from those of the ensemble"],
    ] as const) {
        if (own?.has(field)) {
            own.fault(field, `${show(own.raw(field))} is given, but with aws.singleMachine ${why}: leave it out`);
        }
    }
}

/** Observers ask every voter at the one port, and a line of zoo.cfg is the same for all: they cannot be counted up. */
function refuseSharedPorts(args: Section, { observerMasterPort, securePort }: ResolvedConfig): void {
    for (const [path, port] of [
        ["config.observers.masterPort", observerMasterPort],
        ["config.extra.secureClientPort", securePort],
    ] as const) {
        if (port !== undefined) {
            const why = "is one port for all servers, and with aws.singleMachine they share an address";
            args.fault(path, `${port} ${why}: leave it out`);
        }
    }
}

/** Two listeners of one machine cannot share a port. The first clash tells it for all. */
function checkAllPorts(args: Section, servers: readonly ServerSpec[], config: ResolvedConfig): void {
    const used = new Map<number, string>();
    for (const { id, ports } of servers.filter((server) => server.id !== 0)) {
        for (const name of listenersOf(config)) {
            const port = ports[name];
            const other = used.get(port);
            if (port > PORT.max) {
                const first = port - id + 1;
                const fix = `take ${PORT.max - id + 1} or less`;
                args.fault(
                    `ports.${name}`,
                    `${first} leaves no port for server ${id}, which would get ${port}: ${fix}`,
                );
                return;
            }
            if (other !== undefined) {
                const what = `counted up by id, ${port} is ${other} and the ${name} port of server ${id}`;
                args.fault("ports", `${what}: give first ports that are further apart`);
                return;
            }
            used.set(port, `the ${name} port of server ${id}`);
        }
    }
}

function listenersOf({ adminEnabled, spec }: ResolvedConfig): (keyof ServerPorts)[] {
    return [
        "client",
        "peer",
        "election",
        ...(adminEnabled ? (["admin"] as const) : []),
        ...(spec.metricsEnabled ? (["metrics"] as const) : []),
    ];
}

/** Each server has a JVM of its own: all of them have to fit, where the memory is known. */
export function resolveSharedJvm(args: Section, memory: Memory | undefined, count: number): JvmSpec {
    const jvm = resolveJvm(args, memory, true);
    const heapMiB = jvm.heapMiB ?? DEFAULT_HEAP_MIB;
    const neededMiB = SYSTEM_MIB + count * (heapMiB + BESIDE_HEAP_MIB);
    if (memory && neededMiB > memory.MiB) {
        const largest = Math.floor((memory.MiB - SYSTEM_MIB) / count) - BESIDE_HEAP_MIB;
        const lower = largest >= SMALLEST_HEAP_MIB ? `set jvm.heapMiB to ${largest} or less, or ` : "";
        const what = `${count} servers with a heap of ${heapMiB} MiB each need ${neededMiB} MiB with all that is beside it`;
        args.fault("aws.singleMachine", `${what}, more than the ${memory.text}: ${lower}${memory.raise}`);
    }
    return { ...jvm, heapMiB };
}

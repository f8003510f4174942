import { electSoon } from "./election";
import { configuration, Configuration, epochOf, epochSize, has, lineOf } from "./configuration";
import { exit } from "./leadership";
import { Machine, noLease } from "./machine";
import { Peer } from "./peer";
import { DataVolume, Look, lookAt, LogVolume, pendingOn, Stamp, storeDynamic } from "./volumes";
import { World } from "./world";

/** What `member.sh run` does, from the machine's start until ZooKeeper takes its place. */
export function runScript(world: World, machine: Machine): void {
    machine.run += 1;
    machine.script = "preparing";
    machine.lease = noLease();
    whileInThisRun(world, machine, 50, 400, () => prepare(world, machine));
}

/** Nothing of an earlier run happens in a later one. */
function whileInThisRun(world: World, machine: Machine, leastMs: number, mostMs: number, run: () => void): void {
    const { run: current } = machine;
    world.soon(leastMs, mostMs, () => {
        if (machine.run === current && machine.state === "running") run();
    });
}

function prepare(world: World, machine: Machine): void {
    const { data, log } = world.volumesOf(machine.serverId);
    const look = lookAt(machine.serverId, data, log, world.rules, false);
    if (look.state === "refused") {
        machine.script = "refused";
        machine.refusal = look.reason;
        return;
    }
    // One in it may be as old as the copy.
    if (look.reason.startsWith("/data is a copy")) data.directive = undefined;
    const mustWait = look.state === "blank" || (look.state === "left" && world.rules.leftStaysOut);
    if (mustWait) {
        machine.script = "waiting";
        takeDirectiveSoon(world, machine);
        return;
    }
    if (look.state === "bootstrapping" && data.directive && !directiveFault(data.directive, machine.serverId, look)) {
        takeDirective(world, machine, data.directive);
    } else if (!data.isFull && !log.isFull) {
        stamp(machine.serverId, data, log, look, look.isCopy ? look.epoch : undefined);
    }
    startZooKeeper(world, machine);
}

/** The waiting script looks ten times a second whether one is there. */
export function takeDirectiveSoon(world: World, machine: Machine): void {
    whileInThisRun(world, machine, 20, 150, () => {
        const { data, log } = world.volumesOf(machine.serverId);
        if (machine.script !== "waiting" || data.directive === undefined) return;
        if (directiveFault(data.directive, machine.serverId, lookAt(machine.serverId, data, log, world.rules, false))) {
            data.directive = undefined;
            return;
        }
        takeDirective(world, machine, data.directive);
        startZooKeeper(world, machine);
    });
}

function stamp(
    serverId: number,
    data: DataVolume,
    log: LogVolume,
    { generation, nonce, life }: Pick<Stamp, "generation" | "nonce" | "life">,
    adoptedEpoch?: number,
): void {
    const common: Omit<Stamp, "identity"> = { serverId, generation, nonce, life, adoptedEpoch };
    data.stamp = { ...common, identity: data.identity };
    log.stamp = { ...common, identity: log.identity };
}

function takeDirective(world: World, machine: Machine, text: string): void {
    const { data, log } = world.volumesOf(machine.serverId);
    const [verb, argument, lines, more] = parseDirective(text);
    world.trace(() => `server ${machine.serverId} takes the directive: ${verb} ${argument}`);
    if (verb === "adopt") {
        const { generation = "", nonce = "", life = "" } = data.stamp ?? {};
        stamp(machine.serverId, data, log, { generation, nonce, life }, data.currentEpoch);
        return;
    }
    if (data.snapshot !== undefined || log.transactions.length > 0) data.asideKiB += 1_000;
    data.currentEpoch = data.acceptedEpoch = -1;
    data.snapshot = undefined;
    data.sentEpoch = 0;
    data.next = data.nextSaved = undefined;
    data.isLeft = false;
    log.transactions = [];
    data.dynamic = [namingMe(configuration(0, lines), machine.serverId)];
    const generation = Math.floor(world.random.next() * 0xffffffff).toString(16);
    const ofLife = verb === "bootstrap" ? { nonce: argument, life: "" } : { nonce: "", life: more };
    stamp(machine.serverId, data, log, { generation, ...ofLife });
}

/** A configuration without this server is that of a joiner: it takes part as an observer, without a vote. */
function namingMe(config: Configuration, id: number): Configuration {
    if (has(config.members, id)) return config;
    return configuration(0, [...config.lines, `server.${id}=10.0.0.${id}:2888:3888:observer;0.0.0.0:2181`]);
}

function startZooKeeper(world: World, machine: Machine): void {
    const { data, log } = world.volumesOf(machine.serverId);
    data.directive = undefined;
    if (data.isFull) {
        world.trace(() => `server ${machine.serverId} cannot start: its data volume is full`);
        exited(world, machine);
        return;
    }
    const isBootstrapping = lookAt(machine.serverId, data, log, world.rules, true).state === "bootstrapping";
    if (isBootstrapping) {
        data.currentEpoch = data.acceptedEpoch = 0;
        data.next = data.nextSaved = undefined;
        // ZooKeeper trusts the empty database once, and saves it.
        data.snapshot = [];
        log.transactions = [];
    }
    const pending = putBackNext(world, data, log);
    const newest = data.dynamic[data.dynamic.length - 1];
    if (!newest) {
        exited(world, machine);
        return;
    }
    const config = namingMe(newest, machine.serverId);
    if (config !== newest) storeDynamic(data, config);
    machine.script = "zookeeper";
    whileInThisRun(world, machine, 300, 1_500, () => becomeZooKeeper(world, machine, config, pending));
}

function putBackNext(world: World, data: DataVolume, log: LogVolume): Configuration | undefined {
    const found = world.rules.putBackNext ? pendingOn(data) : undefined;
    const isDead =
        found &&
        (found.version === data.forgottenVersion ||
            (world.rules.unloggedNextDies && wasNeverLogged(found.version, data, log)));
    const pending = isDead ? undefined : found;
    if (isDead) world.trace(() => `a reconfiguration that is set aside: ${found.version.toString(16)}`);
    if (found && !pending) data.asideKiB += 4;
    data.next = data.nextSaved = pending;
    data.deadVersion = data.forgottenVersion = undefined;
    return pending;
}

/** As `was_never_logged` in configuration.sh. */
function wasNeverLogged(version: number, { snapshot }: DataVolume, { transactions }: LogVolume): boolean {
    const isTransaction = version % epochSize !== 0;
    const newest = snapshot?.[snapshot.length - 1]?.zxid ?? 0;
    return isTransaction && newest < version && !transactions.some(({ zxid }) => zxid === version);
}

/** As `drop_dead_proposal` in configuration.sh: who serves in a later epoch without it proves that it is dead. */
export function dropDeadProposal(world: World, { peer }: Machine): void {
    if (!world.rules.deadProposalDies || !peer?.serves || peer.isFrozen || peer.data.isFull) return;
    const version = pendingOn(peer.data)?.version;
    if (version === undefined || peer.config.version >= version) return;
    const isFirst = version % epochSize === 0;
    const isLater =
        peer.data.currentEpoch > epochOf(version) || (isFirst && peer.data.currentEpoch === epochOf(version));
    if (!isLater || peer.history.some(({ zxid }) => zxid === version)) return;
    world.trace(() => `server ${peer.id} sets a dead proposal aside: ${version.toString(16)}`);
    peer.data.deadVersion = version;
    peer.data.asideKiB += 4;
}

function becomeZooKeeper(world: World, machine: Machine, config: Configuration, pending?: Configuration): void {
    const id = machine.serverId;
    const { data, log } = world.volumesOf(id);
    const { snapshot } = data;
    // Without its log, ZooKeeper takes the snapshot for all there is.
    if (snapshot && snapshot.length > log.transactions.length) log.transactions = [...snapshot];
    const isEmpty = snapshot === undefined && log.transactions.length === 0;
    if (isEmpty && !world.rules.emptyDiskHasNoVote) data.currentEpoch = Math.max(0, data.currentEpoch);
    const peer: Peer = {
        id,
        machine,
        data,
        log,
        history: log.transactions,
        config,
        pending,
        hasVote: !isEmpty || !world.rules.emptyDiskHasNoVote,
        state: "looking",
        serves: false,
        term: undefined,
        link: undefined,
        isFrozen: false,
        unread: undefined,
        isDead: false,
        isStuck: false,
    };
    machine.peer = peer;
    world.peers[id] = peer;
    electSoon(world);
}

/** The container's or unit's restart policy, after its process ended by itself. */
export function exited(world: World, machine: Machine): void {
    machine.peer = undefined;
    machine.script = "none";
    if (machine.state !== "running") return;
    world.harmed(machine.serverId, "fault");
    machine.state = "restarting";
    machine.failures += 1;
    const { run } = machine;
    world.scheduler.after(Math.min(150 * 2 ** machine.failures, 20_000), () => {
        if (machine.state !== "restarting" || machine.run !== run) return;
        machine.state = "running";
        machine.restarts += 1;
        runScript(world, machine);
        whileInThisRun(world, machine, 10_000, 10_000, () => (machine.failures = 0));
    });
}

/** The machine's processes end, and it stays as it is told. */
export function endRun(world: World, machine: Machine, why: string): void {
    machine.state = machine.hasRun ? "exited" : machine.state;
    machine.run += 1;
    if (machine.peer) exit(world, machine.peer, why);
    machine.peer = undefined;
    machine.script = "none";
    machine.lease = noLease();
}

/** `more`: the life that is joined, or `anew`. */
export function parseDirective(text: string): [verb: string, argument: string, lines: string[], more: string] {
    const [first = "", ...lines] = text.split("\n").filter((line) => line !== "");
    const [verb = "", argument = "", more = ""] = first.split(" ");
    return [verb, argument, lines, more];
}

/** As `directive_fault` in the script; "" when it is to be obeyed. */
export function directiveFault(text: string, id: number, look: Look): string {
    const [verb, argument, lines, more] = parseDirective(text);
    if (!["bootstrap", "join", "adopt"].includes(verb) || argument === "") return `malformed: '${verb} ${argument}'`;
    if (verb === "adopt") {
        const fits = look.state === "blank" && look.isCopy && look.generation === argument;
        return fits
            ? ""
            : `refused: adopt ${argument} is for a copy, this server is ${look.state} of '${look.generation}'`;
    }
    if (lines.length === 0) return "malformed: no server lines";
    const ids = lines.map((line) => lineOf(line).id);
    if (new Set(ids).size < ids.length) return "malformed: an id is named twice";
    if (verb === "bootstrap" && !ids.includes(id)) return `malformed: server ${id} is not named`;
    if (look.state === "refused") return `refused: ${look.reason}`;
    const isFor =
        look.state === "blank" ||
        (verb === "join" && look.state === "left") ||
        (verb === "bootstrap" && look.state === "bootstrapping");
    if (!isFor) return `refused: ${verb} is not for a server that is ${look.state}`;
    return verb === "bootstrap" && look.hasData && more !== "anew"
        ? "refused: the volumes held data of an ensemble: only join is taken"
        : "";
}

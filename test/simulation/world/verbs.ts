import { submit } from "./broadcast";
import { Configuration, has, lineOf } from "./configuration";
import { Machine } from "./machine";
import { directiveFault, parseDirective, takeDirectiveSoon } from "./memberScript";
import { requestReconfiguration } from "./reconfiguration";
import { reportOf } from "./report";
import { lookAt, Look, pendingOn } from "./volumes";
import { World } from "./world";

export type Say = (exitCode: number, output: string) => void;

const leaseMs = 20_000;
const cliLimitMs = 60_000;

/** The member script's verbs on a machine that runs and answers. */
export function runVerb(world: World, machine: Machine, words: readonly string[], say: Say): void {
    const [verb, ...rest] = words;
    switch (verb) {
        case "report":
            return report(world, machine, Number(rest[0] ?? 0), say);
        case "directive":
            return directive(world, machine, rest[0] ?? "", say);
        case "leave":
            return leave(world, machine, rest[0] ?? "", rest[1], say);
        case "forget":
            return forget(world, machine, rest[0] ?? "", say);
        case "reconfig":
            return reconfig(world, machine, rest, say);
        case "ensure-path":
            return ensurePath(world, machine, say);
        case "lease":
            return lease(world, machine, rest[0] ?? "", rest[1] ?? "", say);
        case "with-lease":
            return withLease(world, machine, rest, say);
        case "permit":
            return permit(world, machine, rest, say);
        default:
            return say(2, `member: unknown verb '${verb}'`);
    }
}

/** As `look_live`: what is being filled no longer waits. */
export function lookLive(world: World, machine: Machine): Look {
    const { data, log } = world.volumesOf(machine.serverId);
    const isStarted = machine.script === "zookeeper";
    const look = lookAt(machine.serverId, data, log, world.rules, isStarted);
    if (machine.script === "refused") return { ...look, state: "refused", reason: machine.refusal };
    return look.state === "blank" && isStarted ? { ...look, state: "member", reason: "being filled" } : look;
}

/** It comes at once when the server serves, or may not do so by itself. */
function report(world: World, machine: Machine, seconds: number, say: Say): void {
    const isStarting = machine.script === "zookeeper" && !machine.peer?.serves;
    if (!isStarting || seconds === 0) {
        say(0, reportOf(world, machine));
        return;
    }
    let isSaid = false;
    const answer = () => {
        if (!isSaid) say(0, reportOf(world, machine));
        isSaid = true;
    };
    (world.servingWaiters[machine.serverId] ??= []).push(answer);
    world.scheduler.after(seconds * 1_000, answer);
}

function directive(world: World, machine: Machine, base64: string, say: Say): void {
    const text = Buffer.from(base64, "base64").toString();
    const look = lookLive(world, machine);
    let fault: string;
    try {
        fault = directiveFault(text, machine.serverId, look);
    } catch (error) {
        fault = `malformed: ${(error as Error).message}`;
    }
    const [verb, argument] = parseDirective(text);
    if (fault.startsWith("malformed")) return say(2, `member: ${fault}`);
    const isNeedless =
        (look.state === "bootstrapping" && verb === "bootstrap" && argument === look.nonce) ||
        (look.state === "member" && verb !== "bootstrap");
    if (isNeedless) return say(0, `member: already ${look.state}, the directive is not needed`);
    if (fault !== "") return say(1, `member: ${fault}`);
    const { data } = world.volumesOf(machine.serverId);
    if (data.isFull) return say(1, "member: No space left on device");
    if (verb === "bootstrap") world.watch.toldToBootstrap(machine.serverId, argument);
    if (verb === "adopt") world.watch.toldToAdopt(machine.serverId);
    data.directive = text;
    takeDirectiveSoon(world, machine);
    say(0, `member: directive given: ${verb} ${argument}`);
}

function leave(world: World, machine: Machine, version: string, life: string | undefined, say: Say): void {
    const look = lookLive(world, machine);
    const { data } = world.volumesOf(machine.serverId);
    const { peer } = machine;
    if (look.state === "refused") return say(1, `member: refused: ${look.reason}`);
    if (!/^[0-9a-f]{1,16}$/.test(version)) return say(2, `member: malformed: leave wants a hex version`);
    // A frozen process does not say what it runs with.
    const running = peer?.serves && !peer.isFrozen ? peer.config : undefined;
    const isUnfilled = look.nonce === "" && look.epoch < 1;
    const isOther = life !== undefined && ((look.life || look.nonce) !== life || isUnfilled);
    const isNewer = (config: Configuration) => config.version > parseInt(version, 16);
    const naming = running ?? look.newest;
    const counts = naming && (running ? !isOther || isNewer(naming) : !isOther && isNewer(naming));
    if (world.rules.leaveIsChecked && counts && has(naming.members, machine.serverId)) {
        return say(1, `member: refused: configuration ${naming.version.toString(16)} names server ${machine.serverId}`);
    }
    // The mark is an empty file, which a full volume has room for.
    world.watch.toldToLeave(machine.serverId);
    data.isLeft = true;
    say(0, "member: marked as left");
}

/** As `forget` in told.sh. */
function forget(world: World, machine: Machine, version: string, say: Say): void {
    if (!/^[0-9a-f]{1,16}$/.test(version)) return say(2, "member: malformed: forget wants a hex version");
    const { data } = world.volumesOf(machine.serverId);
    const pending = pendingOn(data)?.version;
    if (pending !== parseInt(version, 16)) {
        const now = pending?.toString(16) ?? "none";
        return say(4, `member: not done: reconfiguration ${now} is pending by now, not ${version}`);
    }
    if (data.isFull) return say(1, "member: No space left on device");
    world.trace(() => `server ${machine.serverId} is told to forget reconfiguration ${version}`);
    data.forgottenVersion = pending;
    say(0, `member: reconfiguration ${version} is forgotten at the next start`);
}

function reconfig(world: World, machine: Machine, words: readonly string[], say: Say): void {
    const [version = "", ...changes] = words;
    const add = changes.filter((word) => word.startsWith("add=")).map((word) => word.slice(4));
    const remove = changes.filter((word) => word.startsWith("remove=")).map((word) => Number(word.slice(7)));
    if (!/^[0-9a-f]{1,16}$/.test(version) || add.length + remove.length !== changes.length || changes.length === 0) {
        return say(2, `member: malformed: reconfig ${words.join(" ")}`);
    }
    add.forEach(lineOf);
    const peer = machine.peer;
    if (!peer?.serves || peer.isFrozen) {
        return say(4, `member: undecided, read the configuration: server ${machine.serverId} does not serve`);
    }
    const once = answerOnce(world, say, () => say(4, "member: undecided, read the configuration: no answer"));
    // A Java client has to start.
    world.soon(200, 1_500, () => requestReconfiguration(world, peer, parseInt(version, 16), { add, remove }, once));
}

function ensurePath(world: World, machine: Machine, say: Say): void {
    const peer = machine.peer;
    if (!peer?.serves || peer.isFrozen) return say(1, `member: server ${machine.serverId} does not serve`);
    const once = answerOnce(world, say, () => say(1, "member: the path is not there: ConnectionLoss"));
    world.soon(200, 1_500, () =>
        submit(world, peer, undefined, (isDone) =>
            isDone ? once(0, "member: the path is there") : once(1, "member: the path is not there: ConnectionLoss"),
        ),
    );
}

function answerOnce(world: World, say: Say, onTimeout: () => void): Say {
    let isSaid = false;
    const timeout = world.scheduler.after(cliLimitMs, () => {
        if (!isSaid) onTimeout();
        isSaid = true;
    });
    return (exitCode, output) => {
        if (isSaid) return;
        isSaid = true;
        timeout.run = undefined;
        say(exitCode, output);
    };
}

/** The token that has this server now; what is older than its time is nobody's. */
export function holderOf(world: World, { lease: { token, endMs } }: Machine): string {
    return endMs > world.nowMs ? token : "";
}

export function leaseSeconds(world: World, { lease: { endMs } }: Machine): number {
    return Math.max(0, Math.ceil((endMs - world.nowMs) / 1_000));
}

function lease(world: World, machine: Machine, what: string, token: string, say: Say): void {
    if (!/^(take|release) [A-Za-z0-9._-]{1,100}$/.test(`${what} ${token}`)) return say(2, "member: malformed: lease");
    const mine = machine.lease;
    const holder = holderOf(world, machine);
    if (what === "release" && holder === token) {
        mine.endMs = 0;
    } else if (what === "take" && (holder === "" || holder === token)) {
        if (mine.token !== token) mine.changes += 1;
        mine.token = token;
        mine.endMs = world.nowMs + leaseMs;
    }
    const now = holderOf(world, machine);
    const lines = [`lease=${now}`, `leaseSeconds=${leaseSeconds(world, machine)}`, `leaseChanges=${mine.changes}`];
    if (mine.token !== "") lines.push(`leaseRun=${machine.run}`);
    say(what === "release" || now === token ? 0 : 1, `${lines.join("\n")}\n`);
}

function permit(world: World, machine: Machine, [what = "", as]: readonly string[], say: Say): void {
    if (what !== "stop") return say(2, "member: malformed: permit");
    const { state } = lookLive(world, machine);
    if (as !== undefined && as !== state)
        return say(4, `member: not done: this server is not ${as} any more, but ${state}`);
    if (as === "member" && machine.peer?.serves && !machine.peer.isFrozen)
        return say(4, "member: not done: this server serves by now");
    say(0, "");
}

function withLease(world: World, machine: Machine, words: readonly string[], say: Say): void {
    const [token = "", ...rest] = words;
    if (!["directive", "leave", "forget", "reconfig", "ensure-path", "permit"].includes(rest[0] ?? "")) {
        return say(2, `member: malformed: with-lease wants a token and a verb, not '${token} ${rest[0]}'`);
    }
    const holder = holderOf(world, machine);
    if (holder !== "" && holder !== token) return say(6, `member: ${holder} has this server's lease`);
    runVerb(world, machine, rest, say);
}

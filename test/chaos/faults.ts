import { setTimeout as pause } from "node:timers/promises";
import { pick, Random } from "../load/random";
import { docker, wipeVolume } from "../support/dockerWorld";
import { shell } from "../support/insideContainers";
import { Deployer, Victim } from "./deployer";
import { containerOf, Found, gone, Servers } from "./servers";
import { Change } from "./shapes";
import { SmallDisks } from "./smallDisks";

/** Where a fault strikes. */
export interface Target {
    readonly servers: Servers;
    readonly deployer: Deployer;
    readonly disks: SmallDisks | undefined;
    readonly random: Random;
    /** Whether the change's membership marker has begun: from then on the ensemble is reconfigured. */
    readonly isReconfiguring: () => boolean;
    /** Aborted when the change is done and the fault has nothing left to meet. */
    readonly over: AbortSignal;
}

/** What goes wrong in the middle of a change. Each fault ends by itself; true when it has hit. */
export interface Fault {
    readonly name: string;
    readonly fits: (change: Change, voters: number) => boolean;
    readonly inject: (target: Target) => Promise<boolean>;
}

const always = () => true;
/** One server alone has no followers, and what fails then is the service. */
const amongThree = (_: Change, voters: number) => voters >= 3;
// Longer than the leader waits for a silent follower.
const frozenMs = 6_000;
const cutOffMs = 6_000;
const fullMs = 4_000;
const trapSeconds = 60;
const pollMs = 100;

export const faults: readonly Fault[] = [
    onServer("leader killed", (servers) => servers.leader(), killJvm),
    onServer("follower killed", (servers) => servers.follower(), killJvm),
    onServer("newest server killed", (servers) => servers.newest(), killJvm),
    onServer("leader frozen", (servers) => servers.leader(), freeze),
    onServer("follower frozen", (servers) => servers.follower(), freeze),
    onServer("newest server frozen", (servers) => servers.newest(), freeze),
    onServer("leader cut off", (servers) => servers.leader(), cutOff),
    onServer("follower cut off", (servers) => servers.follower(), cutOff),
    onServer(
        "follower wiped",
        (servers) => servers.dispensable(),
        (server) => wipe(server, ["data", "log"]),
    ),
    onServer(
        "follower half wiped",
        (servers) => servers.dispensable(),
        (server, { random }) => wipe(server, [pick(random, ["data", "log"])]),
    ),
    onServer("killed while filled", (servers) => servers.dispensable(), killWhileFilled),
    onServer("follower's disk full", (servers) => servers.follower(), fillDisk),
    onDeployer("deployer killed", "everything"),
    onDeployer("CLI killed, its program lives", "cli"),
    onDeployer("program killed", "program"),
    {
        name: "leader killed at a proposal",
        fits: ({ membership }) => membership !== "none",
        inject: killLeaderAtProposal,
    },
    {
        name: "joiner frozen at the add",
        fits: ({ membership }) => membership === "adds",
        inject: freezeJoinerAtAdd,
    },
];

function onServer(
    name: string,
    find: (servers: Servers) => Promise<Found | undefined>,
    strike: (server: Found, target: Target) => Promise<boolean>,
): Fault {
    const inject = async (target: Target) => {
        const server = await untilFound(() => find(target.servers), target.over);
        return server !== undefined && strike(server, target);
    };
    return { name, fits: name.startsWith("newest") ? always : amongThree, inject };
}

function onDeployer(name: string, victim: Victim): Fault {
    return { name, fits: always, inject: ({ deployer }) => deployer.kill(victim) };
}

/** The server of a kind may be missing for moments, such as the leader; nothing when the change is over first. */
async function untilFound<T>(find: () => Promise<T | undefined>, over: AbortSignal): Promise<T | undefined> {
    for (let found = await find(); ; found = await find()) {
        if (found !== undefined || over.aborted) {
            return found;
        }
        await pause(pollMs);
    }
}

/** By the process, not by Docker: Docker starts a server again that died, not one that it was told to kill. */
async function killJvm({ name }: Found): Promise<boolean> {
    return (await inside(name, killScript)) === "hit";
}

/** The process alone: a frozen container would be thawed by the next look of the deployer. */
async function freeze({ name }: Found): Promise<boolean> {
    const hit = await inside(name, "kill -STOP $(cat /run/ensemble/pid) && echo hit");
    await pause(frozenMs);
    await inside(name, "kill -CONT $(cat /run/ensemble/pid)");
    return hit === "hit";
}

async function cutOff(server: Found): Promise<boolean> {
    const container = containerOf(server);
    const info = await container.inspect().catch(gone);
    const [name, settings] = Object.entries(info?.NetworkSettings.Networks ?? {})[0] ?? [];
    if (!info || !name || !settings?.IPAddress) {
        return false;
    }
    const network = docker.getNetwork(name);
    const hit = await network.disconnect({ Container: info.Id, Force: true }).then(always, gone);
    await pause(cutOffMs);
    const endpoint = { IPAMConfig: { IPv4Address: settings.IPAddress }, Aliases: settings.Aliases };
    await network.connect({ Container: info.Id, EndpointConfig: endpoint }).catch(gone);
    return hit === true;
}

async function wipe(server: Found, volumes: readonly string[]): Promise<boolean> {
    // The engine may make the container anew at the same time: a disk is lost under a stopped server, not half of it
    // under a starting one.
    for (;;) {
        const info = await containerOf(server).inspect().catch(gone);
        if (!info) {
            return false;
        }
        const container = docker.getContainer(info.Id);
        await container.stop({ t: 0 }).catch(gone);
        for (const what of volumes) {
            await wipeVolume(`${server.name}-${what}`);
        }
        const now = await containerOf(server).inspect().catch(gone);
        if (now === undefined) {
            return true;
        }
        if (now.Id === info.Id && !now.State.Running) {
            await container.start().catch(gone);
            return true;
        }
    }
}

/** The kill comes at the first sight of a snapshot, which is being written for moments only. */
async function killWhileFilled(server: Found, { over }: Target): Promise<boolean> {
    await wipe(server, ["data", "log"]);
    const script = `until compgen -G "/data/version-2/snapshot.*"; do ${builtinPause}; done; ${killScript}`;
    return (await trap(server.name, script, over)).endsWith("hit");
}

/** Whatever ZooKeeper writes to its log then fails, and it ends itself; Docker starts it again and again. */
async function fillDisk({ name }: Found, { disks }: Target): Promise<boolean> {
    const file = "/datalog/filler";
    const hit = disks && (await inside(name, `dd if=/dev/zero of=${file} bs=1M 2>/dev/null || echo full`));
    await pause(hit ? fullMs : 0);
    if (disks) {
        await disks.free(name, "filler");
    }
    return hit === "full";
}

/** `.next` lies on the leader's disk from the proposal of a reconfiguration to its commit. */
async function killLeaderAtProposal(target: Target): Promise<boolean> {
    const leader = await seenBeforeReconfiguring(target, (servers) => servers.leader());
    const script = `until [[ -e /data/ensemble/conf/zoo.cfg.dynamic.next ]]; do ${builtinPause}; done; ` + killScript;
    return leader !== undefined && (await trap(leader.name, script, target.over)) === "hit";
}

/** Frozen when the deployer's command to the leader has begun: it looked at the joiner before, and found it well. */
async function freezeJoinerAtAdd(target: Target): Promise<boolean> {
    const seen = await seenBeforeReconfiguring(target, async (servers) => {
        const leader = await servers.leader();
        const joiners = await servers.joiners();
        return leader && joiners.length > 0 ? { leader, joiner: pick(target.random, joiners) } : undefined;
    });
    const script = "until grep -qa ZooKeeperMai[n] /proc/[0-9]*/cmdline; do sleep 0.1; done; echo hit";
    return seen !== undefined && (await trap(seen.leader.name, script, target.over)) === "hit" && freeze(seen.joiner);
}

/** What was seen last before the ensemble is reconfigured, from when on there is no time for a look. */
async function seenBeforeReconfiguring<T>(
    { servers, isReconfiguring, over }: Target,
    find: (servers: Servers) => Promise<T | undefined>,
): Promise<T | undefined> {
    let seen = await find(servers);
    while (!over.aborted && (seen === undefined || !isReconfiguring())) {
        await pause(pollMs);
        seen = (await find(servers)) ?? seen;
    }
    return over.aborted ? undefined : seen;
}

/** What a killed server's container printed last may be lost with it, so it is said before. */
const killScript = "victim=$(</run/ensemble/pid) && echo hit && kill -9 $victim";
/** Two milliseconds without a process: a loop of them would be late, and heavy. */
const builtinPause = "read -rt 0.002 -u 9 || :";

/** Runs a script in a container that waits for a moment; it ends with the change, so that it hits no later one. */
async function trap(name: string, script: string, over: AbortSignal): Promise<string> {
    const flag = `/run/ensemble/trap-${Math.random().toString(36).slice(2)}`;
    const guarded = script.replace("; do ", `; do [[ -e ${flag} ]] || exit 0; `);
    const disarm = () => void inside(name, `rm -f ${flag}`);
    over.addEventListener("abort", disarm);
    try {
        const limited = `touch ${flag}; timeout ${trapSeconds} bash -c 'exec 9<> <(:); ${guarded}'; rm -f ${flag}`;
        return over.aborted ? "" : await inside(name, limited);
    } finally {
        over.removeEventListener("abort", disarm);
    }
}

/** Empty when the container is gone or stopped. */
async function inside(name: string, script: string): Promise<string> {
    return (await shell(name, script).catch(gone)) ?? "";
}

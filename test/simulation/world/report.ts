import { Configuration, countOf, epochSize, has, hex } from "./configuration";
import { Machine } from "./machine";
import { dropDeadProposal } from "./memberScript";
import { isObserver, Peer } from "./peer";
import { freeKiB, Look, pendingOn } from "./volumes";
import { holderOf, lookLive } from "./verbs";
import { World } from "./world";

/** All that a report of one machine depends on. */
export interface Shown {
    readonly state: Look["state"];
    readonly reason: string;
    readonly nonce: string;
    readonly life: string;
    readonly generation: string;
    readonly epoch: number;
    readonly isCopy: boolean;
    readonly isRest: boolean;
    readonly isStarted: boolean;
    readonly newest: Configuration | undefined;
    readonly pending: Configuration | undefined;
    readonly holder: string;
    readonly dataFreeKiB: number;
    readonly logFreeKiB: number;
    readonly asideKiB: number;
    /** `mute`: nobody is there, or a frozen process, which accepts and never answers. */
    readonly mode: "mute" | "serves not" | "leader" | "follower" | "observer";
    readonly zxid: number;
    readonly running: Configuration | undefined;
    /** Of a leader. */
    readonly synced: number;
    readonly nonVoting: number;
}

/** The answer of `member.sh report`. Most looks find a server as the one before did: its text is not made anew then. */
export function reportOf(world: World, machine: Machine): string {
    dropDeadProposal(world, machine);
    const shown = shownBy(world, machine);
    const before = machine.said;
    if (before && isSame(before.shown, shown)) return before.text;
    const text = textOf(shown) + answersOf(machine, shown);
    machine.said = { shown, text };
    return text;
}

function isSame(a: Shown, b: Shown): boolean {
    for (const key in a) if (a[key as keyof Shown] !== b[key as keyof Shown]) return false;
    return true;
}

function shownBy(world: World, machine: Machine): Shown {
    const { data, log } = world.volumesOf(machine.serverId);
    const look = lookLive(world, machine);
    const { peer } = machine;
    const mode = modeOf(peer);
    const counts = mode === "leader" ? countsOf(peer!) : nobody;
    return {
        state: look.state,
        reason: look.reason,
        nonce: look.state === "blank" ? "" : look.nonce,
        life: look.state === "blank" ? "" : look.life,
        generation: look.generation,
        epoch: look.epoch,
        isCopy: look.isCopy,
        isRest: look.state === "blank" && look.hasData && !look.isCopy,
        isStarted: machine.script === "zookeeper",
        newest: look.newest,
        pending: pendingOn(data),
        holder: holderOf(world, machine),
        dataFreeKiB: freeKiB(data),
        logFreeKiB: freeKiB(log),
        asideKiB: data.asideKiB,
        mode,
        zxid: peer?.serves ? appliedZxid(peer) : 0,
        running: peer?.config,
        synced: counts.synced,
        nonVoting: counts.nonVoting,
    };
}

function textOf(shown: Shown): string {
    const { newest, pending, holder, asideKiB } = shown;
    let text =
        `state=${shown.state}\nreason=${shown.reason}\nnonce=${shown.nonce}\ngeneration=${shown.generation}\n` +
        `epoch=${shown.epoch}\ncopy=${shown.isCopy ? "yes" : "no"}\n` +
        (shown.life === "" ? "" : `life=${shown.life}\n`) +
        (shown.isRest ? "rest=yes\n" : "") +
        `zookeeper=${shown.isStarted ? "running" : "stopped"}\n` +
        `configVersion=${newest ? hex(newest.version) : ""}\n`;
    if (newest) text += linesOf("config=", newest);
    if (pending) text += `next=${hex(pending.version)}\n` + linesOf("nextConfig=", pending);
    // Decided on by nobody; one that counts down would make every report another one.
    if (holder !== "") text += `lease=${holder}\nleaseSeconds=20\n`;
    text += `dataFreeKiB=${shown.dataFreeKiB}\nlogFreeKiB=${shown.logFreeKiB}\n`;
    return asideKiB > 0 ? `${text}asideKiB=${asideKiB}\n` : text;
}

function linesOf(prefix: string, { lines }: Configuration): string {
    return lines.map((line) => `${prefix}${line}\n`).join("");
}

function answersOf({ software, serverId }: Machine, { mode, zxid, running, synced, nonVoting }: Shown): string {
    if (mode === "mute") return "";
    if (mode === "serves not") {
        const no = "This ZooKeeper instance is not currently serving requests\n";
        return `srvr: ${no}conf: ${no}mntr: ${no}`;
    }
    const config = running!;
    const counts =
        `mntr: zk_synced_followers\t${synced}\nmntr: zk_synced_non_voting_followers\t${nonVoting}\n` +
        `mntr: zk_quorum_size\t${countOf(config.voters)}\n`;
    return (
        `srvr: Zookeeper version: ${software.version}-0, built on 2026-01-01\nsrvr: Latency min/avg/max: 0/0.5/9\n` +
        `srvr: Connections: 1\nsrvr: Zxid: 0x${hex(zxid)}\nsrvr: Mode: ${mode}\nsrvr: Node count: 9\n` +
        `conf: tickTime=${software.tickTimeMs}\nconf: serverId=${serverId}\n` +
        `conf: initLimit=${software.initLimitTicks}\nconf: syncLimit=5\nconf: membership: \n` +
        linesOf("conf: ", config) +
        `conf: version=${hex(config.version)}\n` +
        `mntr: zk_server_state\t${mode}\n${mode === "leader" ? counts : ""}`
    );
}

function modeOf(peer: Peer | undefined): Shown["mode"] {
    if (!peer || peer.isFrozen) return "mute";
    if (!peer.serves) return "serves not";
    if (peer.term) return "leader";
    return isObserver(peer) ? "observer" : "follower";
}

/** A leader that was just elected shows its epoch's zeroth zxid, which no transaction has. */
function appliedZxid({ term, link, history, data }: Peer): number {
    if (term)
        return term.counter === 0 || term.committed === 0 ? term.epoch * epochSize : zxidAt(history, term.committed);
    return Math.max(zxidAt(history, Math.min(link!.logged, link!.term.committed)), data.sentEpoch * epochSize);
}

function zxidAt(history: Peer["history"], count: number): number {
    return count === 0 ? 0 : history[count - 1]!.zxid;
}

const nobody = { synced: 0, nonVoting: 0 };

function countsOf(leader: Peer): { readonly synced: number; readonly nonVoting: number } {
    let synced = 0;
    let nonVoting = 0;
    for (const { phase, asObserver, peer } of leader.term!.links.values()) {
        if (asObserver || phase === "connecting") continue;
        synced += 1;
        if (!has(leader.config.voters, peer.id)) nonVoting += 1;
    }
    return { synced, nonVoting };
}

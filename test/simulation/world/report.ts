import { Configuration, countOf, epochSize, has, hex } from "./configuration";
import { Machine } from "./machine";
import { dropDeadProposal } from "./memberScript";
import { isObserver, Peer } from "./peer";
import { freeKiB, pendingOn } from "./volumes";
import { holderOf, lookLive } from "./verbs";
import { World } from "./world";

/** The answer of `member.sh report`. */
export function reportOf(world: World, machine: Machine): string {
    const { data, log } = world.volumesOf(machine.serverId);
    dropDeadProposal(world, machine);
    const look = lookLive(world, machine);
    const pending = pendingOn(data);
    const holder = holderOf(world, machine);
    const nonce = look.state === "blank" ? "" : look.nonce;
    let text =
        `state=${look.state}\nreason=${look.reason}\nnonce=${nonce}\ngeneration=${look.generation}\n` +
        `epoch=${look.epoch}\ncopy=${look.isCopy ? "yes" : "no"}\n` +
        (look.state === "blank" && look.hasData && !look.isCopy ? "rest=yes\n" : "") +
        `zookeeper=${machine.script === "zookeeper" ? "running" : "stopped"}\n` +
        `configVersion=${look.newest ? hex(look.newest.version) : ""}\n`;
    if (look.newest) text += linesOf("config=", look.newest);
    if (pending) text += `next=${hex(pending.version)}\n` + linesOf("nextConfig=", pending);
    // Decided on by nobody; one that counts down would make every report another one.
    if (holder !== "") text += `lease=${holder}\nleaseSeconds=20\n`;
    text += `dataFreeKiB=${freeKiB(data)}\nlogFreeKiB=${freeKiB(log)}\n`;
    if (data.asideKiB > 0) text += `asideKiB=${data.asideKiB}\n`;
    const { peer } = machine;
    // A frozen process accepts and never answers.
    return peer && !peer.isFrozen ? text + answersOf(machine, peer) : text;
}

const texts = new WeakMap<Configuration, Map<string, string>>();

function linesOf(prefix: string, config: Configuration): string {
    let known = texts.get(config);
    if (!known) texts.set(config, (known = new Map()));
    let text = known.get(prefix);
    if (text === undefined) {
        text = config.lines.map((line) => `${prefix}${line}\n`).join("");
        known.set(prefix, text);
    }
    return text;
}

function answersOf({ software }: Machine, peer: Peer): string {
    if (!peer.serves) {
        const no = "This ZooKeeper instance is not currently serving requests\n";
        return `srvr: ${no}conf: ${no}mntr: ${no}`;
    }
    const mode = modeOf(peer);
    return (
        `srvr: Zookeeper version: ${software.version}-0, built on 2026-01-01\nsrvr: Latency min/avg/max: 0/0.5/9\n` +
        `srvr: Connections: 1\nsrvr: Zxid: 0x${hex(appliedZxid(peer))}\nsrvr: Mode: ${mode}\nsrvr: Node count: 9\n` +
        `conf: tickTime=${software.tickTimeMs}\nconf: serverId=${peer.id}\n` +
        `conf: initLimit=${software.initLimitTicks}\nconf: syncLimit=5\nconf: membership: \n` +
        linesOf("conf: ", peer.config) +
        `conf: version=${hex(peer.config.version)}\n` +
        `mntr: zk_server_state\t${mode}\n${mode === "leader" ? countsOf(peer) : ""}`
    );
}

function modeOf(peer: Peer): string {
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

function countsOf(leader: Peer): string {
    let synced = 0;
    let nonVoting = 0;
    for (const { phase, asObserver, peer } of leader.term!.links.values()) {
        if (asObserver || phase === "connecting") continue;
        synced += 1;
        if (!has(leader.config.voters, peer.id)) nonVoting += 1;
    }
    return (
        `mntr: zk_synced_followers\t${synced}\nmntr: zk_synced_non_voting_followers\t${nonVoting}\n` +
        `mntr: zk_quorum_size\t${countOf(leader.config.voters)}\n`
    );
}

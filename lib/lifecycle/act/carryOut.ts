import { reasonOf } from "../../reasonOf";
import { Action, Refusal, refusalOf, RefusalReason } from "../decide/decision";
import { Forbidden, NoAnswer } from "../answers";
import { Machine, memberExit, Machines } from "../machines";
import { Observation, reportOf, serverIn } from "../observe/observation";
import { DiskState } from "../observe/report";
import { Lease } from "./lease";

/** What an action needs to be carried out. */
export interface Hands {
    readonly machines: Machines;
    readonly lease: Lease;
    /** The name of the founding, as the state has it, see `lifeOf`. */
    readonly nonce: string;
}

/** What became of an action: it was done, it has to be decided anew, or it can never be done. */
export type Outcome =
    | { readonly kind: "did" }
    | { readonly kind: "again"; readonly why: string }
    | { readonly kind: "refused"; readonly refusal: Refusal };

const did: Outcome = { kind: "did" };

/**
 * Carries an action out and decides nothing. The lease is confirmed by the servers right before, and each server asks
 * itself once more whether this deployment has its word, and whether what the action was decided on is still so. Where
 * the lease had to be waited for, another deployment may have changed everything: the action is decided anew.
 */
export async function carryOut(action: Action, observation: Observation, hands: Hands): Promise<Outcome> {
    const { waited } = await hands.lease.confirm();
    if (waited) {
        return { kind: "again", why: "it was waited for the lease, looking again" };
    }
    switch (action.do) {
        case "start":
            return each(action.ids, observation, (machine) => startMachine(hands, machine));
        case "restart":
            return each(action.ids, observation, (machine) => restart(hands, machine, diskOf(observation, machine)));
        case "stop":
            return each([action.id], observation, (machine, answers) => stopMachine(hands, machine, answers));
        case "bootstrap":
            return bootstrap(action, observation, hands);
        case "join": {
            const { version, lines } = action.configuration;
            const directive = ["join", version.toString(16), ...wordOf(action.life)].join(" ");
            return direct(action.ids, observation, hands, [directive, ...lines]);
        }
        case "adopt":
            return each(action.ids, observation, (machine) => {
                const { generation } = reportOf(serverIn(observation, machine.serverId).condition)!;
                return give(hands, machine, [`adopt ${generation}`]);
            });
        case "leave":
            return each(action.ids, observation, (machine) => leave(hands, machine, observation, action));
        case "forget":
            return forget(hands, machineOf(observation, action.id), action.version, observation);
        case "reconfigure":
            return reconfigure(hands, machineOf(observation, action.through), action);
        case "ensurePath":
            return ensurePath(hands, machineOf(observation, action.through), action.path);
    }
}

type Deed = (machine: Machine, answers: boolean) => Promise<Outcome>;

/** The same for several servers, none of which serves, or only one: at the same time. */
async function each(ids: readonly number[], observation: Observation, deed: Deed): Promise<Outcome> {
    const outcomes = await Promise.all(
        ids.map((id) => deed(machineOf(observation, id), reportOf(serverIn(observation, id).condition) !== undefined)),
    );
    const again = outcomes.flatMap((outcome) => (outcome.kind === "again" ? outcome.why : []));
    return (
        outcomes.find(({ kind }) => kind === "refused") ??
        (again.length > 0 ? { kind: "again", why: again.join("; ") } : did)
    );
}

function machineOf(observation: Observation, id: number): Machine {
    const { machine } = serverIn(observation, id);
    if (!machine) {
        throw new Error(`server ${id} has no machine that something could be done to`);
    }
    return machine;
}

/** What it said of its disk; nothing when it did not answer. */
function diskOf(observation: Observation, { serverId }: Machine): DiskState | undefined {
    return reportOf(serverIn(observation, serverId).condition)?.disk;
}

async function startMachine({ machines }: Hands, machine: Machine): Promise<Outcome> {
    try {
        await machines.start(machine);
        return did;
    } catch (error) {
        const text = `server ${machine.serverId} cannot be started: ${reasonOf(error)}`;
        if (error instanceof NoAnswer) {
            return { kind: "again", why: text };
        }
        return { kind: "refused", refusal: refusalOf(RefusalReason.CrashLoop, text, machine.serverId) };
    }
}

/** `decidedOn`: what the server was; one that is something else by now refuses, and a member that serves by now. */
async function stopMachine(hands: Hands, machine: Machine, answers: boolean, decidedOn?: DiskState): Promise<Outcome> {
    const forbidden = answers ? await withLease(hands, machine, ["permit", "stop", ...wordOf(decidedOn)]) : did;
    if (forbidden.kind !== "did") {
        return forbidden;
    }
    return endMachine(hands, machine);
}

/** What failed once may go a moment later, and the next look tells whether it happened after all. */
async function endMachine({ machines }: Hands, machine: Machine): Promise<Outcome> {
    try {
        await machines.stop(machine);
        return did;
    } catch (error) {
        const text = `server ${machine.serverId} cannot be stopped: ${reasonOf(error)}`;
        return error instanceof Forbidden
            ? { kind: "refused", refusal: refusalOf(RefusalReason.NotAllowed, text, machine.serverId) }
            : { kind: "again", why: text };
    }
}

/** Only who does not serve is started again: since the look it may have come to that. */
async function restart(hands: Hands, machine: Machine, decidedOn: DiskState | undefined): Promise<Outcome> {
    const stopped = await stopMachine(hands, machine, decidedOn !== undefined, decidedOn);
    return stopped.kind === "did" ? startMachine(hands, machine) : stopped;
}

/**
 * A server that is named in the configuration that it runs with refuses to leave, whatever the deployer believes. One
 * that does not touch its volumes cannot mark them either, and does not start with them.
 */
async function leave(
    hands: Hands,
    machine: Machine,
    observation: Observation,
    { version, life }: Extract<Action, { do: "leave" }>,
): Promise<Outcome> {
    const report = reportOf(serverIn(observation, machine.serverId).condition);
    if (!report || report.disk === "refused") {
        return stopMachine(hands, machine, report !== undefined);
    }
    const left = await withLease(hands, machine, ["leave", version.toString(16), ...wordOf(life)]);
    if (left.kind !== "did") {
        // It may hear of the configuration without it a moment later than the leader.
        return { kind: "again", why: said(left) };
    }
    return endMachine(hands, machine);
}

async function bootstrap(
    { ids, lines, nonce, isOverRests }: Extract<Action, { do: "bootstrap" }>,
    observation: Observation,
    hands: Hands,
): Promise<Outcome> {
    const directive = `bootstrap ${nonce ?? hands.nonce}${isOverRests ? " anew" : ""}`;
    const outcome = await direct(ids, observation, hands, [directive, ...lines]);
    // Left over from a founding that never formed a quorum and that this state knows nothing of: it starts over. One
    // that has its quorum by now serves, and may have acknowledged something.
    const leftOver = ids.filter((id) => serverIn(observation, id).condition.is === "bootstrapping");
    return outcome.kind === "did"
        ? each(leftOver, observation, (machine) => restart(hands, machine, "bootstrapping"))
        : outcome;
}

async function forget(hands: Hands, machine: Machine, version: bigint, observation: Observation): Promise<Outcome> {
    const forgotten = await withLease(hands, machine, ["forget", version.toString(16)]);
    if (forgotten.kind !== "did") {
        return { kind: "again", why: `server ${machine.serverId} does not forget: ${said(forgotten)}` };
    }
    return restart(hands, machine, diskOf(observation, machine));
}

/** A word that may be missing. */
function wordOf(text: string | undefined): string[] {
    return text === undefined ? [] : [text];
}

function direct(
    ids: readonly number[],
    observation: Observation,
    hands: Hands,
    directive: readonly string[],
): Promise<Outcome> {
    return each(ids, observation, (machine) => give(hands, machine, directive));
}

/** A server that is starting or stopping right now does not take it: that is looked at again, not an error. */
async function give(hands: Hands, machine: Machine, directive: readonly string[]): Promise<Outcome> {
    const encoded = Buffer.from(directive.join("\n")).toString("base64");
    const outcome = await withLease(hands, machine, ["directive", encoded]);
    return outcome.kind === "did"
        ? did
        : {
              kind: "again",
              why: `server ${machine.serverId} does not take the directive "${directive[0]}": ${said(outcome)}`,
          };
}

/** Fenced by the version: when anything changed since the look, the servers refuse and it is looked at again. */
async function reconfigure(
    hands: Hands,
    machine: Machine,
    { version, add, remove }: Extract<Action, { do: "reconfigure" }>,
): Promise<Outcome> {
    const changes = [...add.map((line) => `add=${line}`), ...remove.map((id) => `remove=${id}`)];
    const outcome = await withLease(hands, machine, ["reconfig", version.toString(16), ...changes]);
    if (outcome.kind !== "refused") {
        return outcome;
    }
    const text = `the membership cannot be changed (${changes.join(" ")}): ${said(outcome)}`;
    return { kind: "refused", refusal: refusalOf(RefusalReason.ReconfigurationRefused, text, machine.serverId) };
}

async function ensurePath(hands: Hands, machine: Machine, path: string): Promise<Outcome> {
    const outcome = await withLease(hands, machine, ["ensure-path", path]);
    if (outcome.kind !== "refused") {
        return outcome;
    }
    const text = `the chroot ${path} cannot be made: ${said(outcome)}`;
    return { kind: "refused", refusal: refusalOf(RefusalReason.ReconfigurationRefused, text, machine.serverId) };
}

function said(outcome: Exclude<Outcome, { kind: "did" }>): string {
    return outcome.kind === "again" ? outcome.why : outcome.refusal.text;
}

/** Asks the server to do it only while this deployment, or nobody, has its word. */
async function withLease({ machines, lease }: Hands, machine: Machine, words: readonly string[]): Promise<Outcome> {
    let result;
    try {
        result = await machines.member(machine, ["with-lease", lease.token, ...words]);
        if (isOfFirstRelease(result.output)) {
            result = await machines.member(machine, inFirstReleasesWords(words));
        }
    } catch (error) {
        return { kind: "again", why: `server ${machine.serverId} does not answer: ${reasonOf(error)}` };
    }
    const why = result.output.trim().split("\n").pop()!;
    switch (result.exitCode) {
        case memberExit.done:
            return did;
        case memberExit.refused:
        case memberExit.malformed:
            return { kind: "refused", refusal: refusalOf(RefusalReason.ReconfigurationRefused, why, machine.serverId) };
        default:
            return { kind: "again", why: `not yet certain (${why}), looking again` };
    }
}

/** Its servers are upgraded one at a time by this very deployment; until then they know neither fence nor new names. */
function isOfFirstRelease(output: string): boolean {
    return output.includes("unknown verb 'with-lease'");
}

function inFirstReleasesWords(words: readonly string[]): readonly string[] {
    switch (words[0]) {
        case "permit":
            // Asks nothing that it knows: a report shows at least that it answers.
            return ["report"];
        case "leave":
            return ["leave"];
        case "directive": {
            const text = Buffer.from(words[1]!, "base64").toString("utf8");
            const old = text
                .replace(/^bootstrap (\S+).*$/m, "found $1")
                .replace(/^join (\S+).*$/m, "member $1")
                .replace(/^adopt /, "keep ");
            return ["word", Buffer.from(old).toString("base64")];
        }
        default:
            return words;
    }
}

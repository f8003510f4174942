import { memberIds, votersOf } from "../../zookeeper/serverLines";
import { describe, listed } from "../observe/describe";
import { all, Observation, Observed, reportOf, serverIn } from "../observe/observation";
import { act, Action, Decision, refuse, RefusalReason, wait } from "./decision";
import { copiesIn, describeWaitingCopies } from "./volumeCopies";
import { idsOf, Wanted } from "./wanted";

/** What is known of earlier foundings and accepted losses when the last gate begins. */
export interface FoundingContext {
    /** Recorded in the state before any server is told to found, with the loss that was accepted last: see `lifeOf`. */
    readonly nonce: string;
    /** The last gate has passed before: data was there. */
    readonly wasFounded: boolean;
    /** The life that it passed in: nobody founds that any more, whoever was told to. */
    readonly foundedLife: string | undefined;
    /** A name that this `up` brings and the state does not have yet. */
    readonly acceptsDataLoss: boolean;
    readonly acceptsRollback: boolean;
    /** What this `up` is about besides: a return to copies stands alone. */
    readonly alsoChanges: readonly string[];
    /** Names that were accepted before, for the error. */
    readonly acceptedBefore: { readonly dataLoss: string | undefined; readonly rollback: string | undefined };
    /** Where nobody was seen to have data. */
    readonly place: string | undefined;
    /** By the calendar, as an example of a name. */
    readonly today: string;
}

/**
 * Nobody has data that may vote: is the ensemble founded, or was its data lost?
 *
 *   1. Copies: with consent they are adopted, when nothing newer can be anywhere; else refused.
 *   2. Nobody may have been told to found an ensemble with servers that the program lacks: those and the ones that are
 *      told now could form two majorities that do not know of each other.
 *   3. Everybody that is known must have answered, and be blank, told to found or have left: others may have data. Whom
 *      the program lacks, and nobody else starts, is started to be asked; where it has no machine, its volumes may have
 *      the data: that is a loss of all data, to be accepted.
 *   4. It was founded before, and nobody is being told to found by the nonce of the state: all data is lost. So it is
 *      when somebody has left, or half a disk holds the rest of an ensemble's data, whatever the state knows. Refused,
 *      without consent.
 *   5. A founding that has begun goes on with the servers and the nonce that it began with, where all of them are in
 *      the program, as they were told it: those who were told may get their quorum at any moment, and take no other
 *      word. The others join afterwards.
 *   6. Else all wanted servers are told to found, by the nonce that the state has; over such rests only by consent.
 *      Those that had left are not, whose old data is no beginning: they join afterwards.
 */
export function found(wanted: Wanted, observation: Observation, context: FoundingContext): Decision {
    const copies = copiesIn(observation);
    if (copies.waiting.length > 0) {
        return adoptOrRefuse(observation, copies, context);
    }
    const larger = largerFounding(wanted, observation);
    if (larger) {
        return larger;
    }
    const unknown = all(observation).filter(
        ({ condition }) => !["blank", "bootstrapping", "left"].includes(condition.is),
    );
    const elsewhere = unknown.filter(({ id, condition }) => condition.is === "absent" && !idsOf(wanted).includes(id));
    if (unknown.length > elsewhere.length) {
        return askStopped(wanted, unknown);
    }
    const founders = wanted.servers.filter(({ id }) => serverIn(observation, id).condition.is !== "left");
    const servers = founders.map(({ id }) => serverIn(observation, id));
    const untold = servers.filter((server) => !isFounding(server, context)).map(({ id }) => id);
    const nobodyFounds = untold.length === servers.length;
    const hasLeft = all(observation).some(({ condition }) => condition.is === "left");
    const rests = servers.filter(({ condition }) => reportOf(condition)!.isRest).map(({ id }) => id);
    const isLost = ((context.wasFounded || hasLeft) && nobodyFounds) || rests.length > 0 || elsewhere.length > 0;
    if (isLost && !context.acceptsDataLoss) {
        return everythingLost(context, rests, elsewhere);
    }
    const moved = addressesChanged(wanted, observation, context);
    if (moved) {
        return moved;
    }
    const begun = rests.length > 0 ? undefined : foundingThatBegan(wanted, observation, context);
    if (begun) {
        return goOn(begun, observation, context);
    }
    const lines = founders.map(({ line }) => line);
    if (votersOf(lines).length === 0) {
        return onlyLeft(wanted);
    }
    return tellOrWait({ ids: untold, lines, isOverRests: rests.length > 0 });
}

function tellOrWait(founding: Omit<Extract<Action, { do: "bootstrap" }>, "do">): Decision {
    return founding.ids.length > 0
        ? act({ do: "bootstrap", ...founding }, `server ${listed(founding.ids)} is told to found the ensemble`)
        : wait("founding: waits for the first quorum");
}

/** Of a server's line: its role can be changed later, by a reconfiguration. */
function addressOf(line: string): string {
    return line.replace(/:(participant|observer)(?=;|$)/, "");
}

/** A founding of this state that was interrupted, and a program with other addresses or ports. */
function addressesChanged(
    { servers }: Wanted,
    observation: Observation,
    context: FoundingContext,
): Decision | undefined {
    const told = all(observation).filter((server) => isFounding(server, context));
    const lines = told.flatMap(({ condition }) => reportOf(condition)!.stored.lines);
    const lineOf = (id: number) => lines.find((line) => memberIds([line]).includes(id));
    const others = servers.filter(({ id, line }) => addressOf(lineOf(id) ?? line) !== addressOf(line));
    if (others.length === 0) {
        return undefined;
    }
    const [first] = others;
    const text =
        `server ${listed(told.map(({ id }) => id))} was told to found the ensemble with other addresses or ports of ` +
        `server ${listed(others.map(({ id }) => id))} than this program has (${lineOf(first!.id)}, now ${first!.line}), and waits ` +
        `for those: set them back and run \`pulumi up\`, which goes on with that founding; then change them`;
    return refuse(RefusalReason.AddressChanged, text);
}

interface Begun {
    readonly nonce: string;
    readonly lines: readonly string[];
}

/**
 * What all who are told to found were told, when it is the same and is still wanted. To tell some of them, or others,
 * something else could give two ensembles: a server that was told to be alone, and a majority of those that were told
 * to be with it.
 */
function foundingThatBegan(
    { servers }: Wanted,
    observation: Observation,
    { foundedLife }: FoundingContext,
): Begun | undefined {
    const told = all(observation).flatMap(({ condition }) => {
        const report = condition.is === "bootstrapping" ? reportOf(condition)! : undefined;
        return report && report.nonce !== foundedLife ? [{ nonce: report.nonce, lines: report.stored.lines }] : [];
    });
    const [first] = told;
    const isSame = ({ nonce, lines }: Begun) =>
        nonce === first!.nonce && [...lines].sort().join("\n") === [...first!.lines].sort().join("\n");
    const isWanted = first?.lines.every((each) => servers.some(({ line }) => addressOf(line) === addressOf(each)));
    return first && first.lines.length > 0 && isWanted && told.every(isSame) ? first : undefined;
}

function goOn({ nonce, lines }: Begun, observation: Observation, context: FoundingContext): Decision {
    const other = nonce === context.nonce ? {} : { nonce };
    const untold = memberIds(lines).filter((id) => serverIn(observation, id).condition.is === "blank");
    return tellOrWait({ ids: untold, lines, ...other, isOverRests: false });
}

function askStopped(wanted: Wanted, unknown: readonly Observed[]): Decision {
    const stopped = unknown.filter(({ id, condition }) => condition.is === "stopped" && !idsOf(wanted).includes(id));
    const ids = stopped.map(({ id }) => id);
    return stopped.length === unknown.length
        ? act({ do: "start", ids }, `server ${listed(ids)} is started, to be asked whether it has data`)
        : wait(unknown.map((server) => `server ${server.id}: ${describe(server)}`).join("; "));
}

function onlyLeft(wanted: Wanted): Decision {
    const text =
        `all data was lost but that of servers that had left before, and no other voter is in the program: what they ` +
        `have is old, and nothing begins with it. Put another voter into the program (size, servers) besides server ` +
        `${listed(idsOf(wanted))} and run \`pulumi up\` again`;
    return refuse(RefusalReason.DataLoss, text);
}

/** A founding that was interrupted, of a program that had more servers. */
function largerFounding(wanted: Wanted, observation: Observation): Decision | undefined {
    const told = all(observation).filter(({ condition }) => condition.is === "bootstrapping");
    const named = new Set(told.flatMap(({ condition }) => memberIds(reportOf(condition)!.stored.lines)));
    const missing = [...named].filter((id) => !idsOf(wanted).includes(id));
    if (missing.length === 0) {
        return undefined;
    }
    const text =
        `server ${listed(told.map(({ id }) => id))} was told to found an ensemble together with server ` +
        `${listed(missing)}, which this program lacks: two could be founded that do not know of each other. Put server ` +
        `${listed(missing)} back into the program (size, servers) and run \`pulumi up\`, which goes on with that founding; ` +
        `then take them out and run \`pulumi up\` again`;
    return refuse(RefusalReason.SmallerProgram, text);
}

/** One that was told at the beginning of this life, and never was in a quorum, has slept through all of it. */
function isFounding({ condition }: Observed, { nonce, foundedLife }: FoundingContext): boolean {
    return condition.is === "bootstrapping" && nonce !== foundedLife && reportOf(condition)!.nonce === nonce;
}

function adoptOrRefuse(
    observation: Observation,
    copies: ReturnType<typeof copiesIn>,
    context: FoundingContext,
): Decision {
    const text = describeWaitingCopies(copies);
    const ids = copies.waiting.map(({ id }) => id);
    if (copies.obstacle === undefined && context.acceptsRollback) {
        if (context.alsoChanges.length > 0) {
            const others = context.alsoChanges.join("; ");
            const rule = "lifecycle.acceptRollback is taken in an `up` that changes nothing else";
            return refuse(RefusalReason.CopiesNeedConsent, `${text}. ${rule}, and this one does (${others})`);
        }
        return act(
            { do: "adopt", ids },
            `server ${listed(ids)} is told to adopt the copy that its volumes are: what was acknowledged after those ` +
                `were made is not in them`,
        );
    }
    // Who has not answered yet may change what stands against it.
    if (all(observation).some(({ condition }) => !reportOf(condition))) {
        return wait(text);
    }
    return refuse(RefusalReason.CopiesNeedConsent, text + usedUp(context.acceptedBefore.rollback));
}

function everythingLost(context: FoundingContext, rests: readonly number[], elsewhere: readonly Observed[]): Decision {
    const rest =
        rests.length === 0
            ? ""
            : ` (server ${listed(rests)} has the rest of it on one volume of two, which is not enough to serve)`;
    const ids = listed(elsewhere.map(({ id }) => id));
    const missing =
        elsewhere.length === 0
            ? ""
            : ` Server ${ids} belonged to it, and this program lacks it: put it back (size, servers) when its volumes ` +
              `may still be there.`;
    const here =
        context.place === undefined
            ? ""
            : ` That is what is to be seen at ${context.place}: where the ensemble is somewhere else, set the provider and ` +
              `the environment to there, and accept nothing.`;
    return refuse(
        RefusalReason.DataLoss,
        `this ensemble was founded before, and now no server has any data${rest}: all of it would be lost for good.` +
            `${missing}${here} Stop the servers, give the volumes back (or a backup of all of them) and run \`pulumi up\` ` +
            `again; to start anew with nothing, set lifecycle.acceptDataLoss to a text that names this loss, such as ` +
            `"${context.today}"${usedUp(context.acceptedBefore.dataLoss)}`,
    );
}

/** Each text accepts one event: one that stays in the program must not accept the next one unseen. */
function usedUp(before: string | undefined): string {
    return before === undefined ? "" : ` (not "${before}", which accepted an earlier one)`;
}

import { differingReasons, ReplaceReason } from "../specification";

/**
 * What a change of a public argument does to an ensemble that lives. From these tables follow the column "a change" of
 * the documents, and what the tests expect of the digests, the markers and the previews.
 */
export type Change =
    /** Each server that it concerns is restarted, mostly with a new machine: one at a time, the leader last. */
    | { readonly is: "roll"; readonly reason: ReplaceReason; readonly inPlaceWith?: string }
    | { readonly is: Exclude<keyof typeof texts, "roll"> };

const texts = {
    roll: "one server at a time",
    /** What is there gets another property; no server restarts. */
    inPlace: "in place",
    /** Servers join, leave or change their role; nobody who stays restarts. */
    membership: "membership change, no restarts",
    /** Before anything is touched, mostly by the preview. */
    refused: "refused while the ensemble lives",
    stopOrStart: "stops or starts all servers",
    /** Servers and volumes that are there keep what they were made with. */
    newServers: "new servers only",
    founding: "ignored after the first `up`",
    /** It allows something, or says how long to wait: by itself it changes neither servers nor what they are given. */
    nothing: "nothing by itself",
} as const;

/**
 * By path, `[]` for the entries of a list. What stands for a group holds for all below it that has no line of its own.
 */
export type Changes = Readonly<Record<string, Change>>;

/** With `inPlaceWith` the named argument, when it is given, leaves nothing of the reason: then it happens in place. */
export function roll(reason: ReplaceReason, inPlaceWith?: string): Change {
    return { is: "roll", reason, ...(inPlaceWith !== undefined && { inPlaceWith }) };
}
export const inPlace: Change = { is: "inPlace" };
export const membershipChange: Change = { is: "membership" };
export const refused: Change = { is: "refused" };
export const stopOrStart: Change = { is: "stopOrStart" };
export const newServersOnly: Change = { is: "newServers" };
export const foundingOnly: Change = { is: "founding" };
export const nothing: Change = { is: "nothing" };

/** The arguments that are the same on every platform; each platform has a table of its own. */
export const commonChanges: Changes = {
    size: membershipChange,
    observers: membershipChange,
    "servers[].id": membershipChange,
    "servers[].role": membershipChange,
    "servers[].address": refused,
    "servers[].ports.client": refused,
    "servers[].ports.peer": refused,
    "servers[].ports.election": refused,
    "servers[].ports.admin": roll(ReplaceReason.Configuration),
    "servers[].ports.metrics": roll(ReplaceReason.Configuration),
    "ports.client": refused,
    "ports.peer": refused,
    "ports.election": refused,
    "ports.admin": roll(ReplaceReason.Configuration),
    "ports.metrics": roll(ReplaceReason.Configuration),
    version: roll(ReplaceReason.Version),
    config: roll(ReplaceReason.Configuration),
    jvm: roll(ReplaceReason.Jvm),
    chroot: inPlace,
    ensembleId: refused,
    "lifecycle.servingTimeoutSeconds": nothing,
    "lifecycle.membershipTimeoutSeconds": nothing,
    "lifecycle.gates": nothing,
    "lifecycle.running": stopOrStart,
    "lifecycle.acceptDataLoss": nothing,
    "lifecycle.acceptRollback": nothing,
    "lifecycle.restartTrigger": roll(ReplaceReason.RestartTrigger),
    "lifecycle.allowDowngrade": nothing,
};

/** The line of an argument: its own, or that of the nearest group around it. */
export function changeOf(path: string, changes: Changes): Change | undefined {
    const around = path.slice(0, Math.max(0, path.lastIndexOf(".")));
    return changes[path] ?? (around === "" ? undefined : changeOf(around, changes));
}

/** As the documents say it, with the reason that a preview and an `up` name. */
export function changeText(change: Change): string {
    if (change.is !== "roll") {
        return texts[change.is];
    }
    const otherwise = change.inPlaceWith === undefined ? "" : `; in place with \`${change.inPlaceWith}\``;
    return `${texts.roll} (${change.reason})${otherwise}`;
}

/** Why a server's machine is made or replaced. */
export type ChangeReason = ReplaceReason | "no machine" | "another release of this library";

/** Nothing when the machine is as wanted. Where no part differs, files that the library brings itself do. */
export function reasonsToReplace(actual: string, wanted: string): readonly ChangeReason[] {
    if (actual === wanted) {
        return [];
    }
    const reasons = differingReasons(actual, wanted);
    return reasons.length > 0 ? reasons : ["another release of this library"];
}

/** As a preview and an `up` tell it of a server that is there. */
export function restartText(id: number, reasons: readonly ChangeReason[]): string {
    return `server ${id} is restarted: ${reasons.join(", ")}`;
}

// Changes that make any legal history illegal, whatever else is in it. Undefined where the history offers no place.
import { isAcknowledged, type Operation } from "./operation";
import { pick, type Random } from "./random";

type Mutation = (history: readonly Operation[], random: Random) => Operation[] | undefined;

const isRegister = ({ path }: Operation) => path.startsWith("/r");

export const mutations: Record<string, Mutation> = {
    "an acknowledged append is missing at the end": (history, random) => {
        const lost = one(history, random, (it) => it.kind === "append" && isAcknowledged(it));
        return lost && withElements(history, (all) => all.filter(({ value }) => value !== lost.value));
    },
    "a failed append is there": (history, random) => {
        const failed = one(history, random, (it) => it.kind === "append" && it.outcome === "failed");
        return failed && withElements(history, (all) => [...all, { value: failed.value! }]);
    },
    "an element is there twice": (history, random) => {
        const elements = history.find((it) => it.elements)!.elements!;
        return elements.length === 0 ? undefined : withElements(history, (all) => [...all, pick(random, elements)]);
    },
    "a version is won twice": (history, random) => {
        const winner = one(history, random, (it) => it.kind === "cas" && isAcknowledged(it));
        return winner && [...history, { ...winner, value: "intruder", session: "intruder", mzxid: undefined }];
    },
    "a success gives another version": (history, random) => {
        const cas = one(history, random, (it) => it.kind === "cas" && isAcknowledged(it));
        return cas && replace(history, cas, { version: cas.version! + 1 });
    },
    "the last acknowledged write is invisible": (history, random) => {
        const end = one(history, random, (it) => it.kind === "readout" && isRegister(it) && it.outcome === "ok");
        const last = end && history.find((it) => it.path === end.path && it.value === end.readValue);
        const previous = end && writeOf(history, end.path, end.version! - 1);
        if (!last || !isAcknowledged(last) || !previous) return undefined;
        return replace(history, end, { version: previous.version, readValue: previous.value, mzxid: previous.mzxid });
    },
    "a session goes back": (history, random) => {
        const seen = one(history, random, (it) => isRegister(it) && it.outcome === "ok" && it.version! > 0);
        const previous = seen && writeOf(history, seen.path, seen.version! - 1);
        if (!previous) return undefined;
        const endNs = Math.max(...history.map(({ returnedNs }) => returnedNs));
        const { path, process, session } = seen;
        const shown = { version: previous.version, readValue: previous.value, mzxid: previous.mzxid };
        const times = { invokedNs: endNs + 1, returnedNs: endNs + 2 };
        return [...history, { kind: "read", path, process, session, outcome: "ok", ...shown, ...times }];
    },
    "a read shows what nobody wrote": (history, random) => {
        const read = one(history, random, (it) => it.kind === "read" && it.outcome === "ok");
        return read && replace(history, read, { readValue: "nobody's" });
    },
    "a visible write was answered with a failure": (history, random) => {
        const end = one(history, random, (it) => it.kind === "readout" && isRegister(it) && it.outcome === "ok");
        const last = end && history.find((it) => it.value === end.readValue && it.kind === "cas");
        return last && replace(history, last, { outcome: "failed", error: "BAD_VERSION", version: undefined });
    },
    "a write begins after its effect was read out": (history, random) => {
        const write = one(history, random, (it) => isRegister(it) && isAcknowledged(it));
        const endNs = Math.max(...history.map(({ returnedNs }) => returnedNs));
        return write && replace(history, write, { invokedNs: endNs + 1, returnedNs: endNs + 2, session: "late" });
    },
};

function one(history: readonly Operation[], random: Random, suits: (it: Operation) => boolean): Operation | undefined {
    const candidates = history.filter(suits);
    return candidates.length === 0 ? undefined : pick(random, candidates);
}

function writeOf(history: readonly Operation[], path: string, version: number): Operation | undefined {
    return history.find((it) => it.path === path && isAcknowledged(it) && it.version === version);
}

function replace(history: readonly Operation[], old: Operation, changes: Partial<Operation>): Operation[] {
    return history.map((it) => (it === old ? { ...it, ...changes } : it));
}

function withElements(
    history: readonly Operation[],
    change: (elements: NonNullable<Operation["elements"]>) => NonNullable<Operation["elements"]>,
): Operation[] {
    return history.map((it) => (it.elements ? { ...it, elements: change(it.elements) } : it));
}

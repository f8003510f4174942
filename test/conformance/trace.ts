import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parse } from "yaml";

/** What both worlds can do to servers, as it stands in a trace: the name of a step, and of whom. */
export const actsOnServers = [
    ...["make", "start", "stop", "kill", "crash", "freeze", "thaw"],
    ...["cutOff", "reconnect", "makeRoom", "backUp", "restore", "unstamp"],
] as const;
export type ActOnServers = (typeof actsOnServers)[number];
export type Volume = "data" | "log" | "both";

/** Through a server, fenced by a version: see `versionOf` in player.ts. */
export interface Reconfiguration {
    readonly through: string;
    readonly add?: readonly string[];
    readonly observe?: readonly string[];
    readonly remove?: readonly string[];
    readonly version?: string;
    readonly lease?: string;
    /** Words instead of all that. */
    readonly raw?: string;
}

/** One that is proposed when these servers were just cut off, or frozen. */
export interface Proposal extends Reconfiguration {
    readonly cutOff?: readonly string[];
    readonly freeze?: readonly string[];
}

export type Step = (
    | { readonly act: ActOnServers; readonly servers: readonly string[] }
    | { readonly act: "write"; readonly through: string; readonly times: number }
    | { readonly act: "tell" | "leave"; readonly words: Readonly<Record<string, string>> }
    /** That the reconfiguration that each has pending, or the one of this version, can never commit. */
    | { readonly act: "forget"; readonly words: Readonly<Record<string, string>> }
    | { readonly act: "wipe" | "fill"; readonly volumes: Readonly<Record<string, Volume>> }
    /** The second one gets copies of the first one's volumes. */
    | { readonly act: "give"; readonly of: string; readonly to: string }
    /** A `.next` as a leader that died at once left it behind: with a version of the present epoch, and in no log. */
    | { readonly act: "forge"; readonly servers: readonly string[] }
    | { readonly act: "reconfig"; readonly change: Reconfiguration }
    /** The same, and nobody waits for its answer: until this server has it pending. */
    | { readonly act: "propose"; readonly change: Proposal }
    /** Renewed all the time, as a deployer does it, until it is released or its deployer dies. */
    | { readonly act: "take" | "release" | "permit"; readonly token: string; readonly servers: readonly string[] }
    | { readonly act: "deployerDies"; readonly token: string }
) & {
    /** What every verb of this step ends with; what is chance as `done or undecided`. */
    readonly gives?: string;
    /** Who leads afterwards; where it is not said, anybody may. */
    readonly leads?: string;
    /** What is to be read of a server afterwards: the point of the trace, in the words of view.ts. */
    readonly so?: Readonly<Record<string, string>>;
};

export interface Trace {
    readonly name: string;
    /** The file that it stands in. */
    readonly group: string;
    /** Servers of an ensemble that was founded before the first step: L, which leads, F1, F2, …, which follow. */
    readonly founded: number;
    /** Whether a client has written before the first step: without it, little in ZooKeeper is as it is later. */
    readonly isWritten: boolean;
    /** Servers with empty volumes, before the first step: A, B, C, … */
    readonly blank: number;
    /** Volumes that can be filled. */
    readonly smallVolumes: boolean;
    readonly steps: readonly Step[];
}

type Raw = Record<string, unknown>;

export function readTraces(): Trace[] {
    const folder = join(__dirname, "traces");
    return readdirSync(folder).flatMap((file) => {
        const raw = parse(readFileSync(join(folder, file), "utf8")) as Raw[];
        return raw.map((trace) => readTrace(trace, basename(file, ".yaml")));
    });
}

function readTrace({ trace, founded = 0, blank = 0, unwritten = false, steps, ...more }: Raw, group: string): Trace {
    const name = String(trace);
    if (Object.keys(more).length > 0) throw new Error(`trace "${name}": unknown ${Object.keys(more).join(", ")}`);
    const read = (steps as Raw[]).map((step, at) => {
        try {
            return readStep(step);
        } catch (error) {
            throw new Error(`trace "${name}", step ${at + 1}: ${(error as Error).message}`);
        }
    });
    const smallVolumes = read.some(({ act }) => act === "fill");
    const isWritten = unwritten !== true;
    return { name, group, founded: Number(founded), isWritten, blank: Number(blank), smallVolumes, steps: read };
}

function readStep({ gives, leads, so, ...act }: Raw): Step {
    const [[name, argument] = ["", undefined], ...more] = Object.entries(act);
    if (more.length > 0) throw new Error(`two acts in one step: ${Object.keys(act).join(", ")}`);
    // Only what is said: the types have no place for undefined.
    const said = Object.fromEntries(Object.entries({ gives, leads, so }).filter(([, value]) => value !== undefined));
    return { ...readAct(name, argument), ...said };
}

function readAct(act: string, argument: unknown): Step {
    const map = (argument ?? {}) as Record<string, string>;
    if ((actsOnServers as readonly string[]).includes(act) || act === "forge") {
        return { act: act as ActOnServers, servers: listOf(argument) };
    }
    switch (act) {
        case "write":
            return typeof argument === "string"
                ? { act, through: argument, times: 1 }
                : { act, through: map["through"]!, times: Number(map["times"]) };
        case "tell":
        case "leave":
        case "forget":
            return { act, words: map };
        case "wipe":
        case "fill":
            return { act, volumes: map as Record<string, Volume> };
        case "give":
            return { act, of: map["of"]!, to: map["to"]! };
        case "reconfig":
        case "propose":
            return { act, change: map as unknown as Proposal };
        case "take":
        case "release":
        case "permit":
            return { act, token: map["token"]!, servers: listOf(map["on"]) };
        case "deployerDies":
            return { act, token: String(argument) };
        default:
            throw new Error(`no such act: ${act}`);
    }
}

function listOf(value: unknown): string[] {
    return [value ?? []].flat().map(String);
}

/** A step as a person reads it. */
export function told(step: Step): string {
    const text = (value: unknown) =>
        JSON.stringify(value)
            .replace(/["{}[\]]/g, "")
            .replace(/([,:])/g, "$1 ");
    const others = Object.entries(step).filter(([key]) => !["act", "gives", "leads", "so"].includes(key));
    return [step.act, ...others.map(([, value]) => text(value))].join(" ");
}

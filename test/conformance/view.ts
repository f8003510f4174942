import { parseReport, Report } from "../../lib/lifecycle/observe/report";
import { membersOfLine } from "./lines";
import { Seen } from "./stage";

/**
 * What the reports of all servers say, without what differs between two plays of one trace: names for ids, ranks for
 * versions, numbers for generations; no addresses, no times, and not who leads.
 */
export type View = ReadonlyMap<string, string>;

/** What was seen in settled worlds: from it versions and generations get their names. */
export class Memory {
    readonly #versions = new Set<bigint>();
    readonly #generations = new Map<number, string[]>();
    readonly #restarts = new Map<number, number>();
    /** Those that end at every start. */
    readonly #dying = new Set<number>();

    constructor(private readonly nameOf: (id: number) => string) {}

    /** A world that is settled: what is in it is known from now on. */
    settled(seen: readonly Seen[]): void {
        const reports = seen.map(({ report }) => (report === undefined ? undefined : parseReport(report)));
        for (const version of versionsIn(reports)) this.#versions.add(version);
        seen.forEach((one, at) => {
            const { id, restarts } = one;
            const report = reports[at];
            if (this.#isDying(one, report)) this.#dying.add(id);
            else this.#dying.delete(id);
            if (report) this.#generations.set(id, this.#generationsOf(id, report));
            this.#restarts.set(id, restarts);
        });
    }

    view(seen: readonly Seen[], leads: string | undefined): View {
        const reports = seen.map(({ report }) => (report === undefined ? undefined : parseReport(report)));
        const context: Context = {
            versions: [...new Set([...this.#versions, ...versionsIn(reports)])].sort((a, b) => (a < b ? -1 : 1)),
            newestEpoch: reports.reduce((max, report) => (report && report.epoch > max ? report.epoch : max), -1n),
            leaderZxid: undefined,
            nameOf: this.nameOf,
        };
        const leading = seen.filter((_, at) => reports[at]?.serving?.mode === "leader");
        // Who of them is behind a leader that was just elected depends on who that is.
        if (leads !== undefined && leading.length === 1)
            context.leaderZxid = reports[seen.indexOf(leading[0]!)]!.serving!.zxid;
        const names = leading.map(({ id }) => this.nameOf(id)).join(", ") || "nobody";
        const view = new Map([["all", leads === undefined ? `${leading.length} leading` : `${names} leads`]]);
        seen.forEach((one, at) => view.set(this.nameOf(one.id), this.#textOf(one, reports[at], context)));
        return view;
    }

    #textOf(seen: Seen, report: Report | undefined, context: Context): string {
        if (this.#isDying(seen, report)) return "dies again and again";
        if (!report) return "does not run";
        const generations = this.#generationsOf(seen.id, report);
        const generation = report.generation === "" ? "none" : String(generations.indexOf(report.generation) + 1);
        return fieldsOf(seen, report, context, generation)
            .filter((text) => text !== "")
            .join("; ");
    }

    #isDying({ id, isStopped, restarts }: Seen, report: Report | undefined): boolean {
        if (isStopped || report?.serving) return false;
        // Docker counts anew when somebody starts it.
        const before = this.#restarts.get(id) ?? 0;
        return this.#dying.has(id) || restarts - (restarts < before ? 0 : before) >= 2;
    }

    #generationsOf(id: number, { generation }: Report): string[] {
        const known = this.#generations.get(id) ?? [];
        return generation === "" || known.includes(generation) ? known : [...known, generation];
    }
}

interface Context {
    readonly versions: readonly bigint[];
    readonly newestEpoch: bigint;
    leaderZxid: bigint | undefined;
    readonly nameOf: (id: number) => string;
}

function fieldsOf({ writes }: Seen, report: Report, context: Context, generation: string): string[] {
    const { disk, reason, nonce, life, isCopy, stored, pendingVersion, serving, lease } = report;
    const configuration = (version: bigint, lines: readonly string[]) =>
        `v${context.versions.indexOf(version)}(${membersOfLine(lines, context.nameOf)})`;
    return [
        `${disk}${reason === "" ? "" : ` (${withoutNumbers(reason)})`}`,
        isCopy ? "copy" : "",
        nonce === "" ? "" : `nonce ${nonce}`,
        life === nonce ? "" : `joined life ${life}`,
        `generation ${generation}`,
        `epoch ${epochIn(report.epoch, context)}`,
        servingIn(report),
        serving ? `runs ${configuration(serving.configuration.version, serving.configuration.lines)}` : "",
        stored.lines.length > 0 ? `stored ${configuration(stored.version, stored.lines)}` : "nothing stored",
        pendingVersion === undefined ? "" : `pending ${configuration(pendingVersion, report.pendingLines)}`,
        serving && context.leaderZxid !== undefined ? zxidIn(serving.zxid, context.leaderZxid) : "",
        writes === undefined ? "" : `${writes} writes`,
        lease === "" ? "" : `leased by ${lease}`,
        report.asideKiB > 0 ? "something aside" : "",
        isFull(report.dataFreeKiB) ? "data volume full" : "",
        isFull(report.logFreeKiB) ? "log volume full" : "",
    ];
}

/** Who leads of several that could is chance: `all` says how many do. */
function servingIn({ serving, processRuns, processAnswers }: Report): string {
    if (serving) return serving.mode === "observer" ? "observes" : "serves";
    if (!processRuns) return "no ZooKeeper";
    return processAnswers ? "does not serve" : "does not answer";
}

/** How many elections a world needs is chance, too. */
function epochIn(epoch: bigint, { newestEpoch }: Context): string {
    if (epoch < 1n) return epoch < 0n ? "none" : "0";
    return epoch === newestEpoch ? "newest" : "older";
}

function zxidIn(zxid: bigint, leaders: bigint): string {
    if (zxid === leaders) return "";
    return zxid < leaders ? behind : "zxid before the leader's";
}

function withoutNumbers(reason: string): string {
    return reason.replace(/epoch -?\d+/, "epoch N").replace(/ belongs to server .*/, " belongs to another server");
}

const behind = "zxid behind the leader's";
const isFull = (freeKiB: number | undefined): boolean => freeKiB !== undefined && freeKiB < 4;

function versionsIn(reports: readonly (Report | undefined)[]): bigint[] {
    return reports.flatMap((report) =>
        report
            ? [
                  report.stored,
                  report.serving?.configuration,
                  { version: report.pendingVersion ?? 0n, lines: [] },
              ].flatMap((configuration) => configuration?.version ?? 0n)
            : [],
    );
}

/**
 * The lines in which two worlds differ; nothing when they agree. Who is behind a leader that has just been elected may
 * have got on in reality: a session that ends by itself is a transaction, too.
 */
export function differences(model: View, reality: View): string[] {
    return [...model].flatMap(([name, expected]) => {
        const found = reality.get(name) ?? "nothing";
        return found === expected || found === expected.replace(`; ${behind}`, "")
            ? []
            : [`${name}: model   ${expected}`, `${" ".repeat(name.length)}  reality ${found}`];
    });
}

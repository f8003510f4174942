import { memberExit } from "../../lib/lifecycle/machines";
import { parseReport, Report } from "../../lib/lifecycle/observe/report";
import { Change, Seen, Stage } from "./stage";
import { Proposal, Reconfiguration, Step, Trace } from "./trace";
import { Memory, View } from "./view";

const foundingLimitSeconds = 90;

/** Plays the steps of one trace on a stage, and tells what is so afterwards in words that both worlds share. */
export class Player {
    readonly memory = new Memory((id) => this.#nameOf(id));
    readonly #ids = new Map<string, number>();
    /** Of the ensemble: when the first step begins, and before the last reconfiguration. */
    #firstVersion = 0n;
    #versionBefore = 0n;

    constructor(
        private readonly stage: Stage,
        private readonly trace: Trace,
    ) {}

    get ids(): ReadonlyMap<string, number> {
        return this.#ids;
    }

    /** Everything before the first step. */
    async begin(): Promise<void> {
        const { founded, blank, smallVolumes } = this.trace;
        const ids = Array.from({ length: founded + blank }, (_, at) => at + 1);
        await this.stage.make(ids, smallVolumes);
        if (!(await this.#until(() => this.#all(ids, ({ disk }) => disk === "blank"))))
            throw new Error("the new servers do not wait for a directive");
        if (founded === 0) return ids.forEach((id) => this.#ids.set(String.fromCharCode(64 + id), id));
        const lines = ids.map((id) => this.stage.line(id, "participant"));
        await Promise.all(ids.map((id) => this.#direct(id, ["bootstrap n1", ...lines])));
        if (!(await this.#until(() => this.#all(ids, ({ serving }) => serving !== undefined))))
            throw new Error("the ensemble was not founded");
        const leader = (await this.#leader()) ?? 0;
        const followers = ids.filter((id) => id !== leader);
        [leader, ...followers].forEach((id, at) => this.#ids.set(at === 0 ? "L" : `F${at}`, id));
        if (this.trace.isWritten && !(await this.#until(() => this.stage.write(leader))))
            throw new Error("nothing can be written");
        this.#firstVersion = this.#versionBefore = await this.#liveVersion();
        this.memory.settled(await this.look());
    }

    look(): Promise<Seen[]> {
        return this.stage.look([...this.#ids.values()]);
    }

    async view(step: Step | undefined): Promise<View> {
        return this.memory.view(await this.look(), step?.leads);
    }

    /** Does the step; the results of its verbs, without what is chance. */
    async play(step: Step): Promise<string[]> {
        const allowed = step.gives?.split(" or ") ?? [];
        const results = await this.#play(step);
        return allowed.length < 2 ? results : results.map((one) => (allowed.includes(one) ? step.gives! : one));
    }

    async #play(step: Step): Promise<string[]> {
        const { stage } = this;
        switch (step.act) {
            case "make":
                for (const name of step.servers) this.#ids.set(name, this.#ids.size + 1);
                await stage.make(this.#idsOf(step.servers), this.trace.smallVolumes);
                return [];
            case "write":
                return this.#write(step.through, step.times);
            case "tell":
                return this.#each(Object.keys(step.words), (name) => this.#tell(name, step.words[name]!));
            case "leave":
                return this.#each(Object.keys(step.words), (name) => this.#leave(name, step.words[name]!));
            case "forget":
                return this.#each(Object.keys(step.words), (name) => this.#forget(name, step.words[name]!));
            case "wipe":
            case "fill":
                await Promise.all(
                    Object.entries(step.volumes).map(([name, which]) => stage[step.act](this.#id(name), which)),
                );
                return [];
            case "give":
                await stage.give(this.#id(step.of), this.#id(step.to));
                return [];
            case "forge":
                for (const name of step.servers) await this.#forge(this.#id(name));
                return [];
            case "reconfig":
                return [await this.#reconfig(step.change)];
            case "propose":
                await this.#propose(step.change);
                return [];
            case "take":
            case "release":
            case "permit":
                return this.#lease(step.act, step.token, step.servers);
            case "deployerDies":
                stage.forget(step.token);
                return [];
            default:
                await stage.act(step.act, await this.#resolved(step.servers));
                return [];
        }
    }

    #nameOf(id: number): string {
        return [...this.#ids].find(([, known]) => known === id)?.[0] ?? `server ${id}`;
    }

    #id(name: string): number {
        const id = this.#ids.get(name);
        if (id === undefined) throw new Error(`no server ${name} in the trace "${this.trace.name}"`);
        return id;
    }

    #idsOf(names: readonly string[]): number[] {
        return names.map((name) => this.#id(name));
    }

    /** `leader` is whoever leads now. */
    async #resolved(names: readonly string[]): Promise<number[]> {
        return Promise.all(names.map(async (name) => (name === "leader" ? this.#mustLead() : this.#id(name))));
    }

    async #mustLead(): Promise<number> {
        const leader = await this.#leader();
        if (leader === undefined) throw new Error("nobody leads");
        return leader;
    }

    async #leader(): Promise<number | undefined> {
        const all = this.#ids.size > 0 ? await this.look() : await this.stage.look(this.#founding());
        return all.find(({ report }) => report !== undefined && parseReport(report).serving?.mode === "leader")?.id;
    }

    #founding(): number[] {
        return Array.from({ length: this.trace.founded }, (_, at) => at + 1);
    }

    async #each(names: readonly string[], what: (name: string) => Promise<string>): Promise<string[]> {
        return Promise.all(names.map(async (name) => `${name}: ${await what(name)}`));
    }

    async #report(id: number): Promise<Report | undefined> {
        const [{ report } = { report: undefined }] = await this.stage.look([id]);
        return report === undefined ? undefined : parseReport(report);
    }

    async #all(ids: readonly number[], isSo: (report: Report) => boolean): Promise<boolean> {
        const all = await this.stage.look(ids);
        return all.every(({ report }) => report !== undefined && isSo(parseReport(report)));
    }

    #until(isSo: () => Promise<boolean>): Promise<boolean> {
        return this.stage.until(isSo, foundingLimitSeconds);
    }

    async #liveVersion(): Promise<bigint> {
        const leader = await this.#leader();
        return (leader && (await this.#report(leader))?.serving?.configuration.version) || 0n;
    }

    /** `now`: the leader's; `first`: when the trace began; `before`: before the last reconfiguration; or hex digits. */
    async #versionOf(word = "now"): Promise<string> {
        const versions: Record<string, bigint> = { first: this.#firstVersion, before: this.#versionBefore };
        const version = word === "now" ? await this.#liveVersion() : versions[word];
        return version === undefined ? word : version.toString(16);
    }

    async #run(id: number, words: readonly string[], lease?: string): Promise<string> {
        const { exitCode, output } = await this.stage.member(id, lease ? ["with-lease", lease, ...words] : words);
        return exitName(exitCode, output);
    }

    #direct(id: number, lines: readonly string[], lease?: string): Promise<string> {
        return this.#run(id, ["directive", Buffer.from(lines.join("\n")).toString("base64")], lease);
    }

    /**
     * `bootstrap <nonce> <names>`, `join [in <life>] [<names>]` (otherwise what the leader runs with), or
     * `adopt [<generation>]`.
     */
    async #tell(name: string, text: string): Promise<string> {
        const [, lease, rest] = /^(?:as (\S+): )?(.*)$/.exec(text)!;
        const [verb, ...words] = rest!.split(" ");
        const id = this.#id(name);
        const linesOf = (names: readonly string[]) =>
            this.#idsOf(names).map((member) => this.stage.line(member, "participant"));
        if (verb === "bootstrap") return this.#direct(id, [`bootstrap ${words[0]}`, ...linesOf(words.slice(1))], lease);
        if (verb === "adopt") {
            const generation = words[0] ?? (await this.#report(id))?.generation ?? "";
            return this.#direct(id, [`adopt ${generation}`], lease);
        }
        if (verb !== "join") return this.#direct(id, [rest!], lease);
        const life = words[0] === "in" ? ` ${words.splice(0, 2)[1]}` : "";
        if (words.length > 0) return this.#direct(id, [`join 100000000${life}`, ...linesOf(words)], lease);
        const leader = await this.#report(await this.#mustLead());
        const { version, lines } = leader!.serving!.configuration;
        return this.#direct(id, [`join ${version.toString(16)}${life}`, ...lines], lease);
    }

    async #forget(name: string, text: string): Promise<string> {
        const [, lease, which] = /^(?:as (\S+): )?(\S*)$/.exec(text)!;
        const id = this.#id(name);
        const pending = (await this.#report(id))?.pendingVersion?.toString(16) ?? "";
        return this.#run(id, ["forget", which === "pending" ? pending : which!], lease);
    }

    /** `<version> [<life>]`. */
    async #leave(name: string, text: string): Promise<string> {
        const [, lease, version, life] = /^(?:as (\S+): )?(\S*)(?: (\S+))?$/.exec(text)!;
        const words = ["leave", await this.#versionOf(version), ...(life === undefined ? [] : [life])];
        return this.#run(this.#id(name), words, lease);
    }

    async #write(through: string, times: number): Promise<string[]> {
        const [id] = await this.#resolved([through]);
        const results: string[] = [];
        for (let n = 0; n < times; n++)
            results.push((await this.stage.write(id!)) ? "acknowledged" : "not acknowledged");
        return results;
    }

    async #changeOf({ version, add = [], observe = [], remove = [] }: Reconfiguration): Promise<Change> {
        const added = (names: readonly string[], role: "participant" | "observer") =>
            this.#idsOf(names).map((id) => this.stage.line(id, role));
        return {
            version: await this.#versionOf(version),
            add: [...added(add, "participant"), ...added(observe, "observer")],
            remove: remove.map((name) => (/^\d+$/.test(name) ? Number(name) : this.#id(name))),
        };
    }

    async #wordsOf(asked: Reconfiguration): Promise<string[]> {
        if (asked.raw !== undefined) return ["reconfig", ...asked.raw.split(" ").filter((word) => word !== "")];
        const { version, add, remove } = await this.#changeOf(asked);
        return ["reconfig", version, ...add.map((line) => `add=${line}`), ...remove.map((id) => `remove=${id}`)];
    }

    async #reconfig(change: Reconfiguration): Promise<string> {
        const words = await this.#wordsOf(change);
        const [through] = await this.#resolved([change.through]);
        const before = await this.#liveVersion();
        const result = await this.#run(through!, words, change.lease);
        if (result === "done") this.#versionBefore = before;
        return result;
    }

    async #propose(proposal: Proposal): Promise<void> {
        const { through, cutOff = [], freeze = [] } = proposal;
        const id = this.#id(through);
        await this.stage.propose(id, await this.#changeOf(proposal), this.#idsOf(cutOff), this.#idsOf(freeze));
        const isPending = async () => (await this.#report(id))?.pendingVersion !== undefined;
        if (!(await this.#until(isPending))) throw new Error("nothing is pending");
    }

    async #forge(id: number): Promise<void> {
        const { version, lines } = (await this.#report(id))!.stored;
        const epoch = (await this.#report(id))!.epoch;
        const forged = (epoch << 32n) + 0xffn;
        if (forged <= version) throw new Error("its version would not be newer");
        await this.stage.forge(id, forged, [...lines, this.stage.line(9, "observer")]);
    }

    async #lease(act: "take" | "release" | "permit", token: string, names: readonly string[]): Promise<string[]> {
        if (act === "permit") return this.#each(names, (name) => this.#run(this.#id(name), ["permit", "stop"], token));
        return this.#each(names, async (name) => {
            const id = this.#id(name);
            if (act === "release") this.stage.forget(token);
            const result = await this.#run(id, ["lease", act, token]);
            if (act === "take" && result === "done") this.stage.renew(id, token);
            return result;
        });
    }
}

const exitNames = new Map<number, string>(Object.entries(memberExit).map(([name, code]) => [code, name]));

/** The kind of refusal, of which 1 has two. */
function exitName(code: number, output: string): string {
    const name = exitNames.get(code) ?? `exit code ${code}`;
    return name === "refused" && /No space left/.test(output) ? "no room" : name;
}

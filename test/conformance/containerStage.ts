import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { CommandResult } from "../../lib/lifecycle/machines";
import { memberScript } from "../../lib/member/script";
import { docker, must } from "../script/containers";
import { copyVolume, freeSubnet, runScript } from "../support/dockerWorld";
import { SuperSession } from "./superSession";
import { written } from "./realClient";
import { SmallVolumes } from "./smallVolumes";
import { Change, Seen, Stage } from "./stage";
import { ActOnServers, Volume } from "./trace";

export const image = "zookeeper:3.9.5";

/** Quicker than a deployment's in what only costs time: ticks, and how long a server that looks for others waits. */
const files: Record<string, string> = {
    "member.sh": memberScript(),
    "logback.xml":
        '<configuration><appender name="C" class="ch.qos.logback.core.ConsoleAppender"><encoder>' +
        '<pattern>%d{HH:mm:ss.SSS} %-5p %m%n</pattern></encoder></appender><root level="INFO"><appender-ref ref="C"/></root></configuration>',
    "zoo.cfg": [
        ...["dataDir=/data", "dataLogDir=/datalog", "tickTime=1000", "initLimit=10", "syncLimit=4"],
        ...["standaloneEnabled=false", "reconfigEnabled=true", "db.autocreate=false"],
        ...["4lw.commands.whitelist=srvr,mntr,conf", "admin.enableServer=false", "maxSessionTimeout=10000"],
    ].join("\n"),
};
const jvmFlags =
    "-Dzookeeper.fastleader.maxNotificationInterval=1600 -Dzookeeper.cnxTimeout=1500 -Dzookeeper.preAllocSize=256 " +
    "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";
/** A report is some thirty processes: more often, and nothing else would get on. */
const pollMs = 500;
const renewMs = 5_000;
const volumeKinds = ["data", "log"] as const;

/** The nodes that every ZooKeeper has. */
const nodesBefore = 5;

/** Real servers in containers of one network, with the member script as deployments have it. */
export class ContainerStage implements Stage {
    readonly #prefix = `ze-conf-${randomBytes(4).toString("hex")}`;
    readonly #folder = fs.mkdtempSync(path.join(tmpdir(), "conformance-"));
    readonly #ids = new Set<number>();
    readonly #frozen = new Set<number>();
    readonly #cutOff = new Set<number>();
    readonly #tokens = new Set<string>();
    readonly #timers: NodeJS.Timeout[] = [];
    readonly #sessions: SuperSession[] = [];
    readonly #small = new SmallVolumes(this.#folder);
    #net = "";

    async open(): Promise<void> {
        const upload = path.join(this.#folder, "ensemble");
        fs.mkdirSync(upload);
        fs.chmodSync(this.#folder, 0o755);
        for (const [name, text] of Object.entries(files))
            fs.writeFileSync(path.join(upload, name), text, { mode: 0o644 });
        const subnet = await freeSubnet();
        this.#net = subnet.replace(/\.0\/24$/, "");
        await must("network", "create", "--subnet", subnet, this.#prefix);
    }

    async close(): Promise<void> {
        this.#timers.forEach(clearInterval);
        this.#sessions.forEach((session) => session.close());
        const names = [...this.#ids].map((id) => this.#name(id));
        if (names.length > 0) await docker("rm", "-f", "-v", ...names);
        const volumes = names.flatMap((name) => volumeKinds.map((kind) => `${name}-${kind}`));
        if (volumes.length > 0)
            await docker("volume", "rm", "-f", ...volumes, ...volumes.map((name) => `${name}-backup`));
        await this.#small.remove();
        await docker("network", "rm", this.#prefix);
        fs.rmSync(this.#folder, { recursive: true, force: true });
    }

    line(id: number, role: string): string {
        return `server.${id}=${this.#address(id)}:2888:3888:${role};0.0.0.0:2181`;
    }

    async make(ids: readonly number[], small: boolean): Promise<void> {
        await allAtOnce(ids, async (id) => {
            this.#ids.add(id);
            if (small) for (const kind of volumeKinds) await this.#small.make(`${this.#name(id)}-${kind}`);
            await this.#create(id);
        });
        await must("start", ...ids.map((id) => this.#name(id)));
    }

    async act(what: Exclude<ActOnServers, "make">, ids: readonly number[]): Promise<void> {
        await allAtOnce(ids, (id) => this.#acts[what](id, this.#name(id)));
    }

    readonly #acts: Record<Exclude<ActOnServers, "make">, (id: number, name: string) => Promise<unknown>> = {
        start: (_, name) => must("start", name),
        stop: (_, name) => must("stop", "-t", "20", name),
        kill: (id, name) => {
            this.#frozen.delete(id);
            return must("kill", name);
        },
        crash: async (_, name) => {
            const startedAt = () => must("inspect", "-f", "{{.State.StartedAt}}", name);
            const before = await startedAt();
            // Its own shell ends with the container.
            await this.#signal(name, "KILL").catch(() => undefined);
            if (!(await this.until(async () => (await startedAt()) !== before, 60))) throw new Error("it goes on");
        },
        freeze: (id, name) => {
            this.#frozen.add(id);
            return this.#signal(name, "STOP");
        },
        thaw: (id, name) => {
            this.#frozen.delete(id);
            return this.#signal(name, "CONT");
        },
        cutOff: (id, name) => {
            this.#cutOff.add(id);
            return must("network", "disconnect", this.#prefix, name);
        },
        reconnect: (id, name) => {
            this.#cutOff.delete(id);
            return must("network", "connect", "--ip", this.#address(id), this.#prefix, name);
        },
        makeRoom: (id) => this.#onVolumes(id, "rm -f /data/filler /log/filler"),
        backUp: (id) => this.#eachVolume(id, (volume) => copyVolume(volume, `${volume}-backup`, image)),
        restore: (id) => this.#anew(id, ["data", "log"], (volume) => copyVolume(`${volume}-backup`, volume, image)),
        unstamp: (id) => this.#onVolumes(id, "rm /data/ensemble/stamp /log/ensemble/stamp"),
    };

    wipe(id: number, which: Volume): Promise<void> {
        return this.#anew(id, which === "both" ? volumeKinds : [which]);
    }

    give(of: number, to: number): Promise<void> {
        return this.#anew(to, volumeKinds, (volume, kind) => copyVolume(`${this.#name(of)}-${kind}`, volume, image));
    }

    /** To the last byte: what is left of a block that is half full is no room for anything new. */
    async fill(id: number, which: Volume): Promise<void> {
        for (const kind of which === "both" ? volumeKinds : [which]) {
            const fillUp = ["1M", "4k", "1"].map((size) => `dd if=/dev/zero bs=${size} status=none >>/${kind}/filler`);
            await this.#onVolumes(id, `${fillUp.join(" 2>/dev/null; ")} 2>/dev/null; sync /${kind}/filler`);
        }
    }

    async forge(id: number, version: bigint, lines: readonly string[]): Promise<void> {
        const text = [...lines, `version=${version.toString(16)}`, ""].join("\n");
        await this.#onVolumes(id, `printf '%s' '${text}' >/data/ensemble/conf/zoo.cfg.dynamic.next`);
    }

    async member(id: number, words: readonly string[]): Promise<CommandResult> {
        const { code, stdout, stderr } = await docker("exec", this.#name(id), "bash", "/ensemble/member.sh", ...words);
        return { exitCode: code, output: stdout + stderr };
    }

    async propose(id: number, change: Change, cutOff: readonly number[], frozen: readonly number[]): Promise<void> {
        const session = await SuperSession.open(this.#name(id));
        this.#sessions.push(session);
        await Promise.all([this.act("cutOff", cutOff), this.act("freeze", frozen)]);
        session.reconfig(change);
    }

    renew(id: number, token: string): void {
        this.#tokens.add(token);
        this.#timers.push(
            setInterval(() => {
                if (this.#tokens.has(token)) void this.member(id, ["lease", "take", token]);
            }, renewMs),
        );
    }

    forget(token: string): void {
        this.#tokens.delete(token);
    }

    async write(id: number): Promise<boolean> {
        const path = `/written-${randomBytes(6).toString("hex")}`;
        if (!this.#cutOff.has(id)) return written(`${this.#address(id)}:2181`, path);
        const cli = ["timeout", "15", "zkCli.sh", "-server", "127.0.0.1:2181", "create", path];
        const { stdout, stderr } = await docker("exec", "-e", "ZK_CLIENT_HEAP=64", this.#name(id), ...cli);
        return (stdout + stderr).includes(`Created ${path}`);
    }

    async look(ids: readonly number[]): Promise<Seen[]> {
        const format = "{{.State.Status}} {{.RestartCount}}";
        const states = (await must("inspect", "-f", format, ...ids.map((id) => this.#name(id)))).trim().split("\n");
        return Promise.all(
            ids.map(async (id, at) => {
                const [state, restarts] = states[at]!.split(" ");
                const { exitCode, output } =
                    state === "running" ? await this.member(id, ["report"]) : { exitCode: 1, output: "" };
                const report = exitCode === 0 ? output : undefined;
                const isStopped = state !== "running" && state !== "restarting";
                const nodes = /^srvr: Node count: (\d+)$/m.exec(output)?.[1];
                const writes = nodes === undefined ? undefined : Number(nodes) - nodesBefore;
                return { id, isStopped, restarts: Number(restarts), report, writes };
            }),
        );
    }

    async until(isSo: () => Promise<boolean>, limitSeconds: number): Promise<boolean> {
        for (const end = Date.now() + limitSeconds * 1_000; Date.now() < end; await delay(pollMs)) {
            if (await isSo()) return true;
        }
        return isSo();
    }

    /** The last lines of a server's log, for a person who looks for the reason of a difference. */
    async log(id: number, lines: number): Promise<string> {
        const { stdout, stderr } = await docker("logs", "--tail", String(lines), this.#name(id));
        return stdout + stderr;
    }

    #name(id: number): string {
        return `${this.#prefix}-${id}`;
    }

    #address(id: number): string {
        return `${this.#net}.${10 + id}`;
    }

    async #create(id: number): Promise<void> {
        const name = this.#name(id);
        const environment = {
            ENSEMBLE_ID: this.#prefix,
            SERVER_ID: String(id),
            SERVER_SPEC: `${this.#address(id)}:2888:3888`,
            CLIENT_SPEC: "0.0.0.0:2181",
            REQUIRE_MOUNTS: "yes",
            ZK_SERVER_HEAP: "96",
            SERVER_JVMFLAGS: jvmFlags,
        };
        await must(
            ...["create", "--name", name, "--init", "--restart", "unless-stopped", "--memory", "400m"],
            ...["--network", this.#prefix, "--ip", this.#address(id)],
            ...["-v", `${path.join(this.#folder, "ensemble")}:/ensemble:ro`],
            ...["-v", `${name}-data:/data`, "-v", `${name}-log:/datalog`],
            ...["--tmpfs", "/run/ensemble:mode=0700", "--tmpfs", "/logs"],
            ...Object.entries(environment).flatMap(([key, value]) => ["-e", `${key}=${value}`]),
            ...["--entrypoint", "bash", image, "/ensemble/member.sh", "run"],
        );
    }

    /** A machine that lost volumes: new ones, filled or not, and a container that is not started yet. */
    async #anew(
        id: number,
        lost: readonly ("data" | "log")[],
        filled: (volume: string, kind: string) => Promise<unknown> = async () => undefined,
    ): Promise<void> {
        await must("rm", "-f", this.#name(id));
        for (const kind of lost) {
            const volume = `${this.#name(id)}-${kind}`;
            await must("volume", "rm", volume);
            await must("volume", "create", volume);
            await filled(volume, kind);
        }
        await this.#create(id);
    }

    async #eachVolume(id: number, what: (volume: string) => Promise<unknown>): Promise<void> {
        for (const kind of volumeKinds) await what(`${this.#name(id)}-${kind}`);
    }

    /** Also while the server does not run. */
    #onVolumes(id: number, script: string): Promise<string> {
        const binds = volumeKinds.map((kind) => `${this.#name(id)}-${kind}:/${kind}`);
        return runScript(image, script, { binds });
    }

    #signal(name: string, signal: string): Promise<string> {
        return must("exec", name, "bash", "-c", `kill -${signal} $(</run/ensemble/pid)`);
    }
}

function allAtOnce<T>(ids: readonly T[], what: (id: T) => Promise<unknown>): Promise<unknown> {
    return Promise.all(ids.map(what));
}

// Real ZooKeeper servers in containers of the unmodified image, with the stripped member script uploaded.
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { memberScript } from "../../lib/member/script";
import { copyVolume, freeSubnet } from "../support/dockerWorld";
import type { Outcome } from "./scriptServer";

const files: Record<string, string> = {
    "member.sh": memberScript(),
    "logback.xml":
        '<configuration><appender name="C" class="ch.qos.logback.core.ConsoleAppender"><encoder>' +
        '<pattern>%-5p %m%n</pattern></encoder></appender><root level="INFO"><appender-ref ref="C"/></root></configuration>',
    "zoo.cfg": [
        "dataDir=/data",
        "dataLogDir=/datalog",
        "tickTime=1000",
        "initLimit=10",
        "syncLimit=5",
        "standaloneEnabled=false",
        "reconfigEnabled=true",
        "db.autocreate=false",
        "4lw.commands.whitelist=srvr,mntr,conf",
        "admin.enableServer=false",
    ].join("\n"),
};

// A server that looks for a leader for long asks only once a minute, and may miss the first time on a busy machine.
const limitMs = 150_000;

export class Containers {
    private readonly prefix = `ze-script-${randomBytes(4).toString("hex")}`;
    private folder = "";
    private readonly ids = new Set<number>();
    private net = "";

    /** A test of a rule may edit the files, to show what happens without it. */
    constructor(
        private readonly image: string,
        private readonly edit: (name: string, text: string) => string = (_, text) => text,
    ) {}

    /** The network, and the files that servers get: not before a test runs, or a suite that is left out left them. */
    async makeNetwork(): Promise<void> {
        this.folder = fs.mkdtempSync(path.join(tmpdir(), "member-files-"));
        const upload = path.join(this.folder, "ensemble");
        fs.mkdirSync(upload);
        fs.chmodSync(upload, 0o755);
        for (const [name, text] of Object.entries(files))
            fs.writeFileSync(path.join(upload, name), this.edit(name, text), { mode: 0o644 });
        const subnet = await freeSubnet();
        this.net = subnet.replace(/\.0\/24$/, "");
        const made = await docker("network", "create", "--subnet", subnet, this.prefix);
        if (made.code !== 0) throw new Error(made.stderr);
    }

    /** One more file, for servers that start from now on. */
    provide(name: string, text: string): void {
        fs.writeFileSync(path.join(this.folder, "ensemble", name), text, { mode: 0o644 });
    }

    name(id: number): string {
        return `${this.prefix}-${id}`;
    }

    line(id: number, role = "participant"): string {
        return `server.${id}=${this.net}.${10 + id}:2888:3888:${role};0.0.0.0:2181`;
    }

    lines(...ids: number[]): string {
        return ids.map((id) => `${this.line(id)}\n`).join("");
    }

    /** A container with its two volumes; volumes that are there are taken again. */
    async start(id: number): Promise<void> {
        this.ids.add(id);
        const name = this.name(id);
        const environment = {
            ENSEMBLE_ID: this.prefix,
            SERVER_ID: String(id),
            SERVER_SPEC: `${this.net}.${10 + id}:2888:3888`,
            CLIENT_SPEC: "0.0.0.0:2181",
            REQUIRE_MOUNTS: "yes",
            ZK_SERVER_HEAP: "128",
        };
        const options = ["--init", "--network", this.prefix, "--ip", `${this.net}.${10 + id}`, "--memory", "400m"];
        const mounts = ["-v", `${name}-data:/data`, "-v", `${name}-log:/datalog`, "--tmpfs", "/run/ensemble:mode=0700"];
        const variables = Object.entries(environment).flatMap(([key, value]) => ["-e", `${key}=${value}`]);
        await must("create", "--name", name, ...options, ...mounts, "--tmpfs", "/logs", ...variables, "--entrypoint", "bash",
            this.image, "/ensemble/member.sh", "run"); // prettier-ignore
        await must("cp", path.join(this.folder, "ensemble"), `${name}:/`);
        await must("start", name);
    }

    /** Removes the container and the given volumes, and makes the server again: a machine that lost its disks. */
    async replace(id: number, lost: ("data" | "log")[]): Promise<void> {
        await must("rm", "-f", "-v", this.name(id));
        for (const volume of lost) await must("volume", "rm", `${this.name(id)}-${volume}`);
        await this.start(id);
    }

    /** Copies the volumes of a server, as people do it who have backups. */
    async backUp(id: number): Promise<void> {
        for (const volume of volumesOf(this.name(id))) await copyVolume(volume, `${volume}-backup`, this.image);
    }

    /** Makes the server again, with volumes that are filled from its backup. */
    async restore(id: number): Promise<void> {
        await must("rm", "-f", "-v", this.name(id));
        for (const volume of volumesOf(this.name(id))) {
            await must("volume", "rm", volume);
            await copyVolume(`${volume}-backup`, volume, this.image);
        }
        await this.start(id);
    }

    /** Nothing reaches the server any more; its connections only fall silent. */
    unplug(id: number): Promise<string> {
        return must("network", "disconnect", this.prefix, this.name(id));
    }

    plugIn(id: number): Promise<string> {
        return must("network", "connect", "--ip", `${this.net}.${10 + id}`, this.prefix, this.name(id));
    }

    verb(id: number, ...words: string[]): Promise<Outcome> {
        return docker("exec", this.name(id), "bash", "/ensemble/member.sh", ...words);
    }

    directive(id: number, text: string): Promise<Outcome> {
        return this.verb(id, "directive", Buffer.from(text).toString("base64"));
    }

    shell(id: number, command: string): Promise<string> {
        return must("exec", this.name(id), "bash", "-c", command);
    }

    async report(id: number): Promise<string> {
        return (await this.verb(id, "report")).stdout;
    }

    async value(id: number, key: string): Promise<string> {
        return new RegExp(`^${key}=(.*)$`, "m").exec(await this.report(id))?.[1] ?? "";
    }

    async cli(id: number, command: string): Promise<string> {
        const options = [
            "-e",
            "ZK_CLIENT_HEAP=64",
            this.name(id),
            "timeout",
            "90",
            "zkCli.sh",
            "-server",
            "127.0.0.1:2181",
        ];
        const { stdout, stderr } = await docker("exec", ...options, ...command.split(" "));
        return stdout + stderr;
    }

    /** Waits until the server's report fits, 150 s at most. */
    async until(id: number, pattern: RegExp): Promise<string> {
        let report = "";
        for (const end = Date.now() + limitMs; Date.now() < end; await delay(100)) {
            report = await this.report(id);
            if (pattern.test(report)) return report;
        }
        const { stdout } = await docker("logs", "--tail", "20", this.name(id));
        throw new Error(`server ${id} did not become ${pattern} within 150 s:\n${report}\n${stdout}`);
    }

    /** Waits until the container's log, since its last start, holds a text, 150 s at most. */
    async untilLogged(id: number, text: string): Promise<void> {
        const since = (await must("inspect", "-f", "{{.State.StartedAt}}", this.name(id))).trim();
        for (const end = Date.now() + limitMs; Date.now() < end; await delay(100)) {
            if ((await docker("logs", "--since", since, this.name(id))).stdout.includes(text)) return;
        }
        throw new Error(`server ${id} did not log "${text}" within 150 s`);
    }

    serving(...ids: number[]): Promise<string[]> {
        return Promise.all(ids.map((id) => this.until(id, /^srvr: Mode: /m)));
    }

    async removeAll(): Promise<void> {
        const names = [...this.ids].map((id) => this.name(id));
        if (names.length > 0) {
            await docker("rm", "-f", "-v", ...names);
            const volumes = names.flatMap(volumesOf);
            await docker("volume", "rm", "-f", ...volumes, ...volumes.map((volume) => `${volume}-backup`));
        }
        await docker("network", "rm", this.prefix);
        fs.rmSync(this.folder, { recursive: true, force: true });
    }
}

function volumesOf(name: string): string[] {
    return [`${name}-data`, `${name}-log`];
}

export function docker(...words: string[]): Promise<Outcome> {
    return new Promise((resolve) =>
        execFile("docker", words, (error, stdout, stderr) =>
            resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr: stderr || (error?.message ?? "") }),
        ),
    );
}

export async function must(...words: string[]): Promise<string> {
    const { code, stdout, stderr } = await docker(...words);
    if (code !== 0) throw new Error(`docker ${words[0]}: ${stderr}`);
    return stdout;
}

// One server's folders, with stand-ins for gosu, zkServer.sh and zkCli.sh that record how they were called.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import * as fs from "node:fs";
import { tmpdir, userInfo } from "node:os";
import * as path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { memberScript } from "../../lib/member/script";

const original = path.join(__dirname, "../../lib/member/scripts/member.sh");

// Nothing listens there; a ZooKeeper of the machine that runs the tests must not be asked.
const ownClientSpec = "0.0.0.0:1";
/** How a server that no configuration names adds itself. */
export const ownObserverLine = `server.2=10.0.0.2:2888:3888:observer;${ownClientSpec}`;

/**
 * The script as it is in the repository; as it is uploaded to a container; and as a machine has it, which starts with
 * the part of its own and answers with what it is brought.
 */
export const flavours = ["as written", "stripped", "on a machine"] as const;
export type Flavour = (typeof flavours)[number];

const gosu = `#!/bin/bash
printf '%s' "$1" >"$STAND_INS/gosu"
shift
exec "$@"
`;
// Like ZooKeeper it deletes a pending .next when it starts; what it found is recorded before.
const zkServer = `#!/bin/bash
cp -a "$ZOOCFGDIR" "$STAND_INS/found-conf"
ls "$DATA_DIR/version-2" "$LOG_DIR/version-2" "$LOG_DIR" >"$STAND_INS/found-disks"
rm -f "$ZOOCFGDIR/zoo.cfg.dynamic.next"
printf '%s\\n' "$(umask)" "$@" >"$STAND_INS/call.tmp"
mv "$STAND_INS/call.tmp" "$STAND_INS/call"
exec -a "java org.apache.zookeeper.server.quorum.QuorumPeerMain" sleep 600
`;
const zkCli = `#!/bin/bash
printf '%s\\n' "$@" >"$STAND_INS/cli-arguments"
cat | tee "$STAND_INS/cli-commands"
cat "$STAND_INS/cli-answer"
`;

export interface Outcome {
    code: number;
    stdout: string;
    stderr: string;
}

/** Of a transaction log: a header, and after it one transaction of this zxid, as ZooKeeper writes them. */
export function transactionLog(zxid: bigint): Buffer {
    const header = Buffer.alloc(8 + 4 + 8 + 4 + 8 + 8 + 4);
    header.writeBigInt64BE(zxid, 24);
    header.writeBigInt64BE(0x19a_0a0a_0a0an, 32);
    header.writeInt32BE(16, 40);
    return Buffer.concat([Buffer.from("ZKLG"), Buffer.alloc(64, 0x0a), header]);
}

export class ScriptServer {
    readonly root = fs.mkdtempSync(path.join(tmpdir(), "member-"));
    readonly data = this.folder("data");
    readonly log = this.folder("datalog");
    readonly run = path.join(this.root, "run");
    readonly conf = path.join(this.data, "ensemble/conf");
    readonly standIns = this.folder("stand-ins");
    readonly environment: Record<string, string>;
    output = "";
    private readonly starting: string;
    private readonly answering: string;
    private process?: ChildProcess;
    /** The output of the last start alone. */
    said = "";

    constructor(flavour: Flavour, environment: Record<string, string> = {}) {
        const files = this.folder("files");
        const programs = this.folder("bin");
        const carriers = flavour === "stripped" ? (["image", "image"] as const) : (["machine", "deployer"] as const);
        [this.starting, this.answering] = carriers.map((carrier) => {
            this.write(`files/${carrier}.sh`, memberScript(carrier));
            return flavour === "as written" ? original : path.join(files, `${carrier}.sh`);
        }) as [string, string];
        this.write("files/logback.xml", "<configuration/>\n");
        this.write("files/zoo.cfg", this.template());
        for (const [name, text] of Object.entries({ gosu, "zkServer.sh": zkServer, "zkCli.sh": zkCli })) {
            fs.writeFileSync(path.join(programs, name), text, { mode: 0o755 });
        }
        this.environment = {
            PATH: `${programs}:${process.env["PATH"]}`,
            ENSEMBLE_ID: "ours",
            SERVER_ID: "2",
            SERVER_SPEC: "10.0.0.2:2888:3888",
            CLIENT_SPEC: ownClientSpec,
            DATA_DIR: this.data,
            LOG_DIR: this.log,
            RUN_DIR: this.run,
            ENSEMBLE_FILES: files,
            ZOOKEEPER_USER: userInfo().username,
            STAND_INS: this.standIns,
            ...environment,
        };
    }

    template(): string {
        return [
            `dataDir=${this.data}`,
            `dataLogDir=${this.log}`,
            "db.autocreate=false",
            "standaloneEnabled=false",
            "reconfigEnabled=true",
            "tickTime=2000",
        ].join("\n");
    }

    /** Writes a file below the server's root, with its folders; `data/version-2/currentEpoch`. */
    write(file: string, text = ""): void {
        const target = path.join(this.root, file);
        fs.mkdirSync(path.dirname(target), { recursive: true });
        fs.writeFileSync(target, text);
    }

    /** Puts another program in the place of a stand-in. */
    program(name: string, text: string): void {
        fs.writeFileSync(path.join(this.root, "bin", name), text, { mode: 0o755 });
    }

    read(file: string): string {
        return fs.readFileSync(path.join(this.root, file), "utf8");
    }

    exists(file: string): boolean {
        return fs.existsSync(path.join(this.root, file));
    }

    mode(file: string): string {
        return (fs.statSync(path.join(this.root, file)).mode & 0o777).toString(8);
    }

    stamp(
        volume: "data" | "datalog",
        fields: Partial<Record<"ensemble" | "id" | "generation" | "nonce" | "life", string>> = {},
    ) {
        const all = { ensemble: "ours", id: "2", generation: "a1", nonce: "", ...fields };
        const lines = Object.entries(all).map(([key, value]) => `${key}=${value}\n`);
        this.write(`${volume}/ensemble/stamp`, lines.join(""));
    }

    /** Both stamps, a log, a snapshot, epochs and the configuration of a server in the middle of its life. */
    makeMember(version = "500000003"): void {
        this.stamp("data");
        this.stamp("datalog");
        this.write("data/version-2/snapshot.500000003");
        this.write("data/version-2/currentEpoch", "5");
        this.write("datalog/version-2/log.500000004");
        this.write(`data/ensemble/conf/zoo.cfg.dynamic.${version}`, lines(1, 2, 3));
    }

    /** Every file with its content's hash; what must not change is compared by it. */
    disks(): string {
        const files = fs.readdirSync(this.root, { recursive: true, encoding: "utf8" });
        return files
            .filter((file) => /^data/.test(file))
            .sort()
            .map((file) => [file, fs.statSync(path.join(this.root, file))] as const)
            .map(([file, stat]) => `${file} ${stat.mode} ${stat.isFile() ? sha1(this.read(file)) : ""}`)
            .join("\n");
    }

    start(): void {
        fs.rmSync(path.join(this.standIns, "call"), { force: true });
        fs.rmSync(path.join(this.standIns, "found-conf"), { force: true, recursive: true });
        const started = spawn("bash", [this.starting, "run"], { env: this.environment });
        this.process = started;
        this.said = "";
        // What a process that has ended wrote may arrive after the next one's start.
        const hear = (data: Buffer) => {
            this.output += data;
            this.said += this.process === started ? data : "";
        };
        started.stdout.on("data", hear);
        started.stderr.on("data", hear);
    }

    /** Starts and waits until ZooKeeper's stand-in runs. */
    async startZooKeeper(): Promise<void> {
        this.start();
        await this.zooKeeperStarted();
    }

    async zooKeeperStarted(): Promise<void> {
        await this.until("ZooKeeper was started", () => this.exists("stand-ins/call"));
    }

    /** Starts and waits for a text in the output, such as the line that says what it waits for. */
    async startUntil(text: string): Promise<void> {
        this.start();
        await this.says(text);
    }

    /** Waits for a text in the output since the last start. */
    async says(text: string): Promise<void> {
        await this.until(`the output says ${text}`, () => this.said.includes(text));
    }

    async until(what: string, condition: () => boolean): Promise<void> {
        for (const end = Date.now() + 10_000; !condition(); await delay(20)) {
            if (Date.now() > end) throw new Error(`not within 10 s: ${what}; the output was\n${this.output}`);
        }
    }

    /** How the running script or ZooKeeper's stand-in ends by a signal, and after how long. */
    async stop(
        signal: NodeJS.Signals = "SIGTERM",
    ): Promise<{ code: number | null; signal: string | null; ms: number }> {
        const running = this.process;
        if (!running || running.exitCode !== null || running.signalCode !== null)
            return { code: null, signal: null, ms: 0 };
        const begin = Date.now();
        const ended = once(running, "exit");
        running.kill(signal);
        const [code, by] = await ended;
        return { code, signal: by, ms: Date.now() - begin };
    }

    async restart(): Promise<void> {
        await this.stop();
        await this.startZooKeeper();
    }

    verb(...words: string[]): Promise<Outcome> {
        return new Promise((resolve) =>
            execFile("bash", [this.answering, ...words], { env: this.environment }, (error, stdout, stderr) =>
                resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
            ),
        );
    }

    directive(text: string): Promise<Outcome> {
        return this.verb("directive", Buffer.from(text).toString("base64"));
    }

    async report(): Promise<Record<string, string>> {
        const { stdout } = await this.verb("report");
        const pairs = stdout
            .split("\n")
            .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]);
        return Object.fromEntries(pairs);
    }

    async remove(): Promise<void> {
        await this.stop("SIGKILL");
        fs.rmSync(this.root, { recursive: true, force: true });
    }

    private folder(name: string): string {
        const folder = path.join(this.root, name);
        fs.mkdirSync(folder);
        return folder;
    }
}

export function line(id: number, role = "participant"): string {
    return `server.${id}=10.0.0.${id}:2888:3888:${role};0.0.0.0:2181`;
}

export function lines(...ids: number[]): string {
    return ids.map((id) => `${line(id)}\n`).join("");
}

function sha1(text: string): string {
    return createHash("sha1").update(text).digest("hex");
}

// The scripts that prepare a machine, run on this one: with folders, loop devices, a metadata service and an archive of
// their own. What systemd and cloud-init add is tried on whole machines.
import { execFile, execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { createServer, Server } from "node:http";
import { AddressInfo } from "node:net";
import { tmpdir, userInfo } from "node:os";
import * as path from "node:path";
import { environmentFile } from "../../lib/platforms/aws/files/environmentFile";
import { machineFiles } from "../../lib/platforms/aws/files/machineFiles";
import { awsEnsemble } from "../support/awsEnsemble";

export interface Outcome {
    code: number;
    output: string;
}

export class ScriptMachine {
    readonly root = fs.mkdtempSync(path.join(tmpdir(), "machine-"));
    readonly state = this.folder("run");
    readonly disks = this.folder("by-id");
    /** Metadata by path, e.g. `local-ipv4`. */
    readonly metadata = new Map([["local-ipv4", "10.0.0.11"]]);
    /** What the archive's server answers, by path; others are 404. */
    readonly archive = new Map<string, Buffer>();
    /** Paths that were asked of the archive's server, in order. */
    readonly asked: string[] = [];
    readonly variables: Record<string, string>;
    /** Programs that come before those of this machine. */
    readonly programs = this.folder("programs");
    private readonly devices: string[] = [];
    private readonly mounts: string[] = [];
    private server?: Server;

    constructor() {
        const spec = awsEnsemble({ operatingSystem: "debian12" });
        const scripts = this.folder("scripts");
        for (const { path: file, text } of machineFiles(spec, spec.servers[0]!)) {
            if (file.startsWith("/usr/local/")) fs.writeFileSync(path.join(scripts, path.basename(file)), text);
        }
        this.variables = {
            SERVER_ID: "1",
            SERVER_PORTS: "2888:3888",
            JRE_PACKAGE: "no-such-package",
            ZOOKEEPER_HOME: path.join(this.root, "zookeeper-3.9.5"),
            ZOOKEEPER_USER: userInfo().username,
            ZOOKEEPER_VERSION: "3.9.5",
            ZOO_LOG_DIR: path.join(this.root, "logs"),
            DATA_DIR: this.folder("data"),
            LOG_DIR: this.folder("log"),
        };
    }

    async serve(): Promise<void> {
        this.server = createServer((request, response) => {
            const file = request.url!.slice(1);
            if (request.method === "PUT" && file === "latest/api/token") {
                response.end("a-token");
                return;
            }
            const ofMetadata = file.startsWith("latest/meta-data/");
            if (!ofMetadata) this.asked.push(file);
            const allowed = !ofMetadata || request.headers["x-aws-ec2-metadata-token"] === "a-token";
            const answer = ofMetadata ? this.metadata.get(file.slice(17)) : this.archive.get(file);
            response.statusCode = !allowed ? 401 : answer === undefined ? 404 : 200;
            response.end(response.statusCode === 200 ? answer : "");
        });
        await new Promise<void>((resolve) => this.server!.listen(0, "127.0.0.1", resolve));
    }

    get url(): string {
        return `http://127.0.0.1:${(this.server!.address() as AddressInfo).port}`;
    }

    /** A volume of 24 MiB with its tag; not attached before `attach`. */
    makeVolume(what: "data" | "log", fill?: (file: string) => void): string {
        const id = `vol-0${what === "data" ? "d" : "e"}`;
        const file = path.join(this.root, `${id}.img`);
        fs.writeFileSync(file, "");
        fs.truncateSync(file, 24 * 1024 * 1024);
        fill?.(file);
        this.metadata.set(`tags/instance/zookeeper-ensemble:${what}-volume`, id);
        return file;
    }

    attach(file: string): string {
        const device = execFileSync("losetup", ["--find", "--show", file], { encoding: "utf8" }).trim();
        this.devices.push(device);
        const volume = path.basename(file, ".img").replace("-", "");
        fs.symlinkSync(device, path.join(this.disks, `nvme-Amazon_Elastic_Block_Store_${volume}`));
        return device;
    }

    mount(device: string, folder: string): void {
        execFileSync("mount", [device, folder]);
        this.mounts.push(folder);
    }

    /** Puts an archive there, as `tar` packs a release, and answers its checksum. */
    async publish(name: string, files: Record<string, string>): Promise<string> {
        const release = this.folder("release");
        for (const [file, text] of Object.entries(files)) {
            const target = path.join(release, "apache-zookeeper-3.9.5-bin", file);
            fs.mkdirSync(path.dirname(target), { recursive: true });
            fs.writeFileSync(target, text, { mode: 0o755 });
        }
        const packed = execFileSync("tar", ["-cz", "-C", release, "apache-zookeeper-3.9.5-bin"]);
        this.archive.set(name, packed);
        this.variables["DISTRIBUTION_URL"] = `${this.url}/${name}`;
        return createHash("sha512").update(packed).digest("hex");
    }

    program(name: string, text: string): void {
        fs.writeFileSync(path.join(this.programs, name), `#!/bin/bash\n${text}\n`, { mode: 0o755 });
    }

    run(script: string, ...args: string[]): Promise<Outcome> {
        return new Promise((resolve) =>
            execFile("bash", this.command(script, args), { env: this.environment() }, (error, stdout, stderr) =>
                resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
            ),
        );
    }

    /** Runs until the script says a text, does something, and waits for the end. */
    runUntil(text: string, then: () => void, script: string, ...args: string[]): Promise<Outcome> {
        return new Promise((resolve) => {
            const child = spawn("bash", this.command(script, args), { env: this.environment() });
            let output = "";
            let done = false;
            child.stderr.on("data", (data) => {
                output += data;
                if (!done && output.includes(text)) {
                    done = true;
                    then();
                }
            });
            child.on("close", (code) => resolve({ code: code ?? 1, output }));
        });
    }

    stateFile(name: string): string {
        return fs.readFileSync(path.join(this.state, name), "utf8");
    }

    remove(): void {
        for (const folder of this.mounts) execFileSync("umount", [folder]);
        for (const device of this.devices) execFileSync("losetup", ["--detach", device]);
        this.server?.close();
        fs.rmSync(this.root, { recursive: true, force: true });
    }

    private command(script: string, args: string[]): string[] {
        fs.writeFileSync(path.join(this.root, "environment"), environmentFile(this.variables));
        return ["--norc", path.join(this.root, "scripts", script), ...args];
    }

    private environment(): NodeJS.ProcessEnv {
        return {
            PATH: `${this.programs}:${process.env.PATH}:/usr/sbin:/sbin`,
            STATE: this.state,
            DISKS: this.disks,
            IMDS: `${this.url}/latest`,
            ENVIRONMENT: path.join(this.root, "environment"),
            VOLUME_SECONDS: "20",
        };
    }

    private folder(name: string): string {
        const folder = path.join(this.root, name);
        fs.mkdirSync(folder, { recursive: true });
        return folder;
    }
}

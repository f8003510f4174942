import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import * as path from "node:path";
import { PassThrough } from "node:stream";
import Docker from "dockerode";

/** What a machine is made of when its power is switched on. */
export interface Board {
    readonly id: string;
    readonly hostName: string;
    readonly address: string;
    readonly mac: string;
    readonly network: string;
}

export interface Disk {
    readonly volumeId: string;
    readonly loop: number;
}

export interface Answer {
    readonly exitCode: number;
    readonly output: string;
    readonly errors: string;
}

/** How long a machine gets to shut down before its power is cut; EC2 takes minutes, too. */
const shutdownSeconds = 150;

/**
 * Nobody answers there, at once: Docker's name service would ask the outside from within the machine, where the packet
 * filter is silent, and cloud-init asks for names that nobody has, to see whether it is lied to.
 */
const resolvConf = "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n";

/** How systemd ended, as the kernel tells it of the first process of a namespace. */
export const rebootCode = 129;

/** Machines as containers: how they are made, fed, started and asked. Knows nothing of the cloud around them. */
export class Hardware {
    constructor(
        readonly docker: Docker,
        private readonly image: string,
        private readonly prefix: string,
        private readonly folder: string,
        private readonly labels: Record<string, string>,
        private readonly extraHosts: (network: string) => string[],
    ) {}

    nameOf(id: string): string {
        return `${this.prefix}-${id}`;
    }

    container(id: string): Docker.Container {
        return this.docker.getContainer(this.nameOf(id));
    }

    /** `file` as the machine sees it in /etc/sim; it is there complete or not at all. */
    async feed(id: string, files: Readonly<Record<string, string>>): Promise<void> {
        const folder = this.inbox(id);
        await mkdir(folder, { recursive: true });
        await mkdir(this.outbox(id), { recursive: true });
        for (const [name, text] of Object.entries(files)) {
            await writeFile(path.join(folder, `${name}.new`), text);
            await rename(path.join(folder, `${name}.new`), path.join(folder, name));
        }
    }

    private inbox(id: string): string {
        return path.join(this.folder, id, "in");
    }

    private outbox(id: string): string {
        return path.join(this.folder, id, "out");
    }

    async build(board: Board): Promise<void> {
        const { id, hostName, address, mac, network } = board;
        await this.feed(id, { "resolv.conf": resolvConf });
        await this.docker.createContainer({
            name: this.nameOf(id),
            Image: this.image,
            Hostname: hostName.split(".")[0],
            MacAddress: mac,
            Labels: this.labels,
            Env: ["container=docker"],
            HostConfig: {
                CapAdd: ["SYS_ADMIN", "NET_ADMIN", "SYS_BOOT"],
                ...({ CgroupnsMode: "private" } as object),
                // Where AppArmor is, Docker's profile forbids mounts.
                SecurityOpt: ["apparmor=unconfined"],
                Tmpfs: { "/run": "", "/run/lock": "", "/tmp": "exec,mode=1777" },
                // All loop devices: which of them a machine sees, the nodes under its /dev decide.
                DeviceCgroupRules: ["b 7:* rwm"],
                Binds: [
                    `${this.inbox(id)}:/etc/sim:ro`,
                    `${this.outbox(id)}:/var/lib/sim`,
                    `${path.join(this.inbox(id), "meminfo")}:/proc/meminfo:ro`,
                    `${path.join(this.inbox(id), "resolv.conf")}:/etc/resolv.conf`,
                ],
                ExtraHosts: this.extraHosts(network),
                NetworkMode: network,
            },
            NetworkingConfig: { EndpointsConfig: { [network]: { IPAMConfig: { IPv4Address: address } } } },
        });
    }

    async powerOn(id: string): Promise<void> {
        await rm(path.join(this.outbox(id), "agent"), { force: true });
        await this.container(id).start();
    }

    /** As the power button does it: systemd stops everything first. */
    async powerOff(id: string): Promise<void> {
        await this.container(id).stop({ t: shutdownSeconds }).catch(unlessDone);
        await rm(path.join(this.outbox(id), "agent"), { force: true });
    }

    /** How the machine ends, by whoever's hand: the exit code of its first process. */
    async ended(id: string): Promise<number> {
        const { StatusCode } = (await this.container(id).wait()) as { StatusCode: number };
        return StatusCode;
    }

    async scrap(id: string): Promise<void> {
        await this.container(id).remove({ force: true, v: true }).catch(unlessDone);
        await rm(path.join(this.folder, id), { recursive: true, force: true });
    }

    /** Whether the agent of Systems Manager has come up. */
    async hasAgent(id: string): Promise<boolean> {
        return stat(path.join(this.outbox(id), "agent")).then(
            () => true,
            () => false,
        );
    }

    /** Whether a loop device is mounted in the machine, as its first process sees it. */
    async hasMounted(id: string, loop: number): Promise<boolean> {
        const { State } = await this.container(id).inspect();
        if (!State.Running) {
            return false;
        }
        const mounts = await readFile(`/proc/${State.Pid}/mountinfo`, "utf8").catch(() => "");
        return mounts.split("\n").some((line) => line.split(" ")[2] === `7:${loop}`);
    }

    async run(id: string, command: readonly string[]): Promise<Answer> {
        const exec = await this.container(id).exec({ Cmd: [...command], AttachStdout: true, AttachStderr: true });
        const stream = await exec.start({});
        const [output, errors] = [new Collector(), new Collector()];
        this.docker.modem.demuxStream(stream, output, errors);
        await new Promise((resolve, reject) => stream.on("end", resolve).on("error", reject));
        const { ExitCode } = await exec.inspect();
        return { exitCode: ExitCode ?? 137, output: output.text(), errors: errors.text() };
    }
}

class Collector extends PassThrough {
    private readonly chunks: Buffer[] = [];

    override _transform(chunk: Buffer, _: unknown, done: () => void): void {
        this.chunks.push(chunk);
        done();
    }

    text(): string {
        return Buffer.concat(this.chunks).toString("utf8");
    }
}

function unlessDone(error: { statusCode?: number }): void {
    // 304: it is stopped already; 404: it is gone; 409: somebody is removing it.
    if (![304, 404, 409].includes(error.statusCode ?? 0)) {
        throw error;
    }
}

/** A container sees its host's memory otherwise, and programs size themselves by it. */
export function meminfo(totalMiB: number): string {
    const lines = {
        MemTotal: totalMiB,
        MemFree: totalMiB * 0.8,
        MemAvailable: totalMiB * 0.85,
        SwapTotal: 0,
        SwapFree: 0,
    };
    return Object.entries(lines)
        .map(([name, mib]) => `${`${name}:`.padEnd(16)}${String(Math.round(mib * 1024)).padStart(8)} kB\n`)
        .join("");
}

/** Lines for /etc/sim/volumes. */
export function deviceTable(disks: readonly Disk[]): string {
    return disks.map(({ volumeId, loop }, index) => `nvme${index + 1}n1 ${loop} ${volumeId}\n`).join("");
}

import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { Server } from "node:http";
import * as os from "node:os";
import * as path from "node:path";
import Docker from "dockerode";
import { freeSubnet, runScript } from "../../support/dockerWorld";
import { standInVariables } from "../../support/standIns";
import { Cloud } from "./cloud";
import { controlApi, resourceTypes } from "./controlApi";
import { Credentials, Downloads } from "./downloads";
import { Disks } from "./disks";
import { ec2Api } from "./ec2Api";
import { Answer, Hardware } from "./hardware";
import { close, recorded, serve } from "./httpServer";
import { Machines } from "./machines";
import { Client, newClient } from "./client";
import { allOf, folderLabel, ownerLabel, removeFromEngine, removeLeftOvers } from "./removal";
import { RunCommand } from "./runCommand";
import { ssmApi } from "./ssmApi";
import { Instance, newId, Properties, World } from "./world";

export interface Options {
    /** Begins the names of all containers and networks. */
    readonly prefix: string;
    readonly region?: string;
    /** How long a mounted volume of a running machine may be busy before its detachment fails: 300 by default. */
    readonly detachSeconds?: number;
}

interface Tools {
    readonly docker: Docker;
    readonly image: string;
    readonly standIns: Readonly<Record<string, string>>;
    readonly credentials: Credentials;
    readonly downloadHosts: readonly string[];
    readonly archiveOf: (version: string) => Promise<string>;
}

/**
 * EC2 as far as an ensemble needs it, on this machine: real systems with real cloud-init in containers, real disks,
 * real packet filters, behind the interfaces of AWS. Started by a test, and outlives every `pulumi up`.
 */
export class Ec2Simulator {
    private throttled = 0;

    private constructor(
        private readonly cloud: Cloud,
        private readonly folder: string,
        private readonly runCommand: RunCommand,
        /** What the machines can download. */
        private readonly downloads: Downloads,
        private readonly image: string,
        private readonly standIns: Readonly<Record<string, string>>,
        private readonly servers: Server[] = [],
        private readonly urls: Record<"control" | "ssm" | "ec2", string> = { control: "", ssm: "", ec2: "" },
    ) {}

    static async start({ prefix, region = "eu-central-1", detachSeconds = 300 }: Options): Promise<Ec2Simulator> {
        if (process.getuid?.() !== 0) {
            throw new Error("the EC2 simulator makes loop devices and packet filters: run it as root");
        }
        const tools = await prepared();
        await removeLeftOvers(tools.docker);
        const folder = await mkdtemp(path.join(os.tmpdir(), `${prefix}-ec2-`));
        await mkdir(path.join(folder, "disks"));
        const world = new World(region);
        const labels = { [ownerLabel]: String(process.pid), [folderLabel]: folder };
        const downloads = new Downloads(tools.credentials, tools.archiveOf);
        const gatewayOf = (network: string) => [...world.vpcs.values()].find((vpc) => vpc.network === network)!.gateway;
        const hosts = (network: string) => tools.downloadHosts.map((host) => `${host}:${gatewayOf(network)}`);
        const disks = new Disks(path.join(folder, "disks"));
        const hardware = new Hardware(tools.docker, tools.image, prefix, path.join(folder, "machines"), labels, hosts);
        const cloud: Cloud = {
            world,
            machines: new Machines(world, hardware, disks),
            disks,
            docker: tools.docker,
            settings: { prefix, labels, detachSeconds },
            openGateway: (gateway) => downloads.open(gateway),
            closeGateway: (gateway) => downloads.closeAt(gateway),
        };
        const simulator = new Ec2Simulator(
            cloud,
            folder,
            new RunCommand(cloud),
            downloads,
            tools.image,
            tools.standIns,
        );
        try {
            await simulator.listen();
            return simulator;
        } catch (error) {
            await simulator.remove();
            throw error;
        }
    }

    private async listen(): Promise<void> {
        const isThrottled = () => this.throttled > 0 && this.throttled-- > 0;
        const apis = {
            control: controlApi(this.cloud),
            ssm: recorded("ssm", ssmApi(this.runCommand, isThrottled)),
            ec2: recorded("ec2", ec2Api(this.cloud, isThrottled)),
        };
        for (const [name, api] of Object.entries(apis)) {
            const { url, server } = await serve(api);
            this.servers.push(server);
            this.urls[name as keyof typeof apis] = url;
        }
    }

    /** Of programs and engines that are to find this cloud. */
    environment(): Record<string, string> {
        return {
            ZK_EC2_SIMULATOR: this.urls.control,
            AWS_ENDPOINT_URL_SSM: this.urls.ssm,
            AWS_ENDPOINT_URL_EC2: this.urls.ec2,
            AWS_REGION: this.cloud.world.region,
            AWS_ACCESS_KEY_ID: "simulator",
            AWS_SECRET_ACCESS_KEY: "simulator",
            AWS_EC2_METADATA_DISABLED: "true",
            ...this.standIns,
        };
    }

    /** Makes a resource as the provider does, without an engine. */
    async create(token: string, inputs: Properties): Promise<{ id: string; outputs: Properties }> {
        return this.type(token).create(inputs, token);
    }

    async read(token: string, id: string): Promise<Properties | undefined> {
        return this.type(token).read(id);
    }

    async update(token: string, id: string, inputs: Properties, olds: Properties): Promise<Properties> {
        return this.type(token).update(id, inputs, olds);
    }

    async delete(token: string, id: string, state: Properties = {}): Promise<void> {
        await this.type(token).remove(id, state);
    }

    private type(token: string) {
        return resourceTypes(this.cloud).get(token)!;
    }

    /** A VPC whose addresses nobody has yet, with a subnet in each of three zones. */
    async network(): Promise<{ vpcId: string; subnetIds: string[]; gateway: string }> {
        const { id: vpcId, block } = await this.freeVpc();
        const subnetIds = [];
        for (const [index, availabilityZone] of this.cloud.world.availabilityZones.entries()) {
            const cidrBlock = `${block}.${index * 64}/26`;
            subnetIds.push((await this.create("aws:ec2/subnet:Subnet", { vpcId, cidrBlock, availabilityZone })).id);
        }
        return { vpcId, subnetIds, gateway: this.cloud.world.vpcs.get(vpcId)!.gateway };
    }

    private async freeVpc(): Promise<{ id: string; block: string }> {
        const cidrBlock = await freeSubnet();
        const { id } = await this.create("aws:ec2/vpc:Vpc", { cidrBlock });
        return { id, block: cidrBlock.replace(/\.0\/24$/, "") };
    }

    /** A private DNS zone, whose names all machines see. */
    hostedZone(domain: string): string {
        const id = newId("z").slice(3).toUpperCase();
        this.cloud.world.zones.set(id, { id, domain });
        return id;
    }

    prefixList(cidrs: readonly string[]): string {
        const id = newId("pl");
        this.cloud.world.prefixLists.set(id, [...cidrs]);
        return id;
    }

    /** Something that is no server: an address in a subnet with groups of its own, from which a test can knock. */
    async client(subnetId: string, securityGroups?: readonly string[]): Promise<Client> {
        return newClient(this.cloud, this.image, subnetId, securityGroups);
    }

    /** A machine's state as EC2 shows it. */
    stateOf(instanceId: string): string {
        return this.cloud.machines.byId(instanceId).state;
    }

    /** Instances with these tags that are not terminated. */
    instances(tags: Readonly<Record<string, string>> = {}): Instance[] {
        return [...this.cloud.world.instances.values()].filter(
            (instance) =>
                instance.state !== "terminated" &&
                Object.entries(tags).every(([key, value]) => instance.tags[key] === value),
        );
    }

    /** A shell command on a machine, as root: the test's own hand, not Systems Manager's. */
    async shell(instanceId: string, script: string): Promise<Answer> {
        return this.cloud.machines.run(instanceId, ["bash", "-c", script]);
    }

    /** Everything that the machine wrote into its journal since it started. */
    async journal(instanceId: string): Promise<string> {
        return (await this.shell(instanceId, "journalctl -b -o short-precise --no-pager")).output;
    }

    async isOnline(instanceId: string): Promise<boolean> {
        return this.runCommand.isOnline(this.cloud.machines.byId(instanceId));
    }

    /** Somebody terminates an instance in the console; answers when it is gone. */
    async terminateByHand(instanceId: string): Promise<void> {
        const instance = this.cloud.machines.byId(instanceId);
        instance.protected = false;
        await this.cloud.machines.terminate(instance);
    }

    async stopByHand(instanceId: string): Promise<void> {
        await this.cloud.machines.stop(this.cloud.machines.byId(instanceId));
    }

    async startByHand(instanceId: string): Promise<void> {
        await this.cloud.machines.start(this.cloud.machines.byId(instanceId));
    }

    async reboot(instanceId: string): Promise<void> {
        await this.cloud.machines.reboot(this.cloud.machines.byId(instanceId));
    }

    /** A snapshot that somebody takes of a volume that is not attached; its id. */
    async takeSnapshot(volumeId: string): Promise<string> {
        const { disks, world } = this.cloud;
        const id = newId("snap");
        world.snapshots.set(id, await disks.snapshot(world.volumes.get(volumeId)!.file, id));
        return id;
    }

    /** The volume is torn off a running machine: every access fails, and EC2 shows it as detached. */
    async cutVolume(volumeId: string): Promise<void> {
        const { attachment } = this.cloud.world.volumes.get(volumeId)!;
        const instance = this.cloud.machines.byId(attachment!.instanceId);
        await this.mustRun(instance.id, ["machine-lose-volume", volumeId]);
        await this.cloud.machines.detach(instance, attachment!);
    }

    /** Leaves no free block on the filesystem of a folder of a machine; answers the file that does it. */
    async fillVolume(instanceId: string, folder: string): Promise<string> {
        const file = `${folder}/filler`;
        // Block by block at the end: a large write finds no room where a small one still does. What was set aside for
        // a write comes free when it is on the disk.
        const last = `dd if=/dev/zero of='${file}' bs=4096 oflag=append conv=notrunc; sync '${folder}'`;
        const script = `cat /dev/zero >'${file}'; sync '${folder}'; for round in 1 2 3; do ${last}; done; test -s '${file}'`;
        await this.mustRun(instanceId, ["bash", "-c", script]);
        return file;
    }

    private async mustRun(instanceId: string, command: readonly string[]): Promise<void> {
        const { exitCode, errors } = await this.cloud.machines.run(instanceId, command);
        if (exitCode !== 0) {
            throw new Error(`${command.join(" ")} failed in ${instanceId}: ${errors}`);
        }
    }

    /** The next so many calls of EC2 and Systems Manager are answered with "too many requests". */
    throttle(calls: number): void {
        this.throttled = calls;
    }

    /** Removes everything that was made, in whatever state it is. */
    async remove(): Promise<void> {
        const { docker, machines, disks, settings } = this.cloud;
        this.runCommand.close();
        machines.close();
        await allOf([
            () => Promise.all(this.servers.map(close)),
            () => removeFromEngine(docker, settings.labels),
            () => machines.idle(),
            () => this.downloads.close(),
            () => disks.detachAll(),
            () => rm(this.folder, { recursive: true, force: true }),
        ]);
    }
}

/** What is made once: the machines' image, and what they believe downloads by. */
async function prepared(): Promise<Tools> {
    // @ts-expect-error the tools are plain JavaScript
    const images = await import("../../../tools/ec2/machineImage.mjs");
    // @ts-expect-error the tools are plain JavaScript
    const archives = await import("../../../tools/ec2/archive.mjs");
    // @ts-expect-error the tools are plain JavaScript
    const engine = await import("../../../tools/docker/engine.mjs");
    const image = (await images.ensureMachineImage()) as string;
    const docker = engine.dockerAt((await engine.ensureDockerEngine()).host) as Docker;
    const [key, cert] = await Promise.all(["server.key", "server.crt"].map((name) => fileOf(image, name)));
    return {
        docker,
        image,
        standIns: await standInVariables(),
        credentials: { key: key!, cert: cert! },
        downloadHosts: images.downloadHosts as string[],
        archiveOf: archives.zookeeperArchive as (version: string) => Promise<string>,
    };
}

async function fileOf(image: string, name: string): Promise<string> {
    return `${await runScript(image, `cat /usr/local/lib/ec2/tls/${name}`)}\n`;
}

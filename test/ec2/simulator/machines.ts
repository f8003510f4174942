import { AwsError } from "./awsError";
import { instanceType } from "./catalogue";
import { Disks } from "./disks";
import { firewallOf } from "./firewall";
import { Answer, deviceTable, Hardware, meminfo, rebootCode } from "./hardware";
import { hostName, metadataOf } from "./metadata";
import { Queues } from "./shell";
import { Attachment, found, Instance, InstanceState, missing, World } from "./world";

/** What happens to instances: their states, and the machines behind them. */
export class Machines {
    private readonly queues = new Queues();
    private readonly stops = new Set<string>();
    private closing = false;

    constructor(
        private readonly world: World,
        readonly hardware: Hardware,
        private readonly disks: Disks,
    ) {}

    /** Answers when the instance is running; its system boots behind that. */
    async launch(instance: Instance): Promise<void> {
        const { id, address, interfaceId, vpcId } = instance;
        const card = this.world.interfaces.get(interfaceId)!;
        try {
            await this.feed(instance);
            await this.hardware.build({
                ...{ id, address, mac: card.mac, hostName: hostName(this.world, address) },
                network: this.world.vpcs.get(vpcId)!.network,
            });
            await this.power(instance);
        } catch (error) {
            instance.state = "terminated";
            delete card.attachedTo;
            await this.hardware.scrap(id);
            throw error;
        }
    }

    private async power(instance: Instance): Promise<void> {
        await this.feed(instance);
        await this.hardware.powerOn(instance.id);
        instance.state = "running";
        void this.watch(instance);
    }

    /** A machine that reboots comes back, one that powers itself off is stopped. */
    private async watch(instance: Instance): Promise<void> {
        const code = await this.hardware.ended(instance.id).catch(() => undefined);
        if (code === undefined || this.closing || this.stops.has(instance.id)) {
            return;
        }
        await this.queues.run(instance.id, async () => {
            if (instance.state !== "running") {
                return;
            }
            if (code === rebootCode) {
                await this.power(instance);
            } else {
                instance.state = "stopped";
            }
        });
    }

    async stop(instance: Instance): Promise<void> {
        this.require(instance, ["running", "stopping", "stopped"], "stopped");
        if (instance.state === "running") {
            instance.state = "stopping";
        }
        await this.queues.run(instance.id, async () => {
            if (instance.state === "stopping") {
                await this.powerOff(instance);
                instance.state = "stopped";
            }
        });
    }

    async start(instance: Instance): Promise<void> {
        this.require(instance, ["running", "pending", "stopped"], "started");
        if (instance.state === "stopped") {
            instance.state = "pending";
        }
        await this.queues.run(instance.id, async () => {
            if (instance.state === "pending") {
                await this.power(instance);
            }
        });
    }

    async reboot(instance: Instance): Promise<void> {
        this.require(instance, ["running"], "rebooted");
        await this.queues.run(instance.id, async () => {
            await this.powerOff(instance);
            await this.power(instance);
        });
    }

    /** The interface and the volumes that were attached later stay. */
    async terminate(instance: Instance): Promise<void> {
        if (instance.state === "terminated") {
            return;
        }
        if (instance.protected) {
            const message = `The instance '${instance.id}' may not be terminated. Modify its 'disableApiTermination'`;
            throw new AwsError("OperationNotPermitted", `${message} instance attribute and try again.`);
        }
        instance.state = "shutting-down";
        await this.queues.run(instance.id, async () => {
            if (instance.terminatedAt !== undefined) {
                return;
            }
            await this.powerOff(instance);
            this.stops.add(instance.id);
            for (const volume of this.attachedTo(instance)) {
                await this.disks.detach(volume.attachment!.loop);
                delete volume.attachment;
            }
            await this.hardware.scrap(instance.id);
            delete this.world.interfaces.get(instance.interfaceId)!.attachedTo;
            instance.state = "terminated";
            instance.terminatedAt = Date.now();
        });
    }

    private async powerOff(instance: Instance): Promise<void> {
        this.stops.add(instance.id);
        try {
            await this.hardware.powerOff(instance.id);
        } finally {
            this.stops.delete(instance.id);
        }
    }

    async attach(instance: Instance, volumeId: string, id: string, deviceName: string): Promise<Attachment> {
        return this.queues.run(instance.id, async () => {
            const volume = this.world.volumes.get(volumeId)!;
            const loop = await this.disks.attach(volume.file);
            volume.attachment = { id, instanceId: instance.id, volumeId, deviceName, loop };
            await this.refreshDevices(instance);
            return volume.attachment;
        });
    }

    /** Whether the system on the machine lets go of the volume. */
    async isBusy(instance: Instance, { loop }: Attachment): Promise<boolean> {
        return instance.state !== "stopped" && (await this.hardware.hasMounted(instance.id, loop));
    }

    async detach(instance: Instance, attachment: Attachment): Promise<void> {
        await this.queues.run(instance.id, async () => {
            delete this.world.volumes.get(attachment.volumeId)!.attachment;
            await this.refreshDevices(instance);
            await this.disks.detach(attachment.loop);
        });
    }

    private attachedTo({ id }: Instance) {
        return [...this.world.volumes.values()].filter(({ attachment }) => attachment?.instanceId === id);
    }

    private async refreshDevices(instance: Instance): Promise<void> {
        await this.hardware.feed(instance.id, { volumes: this.volumes(instance) });
        // A machine that starts at this moment makes the same devices, and one of the two finds a file in its way.
        await this.ifRunning(instance, [
            "bash",
            "-c",
            "for try in 1 2 3 4 5; do machine-devices && exit; sleep 1; done; exit 1",
        ]);
    }

    /** Names such as nvme1n1 move between two starts; here they do so at every change. */
    private volumes(instance: Instance): string {
        const disks = this.attachedTo(instance).map(({ id, attachment }) => ({ volumeId: id, loop: attachment!.loop }));
        return deviceTable(disks.sort((one, other) => (one.volumeId < other.volumeId ? -1 : 1)));
    }

    /** Of all machines that rules of a group, or its members, concern: which ones these are is not worth knowing. */
    async refreshFirewalls(vpcId: string): Promise<void> {
        const instances = [...this.world.instances.values()].filter((instance) => instance.vpcId === vpcId);
        await Promise.all(instances.map((instance) => this.refreshFirewall(instance)));
    }

    private readonly firewalls = new Map<string, Promise<void>>();

    /** One after the other: two at the same time would write one file, and the older could come last. */
    private refreshFirewall(instance: Instance): Promise<void> {
        const before = this.firewalls.get(instance.id) ?? Promise.resolve();
        const refreshed = before.catch(() => undefined).then(() => this.loadFirewall(instance));
        this.firewalls.set(instance.id, refreshed);
        return refreshed;
    }

    private async loadFirewall(instance: Instance): Promise<void> {
        if (["terminated", "shutting-down"].includes(instance.state)) {
            return;
        }
        await this.hardware.feed(instance.id, { "firewall.nft": this.firewall(instance) });
        await this.ifRunning(instance, ["nft", "--file", "/etc/sim/firewall.nft"]);
    }

    async refreshMetadata(instance: Instance): Promise<void> {
        await this.hardware.feed(instance.id, { "metadata.json": this.metadata(instance) });
    }

    async refreshNames(hosts: string): Promise<void> {
        for (const instance of this.world.instances.values()) {
            if (!["terminated", "shutting-down"].includes(instance.state)) {
                await this.hardware.feed(instance.id, { hosts });
                await this.ifRunning(instance, ["machine-hosts"]);
            }
        }
    }

    /** A command of the simulator's own; a machine that is just starting or ending reads the files by itself. */
    private async ifRunning(instance: Instance, command: readonly string[]): Promise<void> {
        if (instance.state !== "running") {
            return;
        }
        // A system that reboots or ends right now is still `running` here, and Docker says that nothing runs in it.
        const answer = await this.hardware.run(instance.id, command).catch((error: { statusCode?: number }) => {
            if (error.statusCode !== 409) {
                throw error;
            }
        });
        if (answer && answer.exitCode !== 0 && instance.state === "running") {
            throw new Error(`${command.join(" ")} failed in ${instance.id}: ${answer.errors}`);
        }
    }

    private async feed(instance: Instance): Promise<void> {
        await this.hardware.feed(instance.id, {
            "metadata.json": this.metadata(instance),
            "firewall.nft": this.firewall(instance),
            volumes: this.volumes(instance),
            hosts: this.hosts(),
            meminfo: meminfo(instanceType(instance.instanceType).memoryMiB),
        });
    }

    private metadata(instance: Instance): string {
        return JSON.stringify(metadataOf(this.world, instance));
    }

    private firewall({ interfaceId }: Instance): string {
        return firewallOf(this.world, this.world.interfaces.get(interfaceId)!);
    }

    /** Names of the private zones, for /etc/hosts. */
    hosts(): string {
        return [...this.world.records.values()]
            .flatMap(({ name, inputs }) => (inputs.records as string[]).map((address) => `${address} ${name}\n`))
            .join("");
    }

    async run(instanceId: string, command: readonly string[]): Promise<Answer> {
        return this.hardware.run(instanceId, command);
    }

    byId(id: unknown): Instance {
        return found(this.world.instances, id, ...missing.instance);
    }

    private require({ id, state }: Instance, states: readonly InstanceState[], what: string): void {
        if (!states.includes(state)) {
            const message = `The instance '${id}' is not in a state from which it can be ${what}.`;
            throw new AwsError("IncorrectInstanceState", message);
        }
    }

    /** From now on machines that end are not looked after. */
    close(): void {
        this.closing = true;
    }

    async idle(): Promise<void> {
        await this.queues.idle();
    }
}

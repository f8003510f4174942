import { Server } from "node:http";
import { documentContent, documentName } from "../../lib/platforms/aws/files/commandDocument";
import { Cloud } from "../ec2/simulator/cloud";
import { ec2Api } from "../ec2/simulator/ec2Api";
import { close, recorded, serve } from "../ec2/simulator/httpServer";
import { RunCommand } from "../ec2/simulator/runCommand";
import { ssmApi } from "../ec2/simulator/ssmApi";
import { Instance, newId, World } from "../ec2/simulator/world";
import { setVariables } from "../support/environment";

const policy = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore";

/**
 * The EC2 simulator's endpoints with machines on paper: what it takes and answers is the simulator's own, and nothing
 * boots. Every command prints `yes`.
 */
export class PaperSimulator {
    private readonly servers: Server[] = [];
    private restoreVariables = () => {};
    private readonly runCommand: RunCommand;

    private constructor(
        readonly world: World,
        private readonly cloud: Cloud,
    ) {
        this.runCommand = new RunCommand(cloud);
    }

    static async start(): Promise<PaperSimulator> {
        const world = new World("eu-central-1");
        const turn = (state: Instance["state"]) => async (instance: Instance) => {
            instance.state = state;
            if (state === "terminated") {
                delete world.interfaces.get(instance.interfaceId)!.attachedTo;
            }
        };
        const machines = {
            byId: (id: string) => world.instances.get(id)!,
            start: turn("running"),
            stop: turn("stopped"),
            terminate: turn("terminated"),
            hardware: { hasAgent: async () => true },
            run: async () => ({ exitCode: 0, output: "yes", errors: "" }),
            // A rule that goes is taken out of the machines' filters.
            refreshFirewalls: async () => {},
            refreshFirewall: async () => {},
        };
        const simulator = new PaperSimulator(world, { world, machines } as unknown as Cloud);
        await simulator.listen();
        return simulator;
    }

    private async listen(): Promise<void> {
        const never = () => false;
        const ssm = await serve(recorded("ssm", ssmApi(this.runCommand, never)));
        const ec2 = await serve(recorded("ec2", ec2Api(this.cloud, never)));
        this.servers.push(ssm.server, ec2.server);
        this.restoreVariables = setVariables({
            AWS_ENDPOINT_URL_SSM: ssm.url,
            AWS_ENDPOINT_URL_EC2: ec2.url,
            AWS_REGION: this.world.region,
            AWS_ACCESS_KEY_ID: "nobody",
            AWS_SECRET_ACCESS_KEY: "nothing",
        });
    }

    /** The document of an ensemble. */
    document(ensembleId: string): void {
        const name = documentName(ensembleId);
        const inputs = {};
        this.world.documents.set(name, { name, content: documentContent(), version: 1, inputs, tags: {} });
    }

    /** Two rules of a group with these tags; the group's id. */
    group(tags: Record<string, string>): string {
        const id = newId("sg");
        this.world.groups.set(id, {
            id,
            vpcId: newId("vpc"),
            name: "servers",
            description: "",
            isDefault: false,
            tags,
        });
        for (const direction of ["ingress", "egress"] as const) {
            const rule = { id: newId("sgr"), groupId: id, direction, protocol: "tcp", fromPort: 443, toPort: 443 };
            this.world.rules.set(rule.id, { ...rule, cidrIpv4: "0.0.0.0/0", description: "Systems Manager", tags });
        }
        return id;
    }

    /** A machine that runs, with its interface, its volume and its rights; the instance's id. */
    machine(groupId: string, tags: Record<string, string>): Instance {
        const [id, interfaceId, subnetId, vpcId] = [newId("i"), newId("eni"), newId("subnet"), newId("vpc")];
        const where = { subnetId, vpcId, zone: "eu-central-1a", address: "10.0.0.21" };
        const card = {
            ...where,
            id: interfaceId,
            mac: "02:00:0a:00:00:15",
            groups: [groupId],
            description: "Server 1",
        };
        this.world.interfaces.set(interfaceId, { ...card, tags, attachedTo: id });
        this.world.vpcs.set(vpcId, { id: vpcId } as never);
        const volume = { id: newId("vol"), zone: where.zone, createTime: new Date().toISOString(), file: "" };
        const attachment = { id: "", instanceId: id, volumeId: volume.id, deviceName: "/dev/sdf", loop: 0 };
        this.world.volumes.set(volume.id, { ...volume, inputs: {}, tags, modifications: 0, attachment });
        const created = { path: "/", createDate: new Date().toISOString(), tags };
        const role = { name: "role", id: "AROA1", ...created, inputs: {}, policies: new Set([policy]) };
        this.world.roles.set("role", role);
        this.world.profiles.set("profile", { name: "profile", id: "AIPA1", ...created, role: "role" });
        const instance: Instance = {
            ...{
                id,
                interfaceId,
                ...where,
                tags,
                profileName: "profile",
                imageId: newId("ami"),
                launchTime: new Date(),
            },
            ...{ inputs: {}, instanceType: "t4g.medium", state: "running", protected: true, registered: true },
        };
        this.world.instances.set(id, instance);
        return instance;
    }

    async stop(): Promise<void> {
        this.restoreVariables();
        this.runCommand.close();
        await Promise.all(this.servers.map(close));
    }
}

// Machines of the simulator that boot the user data of an ensemble, made without an engine: the shortest way to what
// the user data alone does.
import { setTimeout as delay } from "node:timers/promises";
import { DescribeNetworkInterfacesCommand, EC2Client } from "@aws-sdk/client-ec2";
import { SSMClient } from "@aws-sdk/client-ssm";
import { CommandResult } from "../../lib/lifecycle/machines";
import { notBrought } from "../../lib/platforms/aws/bring";
import { ask } from "../../lib/platforms/aws/runCommand";
import { documentContent, documentName, Question, verbs } from "../../lib/platforms/aws/files/commandDocument";
import { memberCommand } from "../../lib/platforms/aws/files/machinePlaces";
import { DATA_VOLUME_TAG, ENSEMBLE_TAG, LOG_VOLUME_TAG, SERVER_TAG } from "../../lib/platforms/aws/files/tags";
import { userDataBase64 } from "../../lib/platforms/aws/files/userData";
import { serverLine } from "../../lib/zookeeper/serverLines";
import { ServerSpec } from "../../lib/model/ensembleSpec";
import { AwsEnsembleSpec } from "../../lib/platforms/aws/model/awsSpec";
import { images } from "./simulator/catalogue";
import { Ec2Simulator } from "./simulator/simulator";

/** What of a server outlives its machine. */
export interface Keep {
    readonly server: ServerSpec;
    readonly interfaceId: string;
    readonly dataVolume: string;
    readonly logVolume: string;
}

/** The simulator's Debian 12. */
const IMAGE = images.find(({ parameter }) => parameter.endsWith("/debian/release/12/latest/amd64"))!.id;

// Several machines that boot at the same time on two cores, beside other tests.
const limitMs = 400_000;

const isVerb = (word: string): word is Question["verb"] => verbs.some((verb) => verb === word);

export class BootWorld {
    private group = "";
    private subnet = "";
    private profile = "";
    readonly ssm: SSMClient;
    readonly ec2: EC2Client;

    private constructor(readonly cloud: Ec2Simulator) {
        const environment = cloud.environment();
        const credentials = { accessKeyId: "simulator", secretAccessKey: "simulator" };
        const region = environment["AWS_REGION"];
        this.ssm = new SSMClient({ region, credentials, endpoint: environment["AWS_ENDPOINT_URL_SSM"] });
        this.ec2 = new EC2Client({ region, credentials, endpoint: environment["AWS_ENDPOINT_URL_EC2"] });
    }

    static async make(prefix: string): Promise<BootWorld> {
        const cloud = await Ec2Simulator.start({ prefix });
        const world = new BootWorld(cloud);
        try {
            await world.furnish();
            return world;
        } catch (error) {
            await cloud.remove();
            throw error;
        }
    }

    private async furnish(): Promise<void> {
        const { vpcId, subnetIds } = await this.cloud.network();
        this.subnet = subnetIds[0]!;
        this.group = await this.create("aws:ec2/securityGroup:SecurityGroup", {
            vpcId,
            name: "servers",
            description: "s",
        });
        for (const kind of ["Egress", "Ingress"]) {
            await this.create(`aws:vpc/securityGroup${kind}Rule:SecurityGroup${kind}Rule`, {
                securityGroupId: this.group,
                ipProtocol: "-1",
                cidrIpv4: "0.0.0.0/0",
            });
        }
        const role = await this.create("aws:iam/role:Role", {
            name: "machines",
            assumeRolePolicy: JSON.stringify({
                Version: "2012-10-17",
                Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } }],
            }),
        });
        const policyArn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore";
        await this.create("aws:iam/rolePolicyAttachment:RolePolicyAttachment", { role, policyArn });
        await this.create("aws:ssm/document:Document", {
            name: documentName("machines"),
            documentType: "Command",
            documentFormat: "JSON",
            content: documentContent(),
        });
        this.profile = await this.create("aws:iam/instanceProfile:InstanceProfile", { name: "machines", role });
    }

    /** Address and disks of a server; what it is given is taken over from another one. */
    async keep(server: ServerSpec, given: Partial<Keep> = {}): Promise<Keep> {
        return {
            server,
            interfaceId: await this.create("aws:ec2/networkInterface:NetworkInterface", {
                subnetId: this.subnet,
                securityGroups: [this.group],
            }),
            dataVolume: given.dataVolume ?? (await this.volume(20)),
            logVolume: given.logVolume ?? (await this.volume(10)),
        };
    }

    /** The server with volumes made from snapshots of its own, which are not attached now. */
    async keepFromSnapshots(keep: Keep): Promise<Keep> {
        return {
            ...keep,
            dataVolume: await this.volume(20, await this.cloud.takeSnapshot(keep.dataVolume)),
            logVolume: await this.volume(10, await this.cloud.takeSnapshot(keep.logVolume)),
        };
    }

    private volume(size: number, snapshotId?: string): Promise<string> {
        return this.create("aws:ebs/volume:Volume", {
            availabilityZone: `${this.cloud.environment()["AWS_REGION"]}a`,
            type: "gp3",
            size,
            encrypted: true,
            snapshotId,
        });
    }

    /** A machine for the server; its volumes are attached by `attach`, as after the machine's start on EC2. */
    async launch(spec: AwsEnsembleSpec, keep: Keep): Promise<string> {
        return this.create("aws:ec2/instance:Instance", {
            ami: IMAGE,
            instanceType: "t3.medium",
            iamInstanceProfile: this.profile,
            primaryNetworkInterface: { networkInterfaceId: keep.interfaceId },
            metadataOptions: { httpTokens: "required", httpEndpoint: "enabled", instanceMetadataTags: "enabled" },
            userDataBase64: userDataBase64(spec, keep.server),
            tags: {
                [ENSEMBLE_TAG]: spec.ensembleId,
                [SERVER_TAG]: String(keep.server.id),
                [DATA_VOLUME_TAG]: keep.dataVolume,
                [LOG_VOLUME_TAG]: keep.logVolume,
            },
        });
    }

    async attach(instanceId: string, volumeId: string, deviceName: string): Promise<void> {
        await this.create("aws:ec2/volumeAttachment:VolumeAttachment", { instanceId, volumeId, deviceName });
    }

    async launchWhole(spec: AwsEnsembleSpec, keep: Keep): Promise<string> {
        const instanceId = await this.launch(spec, keep);
        await this.attach(instanceId, keep.dataVolume, "/dev/sdf");
        await this.attach(instanceId, keep.logVolume, "/dev/sdg");
        return instanceId;
    }

    /** The server's line with the address that its interface got. */
    async lineOf({ server, interfaceId }: Keep): Promise<string> {
        const asked = new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [interfaceId] });
        const { NetworkInterfaces } = await this.ec2.send(asked);
        return serverLine({ ...server, address: NetworkInterfaces![0]!.PrivateIpAddress! });
    }

    /** By the test's own hand. */
    async run(instanceId: string, command: string): Promise<CommandResult> {
        const { exitCode, output, errors } = await this.cloud.shell(instanceId, command);
        return { exitCode, output: `${output}${errors}`.trimEnd() };
    }

    /** As a deployer asks: what answers is brought first where it is missing. */
    async member(instanceId: string, ...words: string[]): Promise<CommandResult> {
        const [verb = "", ...others] = words;
        // What no deployer asks is asked by the test's own hand.
        const once = () =>
            isVerb(verb)
                ? ask(this.asking, instanceId, { verb, words: others }, 30)
                : this.run(instanceId, [memberCommand, ...words].join(" "));
        const answer = await once();
        if (answer.exitCode !== notBrought) return answer;
        const brought = await ask(this.asking, instanceId, { verb: "bring" }, 30);
        if (brought.exitCode !== 0) throw new Error(brought.output);
        return once();
    }

    private get asking() {
        return { ssm: this.ssm, document: documentName("machines") };
    }

    /** Asks for the server's report until it fits; an answer that does not come is part of a boot. */
    async until(instanceId: string, pattern: RegExp): Promise<string> {
        let last = "";
        for (const end = Date.now() + limitMs; Date.now() < end; await delay(250)) {
            last = await this.member(instanceId, "report").then(
                ({ output }) => output,
                (error: Error) => error.message,
            );
            if (pattern.test(last)) return last;
        }
        const journal = await this.cloud.journal(instanceId);
        const end = journal.split("\n").slice(-60).join("\n");
        throw new Error(`${instanceId} did not become ${pattern} within 400 s:\n${last}\n${end}`);
    }

    private async create(token: string, inputs: object): Promise<string> {
        return (await this.cloud.create(token, { ...inputs })).id;
    }
}

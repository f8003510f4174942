import { awsPlugin, FakeSimulator, type Kind } from "./awsProviderClient";
import { Provider, type Values } from "./providerClient";

export const region = "eu-central-1";
export const ami = "ami-0123456789abcdef0";
export const keyArn = "arn:aws:kms:eu-central-1:123456789012:key/1234";
export const policyArn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore";
export const trust = JSON.stringify({ Version: "2012-10-17", Statement: [] });

export const base64 = (text: string) => Buffer.from(text).toString("base64");

/** As the protocol carries it: without what is not given. */
export const plain = (values: Values): Values => JSON.parse(JSON.stringify(values)) as Values;

/** The least that each type takes. */
export const least: Record<Kind, Values> = {
    instance: { ami, instanceType: "m7g.large", primaryNetworkInterface: { networkInterfaceId: "eni-1" } },
    networkInterface: { subnetId: "subnet-1" },
    volume: { availabilityZone: "eu-central-1a", size: 10 },
    attachment: { deviceName: "/dev/sdf", instanceId: "i-1", volumeId: "vol-1" },
    securityGroup: { vpcId: "vpc-1" },
    ingress: { securityGroupId: "sg-1", ipProtocol: "tcp", fromPort: 1, toPort: 1, cidrIpv4: "10.0.0.0/8" },
    egress: { securityGroupId: "sg-1", ipProtocol: "-1", referencedSecurityGroupId: "sg-2" },
    role: { assumeRolePolicy: trust },
    policyAttachment: { role: "r", policyArn },
    profile: { role: "r" },
    document: { content: "{}", documentType: "Command" },
    record: { zoneId: "Z1", name: "a.example.com", type: "A", ttl: 60, records: ["10.0.0.1"] },
    vpc: { cidrBlock: "10.0.0.0/16" },
    subnet: { vpcId: "vpc-1", cidrBlock: "10.0.1.0/24" },
};
export const kinds = Object.keys(least) as Kind[];

/** The stand-in for the AWS plugin, started before the tests of a `describe` and ended after them. */
export class AwsPluginWorld {
    simulator!: FakeSimulator;
    provider!: Provider<Kind>;

    constructor() {
        before(async () => {
            this.simulator = await FakeSimulator.start();
            this.provider = await Provider.start(awsPlugin, {
                ...process.env,
                ZK_EC2_SIMULATOR: this.simulator.address,
            });
        });
        beforeEach(() => this.provider.configure({ region }));
        after(async () => {
            await this.provider?.stop();
            await this.simulator?.stop();
        });
    }

    args(kind: Kind, more: Values = {}): Values {
        return plain({ ...least[kind], ...more });
    }

    /** Check, then Create: what `pulumi up` does with a new resource. */
    async make(kind: Kind, more: Values = {}) {
        const inputs = await this.provider.checked(kind, this.args(kind, more));
        return { inputs, ...(await this.provider.create(kind, inputs)) };
    }

    /** What is recorded after `old`, compared with what Check makes of `wanted`. */
    async change(kind: Kind, old: Values, wanted: Values, ignored: string[] = []) {
        const { outputs } = await this.make(kind, old);
        return this.provider.diff(kind, outputs, await this.provider.checked(kind, this.args(kind, wanted)), ignored);
    }
}

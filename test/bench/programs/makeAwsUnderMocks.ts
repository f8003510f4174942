// Imports the library and makes an ensemble on AWS whose resources nobody makes.
import { performance } from "node:perf_hooks";
import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import { ServerOutput, ZookeeperEnsemble } from "zookeeper-ensemble";

// The mocks of the SDK do not know hooks yet; whether they do is asked through `supportsFeature`.
Object.assign(MockMonitor.prototype, {
    registerResourceHook: (_: unknown, callback: (error: unknown, answer: object) => void) => callback(null, {}),
});

const vpcId = "vpc-0123456789abcdef0";
const answers: Record<string, object> = {
    "aws:ec2/getSubnet:getSubnet": { availabilityZone: "eu-central-1a", cidrBlock: "10.0.0.0/24", vpcId },
    "aws:ssm/getParameter:getParameter": { insecureValue: "ami-0123456789abcdef0" },
    "aws:index/getPartition:getPartition": { partition: "aws", dnsSuffix: "amazonaws.com" },
};

async function main(): Promise<void> {
    const mocks: pulumi.runtime.Mocks = {
        newResource: ({ name, inputs }) => ({ id: name, state: { privateIp: "10.0.0.11", ...inputs } }),
        call: ({ token }) => answers[token]!,
    };
    await pulumi.runtime.setMocks(mocks, "bench", "bench", true);
    const subnetIds = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb", "subnet-0cccccccccccccccc"];
    const ensemble = new ZookeeperEnsemble("coordination", { aws: { vpcId, subnetIds } });
    const servers = await new Promise<number>((resolve) =>
        ensemble.servers.apply((outputs: ServerOutput[]) => resolve(outputs.length)),
    );
    const milliseconds = performance.now() - performance.nodeTiming.bootstrapComplete;
    const loaded = Object.keys(require.cache);
    const sdk = loaded.some((file) => /[\\/]@aws-sdk[\\/]/.test(file));
    console.log(JSON.stringify({ milliseconds, servers, modules: loaded.length, sdk }));
}

void main();

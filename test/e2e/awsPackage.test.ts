import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { awsPlugin, FakeSimulator } from "../tools/awsProviderClient";
import { AwsPackage } from "../support/awsPackage";
import { onAws, vpcId } from "../support/awsProgram";
import { EmptyCloud } from "../support/emptyCloud";
import { setVariables } from "../support/environment";
import { withFolder } from "../support/folder";
import { packageFolder, PackageProgram, pulumi } from "../support/packageProgram";
import { digestOf, Schema } from "../support/schema";
import { standInVariables } from "../support/standIns";

interface Manifest {
    readonly version: string;
    readonly dependencies: Record<string, string>;
    readonly peerDependencies: Record<string, string>;
    readonly devDependencies: Record<string, string>;
}

const manifestIn = async (folder: string) =>
    JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Manifest;

const program = `
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { ZookeeperEnsemble } from "@pulumi/zookeeper-ensemble-aws";

// As much of @pulumi/aws as is needed here.
class Provider extends pulumi.ProviderResource {
    constructor(name: string, settings: pulumi.Inputs) {
        super("aws", name, settings);
    }
}

const args = JSON.parse(readFileSync("args.json", "utf8"));
const credentials = { accessKey: "test", secretKey: "test" };
const provider = new Provider("elsewhere", { region: "eu-west-3", ...credentials });
export const hosts = new ZookeeperEnsemble("coordination", args, { providers: { aws: provider } }).hosts;
`;

describe("the package zookeeper-ensemble-aws", function () {
    this.timeout(600_000);
    let installed: AwsPackage;

    before(async () => {
        installed = await AwsPackage.install();
    });
    after(() => installed.remove());

    it("has the schema of zookeeper-ensemble, under its own name", async () => {
        const { code, output } = await withFolder("zookeeper-ensemble-schema-", (folder) =>
            pulumi(folder, ["package", "get-schema", installed.folder]),
        );
        assert.equal(code, 0, output);
        const shown = digestOf(JSON.parse(output) as Schema);
        const golden = await readFile(join(packageFolder, "test/golden/schema.txt"), "utf8");
        assert.equal(shown, golden.replaceAll("zookeeper-ensemble:", "zookeeper-ensemble-aws:"));
    });

    it("makes an ensemble on AWS by the provider of a program that knows only its SDK", async () => {
        const endings: (() => unknown)[] = [];
        try {
            const simulator = await FakeSimulator.start();
            endings.push(() => simulator.stop());
            const cloud = await EmptyCloud.start();
            endings.push(() => cloud.stop());
            const stack = await PackageProgram.make();
            endings.push(() => stack.remove());
            const standIns = await standInVariables();
            endings.push(setVariables({ ZK_EC2_SIMULATOR: simulator.address, ...standIns }));
            simulator.outputs.set(awsPlugin.tokens.networkInterface, {
                privateIp: "10.0.1.4",
                privateIps: ["10.0.1.4"],
            });
            const subnet = { vpcId, cidrBlock: "10.0.1.0/24", availabilityZone: "eu-west-3a" };
            simulator.results.set("aws:ec2/getSubnet:getSubnet", subnet);
            simulator.results.set("aws:ssm/getParameter:getParameter", { insecureValue: "ami-0123456789abcdef0" });
            simulator.results.set("aws:index/getPartition:getPartition", {
                partition: "aws",
                dnsSuffix: "amazonaws.com",
            });
            await stack.addPackage(program, installed.folder);
            await stack.arguments({ size: 1, ...onAws(), lifecycle: { servingTimeoutSeconds: 10 } });
            const preview = await stack.preview();
            assert.equal(preview.code, 0, preview.output);
            for (const part of ["elsewhere", "coordination", "coordination-1-server", "coordination-membership"]) {
                assert.ok(preview.steps.includes(`create ${part}`), `${part}\n${preview.steps.join("\n")}`);
            }
            assert.deepEqual(cloud.calls, [], "a preview looks at nobody");

            // Nobody is there who could serve; where they were looked for is what counts here.
            const { code, output } = await stack.up();
            assert.notEqual(code, 0, output);
            assert.deepEqual([...cloud.regions], ["eu-west-3"], output);
        } finally {
            for (const end of endings.reverse()) {
                await end();
            }
        }
    });

    it("depends on this version of the library and on the versions that it is tested with", async () => {
        const library = await manifestIn(packageFolder);
        const thin = await manifestIn(join(packageFolder, "packages/aws"));
        assert.equal(thin.version, library.version);
        assert.deepEqual(thin.dependencies, {
            "@pulumi/aws": library.peerDependencies["@pulumi/aws"],
            "@pulumi/pulumi": library.dependencies["@pulumi/pulumi"],
            "@types/node": library.devDependencies["@types/node"],
            typescript: library.devDependencies["typescript"],
            "zookeeper-ensemble": library.version,
        });
    });
});

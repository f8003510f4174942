import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { withFolder } from "../support/folder";
import { Ec2Simulator } from "./simulator";

const folder = join(__dirname, "../../examples/aws");

describe("examples/aws, by the CLI alone", function () {
    this.timeout(1_200_000);

    it("previewed, made, used from a client's place, unchanged, destroyed", () =>
        withFolder("example-aws-", livesThroughAll));

    async function livesThroughAll(state: string): Promise<void> {
        const suffix = randomBytes(3).toString("hex");
        const stack = `t${suffix}`;
        const cloud = await Ec2Simulator.start({ prefix: `zex-${suffix}` });
        const pulumi = async (...args: string[]) => {
            const env = {
                ...process.env,
                ...cloud.environment(),
                PULUMI_BACKEND_URL: `file://${state}`,
                PULUMI_CONFIG_PASSPHRASE: "",
            };
            const at = ["--stack", stack, "--non-interactive"];
            const options = { cwd: folder, env, maxBuffer: 64 * 1024 * 1024 };
            return promisify(execFile)("pulumi", [...args, ...at], options).then(
                ({ stdout }) => stdout,
                (error: Error & { stdout: string }) => assert.fail(`${error.message}\n${error.stdout}`),
            );
        };
        try {
            const { vpcId, subnetIds } = await cloud.network();
            await pulumi("stack", "init");
            await pulumi("config", "set", "aws:region", "eu-central-1");
            await pulumi("config", "set", "vpcId", vpcId);
            for (const [index, id] of subnetIds.entries()) {
                await pulumi("config", "set", "--path", `subnetIds[${index}]`, id);
            }
            assert.match(await pulumi("preview"), /-membership create/);
            assert.deepEqual(cloud.instances(), [], "a preview makes nothing");

            await pulumi("up", "--yes", "--skip-preview");
            const connectionString = (await pulumi("stack", "output", "connectionString")).trim();
            const group = (await pulumi("stack", "output", "clientSecurityGroupId")).trim();
            const client = await cloud.client(subnetIds[0]!, [group]);
            for (const host of connectionString.split(",")) {
                const [address, port] = host.split(":");
                const { output } = await client.run(`printf srvr | nc -w 5 ${address} ${port}`);
                assert.match(output, /Mode: (leader|follower)/, host);
            }
            await client.remove();

            await pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");
            await pulumi("destroy", "--yes", "--skip-preview");
            assert.deepEqual(cloud.instances(), []);
        } finally {
            await cloud.remove();
            await rm(join(folder, `Pulumi.${stack}.yaml`), { force: true });
        }
    }
});

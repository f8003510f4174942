import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { builtCommand } from "../support/builtLibrary";
import { withFolder } from "../support/folder";
import { Ec2Simulator } from "./simulator";

interface Answer {
    readonly code: number;
    readonly output: string;
}

interface Shown {
    servers: {
        id: number;
        mode?: string;
        zxid?: string;
        connections?: number;
        dataFreeKiB?: number;
        machine?: { name: string };
    }[];
}

const root = join(__dirname, "../..");
const folder = join(root, "examples/aws");

describe("examples/aws, by the CLI alone", function () {
    this.timeout(1_200_000);

    it("previewed, made, used from a client's place, shown by the command, unchanged, destroyed", () =>
        withFolder("example-aws-", livesThroughAll));

    async function livesThroughAll(state: string): Promise<void> {
        const suffix = randomBytes(3).toString("hex");
        const stack = `t${suffix}`;
        const cloud = await Ec2Simulator.start({ prefix: `zex-${suffix}` });
        const environment = () => ({
            ...process.env,
            ...cloud.environment(),
            PULUMI_BACKEND_URL: `file://${state}`,
            PULUMI_CONFIG_PASSPHRASE: "",
        });
        const pulumi = async (...args: string[]) => {
            const env = environment();
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
            await isShownByTheCommand(cloud, (...args) => command(environment(), stack, args));
            await pulumi("destroy", "--yes", "--skip-preview");
            assert.deepEqual(cloud.instances(), []);
        } finally {
            await cloud.remove();
            await rm(join(folder, `Pulumi.${stack}.yaml`), { force: true });
        }
    }
});

/** What the command says of the servers agrees with what EC2 and the servers themselves say. */
async function isShownByTheCommand(cloud: Ec2Simulator, run: (...args: string[]) => Promise<Answer>): Promise<void> {
    const [all, table, log, list] = await Promise.all([
        run("status", "--json"),
        run("status"),
        run("logs", "2", "--lines", "5"),
        run("cli", "--", "ls", "/"),
    ]);
    assert.equal(all.code, 0, all.output);
    const [ensemble] = (JSON.parse(all.output) as { ensembles: Shown[] }).ensembles;
    assert.equal(ensemble!.servers.length, 3, all.output);
    for (const { id, zxid, connections, dataFreeKiB, machine } of ensemble!.servers) {
        assert.match(zxid!, /^[0-9a-f]+$/, `server ${id}: ${all.output}`);
        assert.ok(connections! >= 0 && dataFreeKiB! > 0, `server ${id}: ${all.output}`);
        assert.equal(cloud.stateOf(machine!.name), "running", `server ${id}`);
    }
    assert.equal(table.code, 0, table.output);
    assert.match(table.output, /: healthy, quorum 3 of 3, leader [123], /);
    assert.equal(log.code, 0, log.output);
    assert.match(log.output, / (INFO|WARN) /, "the log of ZooKeeper");
    assert.equal(list.code, 0, list.output);
    assert.match(list.output, /^\[zookeeper\]$/m);

    const follower = ensemble!.servers.find(({ mode }) => mode === "follower")!;
    await cloud.stopByHand(follower.machine!.name);
    const less = await run("status");
    assert.equal(less.code, 1, less.output);
    assert.match(less.output, /: not healthy, quorum 2 of 3/);
    assert.match(
        less.output,
        new RegExp(`^  server ${follower.id}: machine ${follower.machine!.name} is stopped$`, "m"),
    );
}

/** The package's own command, on the example's folder. */
function command(env: NodeJS.ProcessEnv, stack: string, [what, ...more]: readonly string[]): Promise<Answer> {
    const args = [builtCommand, what!, "--stack", stack, "--cwd", folder, ...more];
    return promisify(execFile)(process.execPath, args, { env, cwd: tmpdir() }).then(
        ({ stdout }) => ({ code: 0, output: stdout }),
        ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
            code,
            output: stdout + stderr,
        }),
    );
}

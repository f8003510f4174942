import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { docker, freePorts, freeSubnet, removeAll } from "../support/dockerWorld";
import { shell, until } from "../support/insideContainers";
import { ZkClient } from "../support/zkClient";

const example = join(__dirname, "../../examples/larger-stack");

/** A member of the cluster as Patroni's API shows it. */
interface Member {
    name: string;
    role: string;
    state: string;
}

describe("examples/larger-stack, by the CLI alone", function () {
    this.timeout(900_000);
    const stack = `t${randomBytes(3).toString("hex")}`;
    const prefix = `larger-stack-${stack}-`;
    let state: string | undefined;
    let image: string;

    const pulumi = async (folder: string, ...args: string[]) => {
        const env = { ...process.env, PULUMI_BACKEND_URL: `file://${state}`, PULUMI_CONFIG_PASSPHRASE: "" };
        const at = ["--stack", stack, "--non-interactive"];
        const options = { cwd: folder, env, maxBuffer: 64 * 1024 * 1024 };
        return promisify(execFile)("pulumi", [...args, ...at], options).then(
            ({ stdout }) => stdout.trim(),
            (error: Error & { stdout: string }) => assert.fail(`${error.message}\n${error.stdout}`),
        );
    };
    const databases = async () =>
        JSON.parse(await pulumi(example, "stack", "output", "postgres", "--json")) as string[];

    /** The cluster, asked through one of its members; nothing while that one does not answer. */
    const cluster = async (container: string): Promise<Member[]> => {
        const asked = "import urllib.request as r; print(r.urlopen('http://localhost:8008/cluster').read().decode())";
        // A container that Docker is starting again takes no command: nothing is answered then either.
        const answer = await shell(container, `python3 -c "${asked}" 2>/dev/null || true`).catch(() => "");
        return answer === "" ? [] : (JSON.parse(answer) as { members: Member[] }).members;
    };
    const leaderSeenBy = async (container: string) =>
        (await cluster(container)).find(({ role, state: doing }) => role === "leader" && doing === "running")?.name;

    before(async () => {
        // @ts-expect-error the tools are plain JavaScript
        const { ensurePatroniImage } = await import("../../tools/docker/patroniImage.mjs");
        image = (await ensurePatroniImage()) as string;
        state = await mkdtemp(join(tmpdir(), "larger-stack-"));
        await pulumi(example, "stack", "init");
        const flagsHostPort = String(await freePorts(5));
        const settings = { patroniImage: image, flagsHostPort, subnet: await freeSubnet() };
        for (const [key, value] of Object.entries(settings)) {
            await pulumi(example, "config", "set", key, value);
        }
        await pulumi(example, "config", "set", "--secret", "postgresPassword", randomBytes(12).toString("hex"));
        await pulumi(example, "up", "--yes", "--skip-preview");
    });

    after(async () => {
        if (state === undefined) {
            return;
        }
        const names = await databases().catch(() => []);
        await pulumi(example, "destroy", "--yes", "--skip-preview").catch(() => undefined);
        for (const name of names) {
            await docker
                .getContainer(name)
                .remove({ force: true, v: true })
                .catch(() => undefined);
        }
        await removeAll(prefix);
        await rm(state, { recursive: true, force: true });
        await rm(join(example, `Pulumi.${stack}.yaml`), { force: true });
        await rm(join(example, "reader", `Pulumi.${stack}.yaml`), { force: true });
    });

    it("the databases choose their leader in ZooKeeper, below the chroot", async () => {
        const [first = ""] = await databases();
        await until("one database leads", async () => (await leaderSeenBy(first)) !== undefined, 180_000);
        const servers = await pulumi(example, "stack", "output", "databasesConnectionString");
        assert.match(servers, /\/patroni$/);
        const recorded = await ZkClient.use(servers, (client) => client.read("/service/shop/leader"));
        assert.equal(recorded, await leaderSeenBy(first));
    });

    it("another database leads when the first is gone", async () => {
        const names = await databases();
        await until("both take part", async () => (await cluster(names[0]!)).length === 2, 180_000);
        const leader = (await leaderSeenBy(names[0]!))!;
        const [lost, left] = leader === "shop-db-1" ? [names[0]!, names[1]!] : [names[1]!, names[0]!];
        await until(
            "the other one follows",
            async () =>
                (await cluster(left)).some(
                    ({ role, state: doing }) => role !== "leader" && /running|streaming/.test(doing),
                ),
            180_000,
        );
        await docker.getContainer(lost).kill();
        await until(
            "the other one leads",
            async () => ![undefined, leader].includes(await leaderSeenBy(left)),
            180_000,
        );
        await docker.getContainer(lost).start();
    });

    it("a second up changes nothing", () => pulumi(example, "up", "--yes", "--skip-preview", "--expect-no-changes"));

    it("another project uses the second ensemble by a reference to the stack", async () => {
        const reader = join(example, "reader");
        await pulumi(reader, "stack", "init");
        await pulumi(reader, "config", "set", "infrastructure", `organization/larger-stack/${stack}`);
        await pulumi(reader, "up", "--yes", "--skip-preview");
        const connectionString = await pulumi(reader, "stack", "output", "connectionString");
        await ZkClient.use(connectionString, (client) => client.create("/dark-mode", "on"));
        const withoutChroot = connectionString.replace(/\/flags$/, "");
        assert.equal(await ZkClient.use(withoutChroot, (client) => client.read("/flags/dark-mode")), "on");
    });
});

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import zookeeper from "node-zookeeper-client";
import { ZookeeperEnsemble } from "../../lib";
import { codeBlocks, documentOf, sectionOf } from "../support/documents";
import { sharedStack } from "../support/sharedStack";
import { ZkClient } from "../support/zkClient";

const folder = join(__dirname, "../../examples/migration");

const onlyCreator = new zookeeper.ACL(zookeeper.Permission.ALL, new zookeeper.Id("auth", ""));

/** Creates a node that only one user may touch, with a session of the test's own. */
async function createForOwner(servers: string, path: string, data: string, auth: string): Promise<void> {
    const client = zookeeper.createClient(servers);
    const connected = new Promise<void>((done) => client.once("connected", done));
    client.connect();
    await connected;
    try {
        client.addAuthInfo("digest", Buffer.from(auth));
        await new Promise<void>((resolve, reject) =>
            client.create(path, Buffer.from(data), [onlyCreator], (error) => (error ? reject(error) : resolve())),
        );
    } finally {
        client.close();
    }
}

describe("the script of the migration guide", function () {
    this.timeout(300_000);
    const stack = sharedStack();
    const old = () => `localhost:${stack().firstPort}`;
    const fresh = () => `localhost:${stack().firstPort + 5}/taken-over`;
    /** By the command of the guide, with other addresses. */
    const copy = (from: string, to: string, env: NodeJS.ProcessEnv = {}) => {
        const [command = ""] = codeBlocks(sectionOf(documentOf("docs/migration.md"), "Copy"), "sh");
        const [node, file, ...addresses] = command.trim().split(" ");
        assert.deepEqual(
            [node, file, addresses.length],
            ["node", "copy.mjs", 2],
            `the guide has another command: ${command}`,
        );
        return promisify(execFile)(node!, [file!, from, to], { cwd: folder, env: { ...process.env, ...env } });
    };

    before(() =>
        stack().up(async () => {
            const make = (name: string, number: number, chroot: string) =>
                new ZookeeperEnsemble(name, {
                    size: 1,
                    chroot,
                    jvm: { heapMiB: 128 },
                    docker: {
                        memoryMiB: 384,
                        firstHostPort: stack().firstPort + number * 5,
                        network: { subnet: stack().subnet.replace("0/24", `${number * 64}/26`) },
                    },
                });
            make("old", 0, "");
            make("fresh", 1, "/taken-over");
        }),
    );

    it("copies every node that stays, below the new chroot, and can be run again", async () => {
        await ZkClient.use(old(), async (client) => {
            await client.create("/orders", "many");
            await client.create("/orders/a b", "ünïcode");
            await client.create("/orders/a b/deep", "");
        });
        await createForOwner(old(), "/private", "secret", "shop:password");
        const auth = { ZK_AUTH: "shop:password" };

        const { stdout } = await copy(old(), fresh(), auth);
        assert.match(stdout, /^5 nodes copied, 0 differ/m);
        assert.equal(await ZkClient.use(fresh(), (client) => client.read("/orders/a b")), "ünïcode");
        assert.equal(await ZkClient.use(fresh(), (client) => client.exists("/orders/a b/deep")), true);
        await assert.rejects(
            ZkClient.use(fresh(), (client) => client.read("/private")),
            /NO_AUTH/,
        );

        await ZkClient.use(old(), (client) => client.set("/orders", "more"));
        await copy(old(), fresh(), auth);
        assert.equal(await ZkClient.use(fresh(), (client) => client.read("/orders")), "more");
    });

    it("says whom it cannot reach, and how it is used", async () => {
        const refused = (...args: [string, string]) =>
            copy(...args).then(
                () => assert.fail("it was expected to fail"),
                ({ code, stderr }: { code: number; stderr: string }) => ({ code, stderr }),
            );
        assert.deepEqual((await refused("", "")).code, 2);
        assert.match((await refused("localhost:1", old())).stderr, /localhost:1 does not answer/);
    });
});

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { promisify } from "node:util";
import zookeeper from "node-zookeeper-client";
import { ZookeeperEnsemble } from "../../lib";
import { codeBlocks, documentOf, sectionOf } from "../support/documents";
import { docker } from "../support/dockerWorld";
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
    /** By ZooKeeper's own client in the one container of an ensemble: the library here knows neither kind of node. */
    const zkCliIn = async (name: string, commands: string[]) => {
        const prefix = `/${stack().prefix(name)}`;
        const all = await docker.listContainers();
        const { Id } = all.find(({ Names }) => Names[0]!.startsWith(prefix))!;
        const exec = await docker.getContainer(Id).exec({
            Cmd: ["bash", "-c", 'printf "%s\\n" "$@" | zkCli.sh -waitforconnection', "zkCli.sh", ...commands],
            Env: ["ZK_CLIENT_HEAP=64", "JVMFLAGS="],
            User: "zookeeper",
            AttachStdout: true,
        });
        const stream = await exec.start({});
        stream.resume();
        await finished(stream, { writable: false });
    };
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
                    config:
                        name === "old"
                            ? { znodes: { extendedTypesEnabled: true }, limits: { juteMaxBufferBytes: 4_194_304 } }
                            : {},
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

    it("lists what it does not keep, names what it cannot copy, and copies everything else", async () => {
        await createForOwner(old(), "/anothers", "secret", "another:password");
        await ZkClient.use(old(), (client) => client.createLarge("/large", "x".repeat(2 * 1024 * 1024)));
        const typed = ["create -c /container kept", "create /container/in it", "create -t 9000000 /passing soon"];
        await zkCliIn("old", [...typed, "setquota -n 1000 /orders"]);

        const failed = await copy(old(), fresh(), { ZK_AUTH: "shop:password" }).then(
            () => assert.fail("it was expected to fail"),
            (error: { code: number; stdout: string; stderr: string }) => error,
        );

        assert.equal(failed.code, 1);
        assert.match(failed.stdout, /^the quota of \/orders \(.*count=1000.*\) is not copied: set it anew/m);
        assert.match(failed.stdout, /^\d+ nodes copied, 0 differ, 2 could not be copied$/m);
        assert.match(failed.stderr, /^\/anothers may not be read, .*: give the user who may in ZK_AUTH/m);
        assert.match(failed.stderr, /^\/large has 2097152 bytes, more than .*juteMaxBufferBytes/m);
        assert.equal(await ZkClient.use(fresh(), (client) => client.read("/container/in")), "it");
        assert.equal(await ZkClient.use(fresh(), (client) => client.read("/passing")), "soon");
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

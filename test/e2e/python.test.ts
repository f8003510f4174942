import assert from "node:assert/strict";
import { EnsembleError } from "../../lib/errors";
import { resolve } from "../../lib/platforms/resolve";
import { codeBlocks, documentOf } from "../support/documents";
import { containerEvents } from "../support/dockerEvents";
import { containerId, containerNames } from "../support/dockerWorld";
import { modeOf } from "../support/insideContainers";
import { PackageProgram } from "../support/packageProgram";
import { ZkClient } from "../support/zkClient";

/** With the classes, enums and dictionaries of the SDK; `instead` puts any data in the place of all arguments. */
const program = `
import json
import pulumi
import pulumi_docker as docker
import pulumi_zookeeper_ensemble as zookeeper

given = json.load(open("args.json"))
arguments = given["instead"] if "instead" in given else {
    "ensemble_id": given["ensembleId"],
    "servers": [
        zookeeper.ServerArgsArgs(id=1),
        {"id": 2},
        zookeeper.ServerArgsArgs(id=5, role=zookeeper.ServerRole.PARTICIPANT),
        zookeeper.ServerArgsArgs(id=7, role=zookeeper.ServerRole.OBSERVER),
    ],
    "chroot": "/shop",
    "config": zookeeper.ConfigArgsArgs(
        tick_time_ms=500,
        sync_limit_ticks=given["syncLimitTicks"],
        autopurge={"snap_retain_count": 4},
        extra={"ssl.protocol": "TLSv1.3"},
    ),
    "jvm": zookeeper.JvmArgsArgs(heap_mi_b=128),
    "docker": zookeeper.DockerArgsArgs(
        image=pulumi.Output.secret("zookeeper:3.9.5"),
        first_host_port=given["firstPort"],
        memory_mi_b=384,
        restart=zookeeper.RestartPolicy.NO,
        network=zookeeper.DockerNetworkArgsArgs(subnet=given["subnet"]),
    ),
}
ensemble = zookeeper.ZookeeperEnsemble("coordination", **arguments)
pulumi.export("connectionString", ensemble.connection_string)
pulumi.export("chroot", pulumi.Output.concat(ensemble.chroot, "!"))
pulumi.export("servers", ensemble.servers.apply(lambda all: [f"{one.id:.0f} {one.role} {one.volumes.data}" for one in all]))
`;

const wrong: Record<string, { plain: object; python?: object }> = {
    "text for numbers": { plain: { size: "three", config: { tickTimeMs: "500" }, docker: {} } },
    "what does not exist, deep down": { plain: { config: { autopurge: { purgeHours: 1 } }, docker: { prots: 1 } } },
    "things of another kind": { plain: { jvm: 5, config: { autopurge: 3 }, docker: "yes" } },
    "numbers out of their ranges": {
        plain: { ensembleId: "x", servers: [{ id: 1.5 }, { id: 300 }, { id: 3, role: "leader" }], docker: {} },
        python: { ensemble_id: "x", servers: [{ id: 1.5 }, { id: 300 }, { id: 3, role: "leader" }], docker: {} },
    },
    "no platform": { plain: { size: 3, docker: null, aws: null } },
};

describe("a program in Python", function () {
    this.timeout(300_000);
    let stack: PackageProgram;
    const ids = [1, 2, 5, 7];
    const prefix = () => `${stack.project}-`;
    const host = (id: number) => `localhost:${stack.firstPort + id - 1}`;
    const containers = async () => Promise.all((await containerNames(prefix())).map(containerId));
    const want = (syncLimitTicks: number) => {
        const { firstPort, subnet, project } = stack;
        return stack.arguments({ ensembleId: `${project}-c`, firstPort, subnet, syncLimitTicks });
    };

    before(async () => {
        stack = await PackageProgram.make();
        await stack.addPackageToPython(program);
    });
    after(() => stack.remove());

    it("makes an ensemble that serves when the up is done, with enums, nested inputs and secrets as they were meant", async () => {
        await want(5);
        const { code, output, progress } = await stack.up();
        assert.equal(code, 0, output);
        assert.match(progress.join("\n"), /^coordination-membership: founding: waits for the first quorum$/m);

        const outputs = await stack.outputs();
        assert.equal(outputs.connectionString, `${ids.map(host).join()}/shop`);
        assert.equal(outputs.chroot, "/shop!");
        const volume = (id: number) => `${stack.project}-c-${id}-data`;
        const roles = ids.map((id) => `${id} ${id === 7 ? "observer" : "participant"} ${volume(id)}`);
        assert.deepEqual(outputs.servers, roles);
        assert.equal(await modeOf(host(7)), "observer");
        await ZkClient.use(outputs.connectionString as string, (client) => client.create("/key", "value"));

        const { deployment } = JSON.parse(await stack.state()) as {
            deployment: { resources: { type: string; inputs: { config: object; docker: { image: unknown } } }[] };
        };
        const { inputs } = deployment.resources.find(({ type }) => /ZookeeperEnsemble$/.test(type))!;
        assert.deepEqual(inputs.config, {
            tickTimeMs: 500,
            syncLimitTicks: 5,
            autopurge: { snapRetainCount: 4 },
            extra: { "ssl.protocol": "TLSv1.3" },
        });
        assert.deepEqual(Object.keys(inputs.docker.image as object).sort(), [
            "4dabf18193072939515e22adb298388d",
            "ciphertext",
        ]);
    });

    it("shows no change to the second up", async () => {
        const { code, output, steps } = await stack.up();
        assert.equal(code, 0, output);
        assert.deepEqual(steps, []);
    });

    it("rolls one server at a time, the leader last", async () => {
        const modes = await Promise.all(ids.map((id) => modeOf(host(id))));
        const leader = ids[modes.indexOf("leader")]!;
        const order = [...ids.filter((id) => id !== leader), leader];
        await want(8);
        const events = await containerEvents(prefix(), async () => {
            const { code, output } = await stack.up();
            assert.equal(code, 0, output);
        });
        assert.deepEqual(
            events.filter((event) => /^(destroy|create) /.test(event)),
            order.flatMap((id) => [`destroy c-${id}`, `create c-${id}`]),
        );
        assert.equal(await ZkClient.use(`${host(2)}/shop`, (client) => client.read("/key")), "value");
    });

    for (const [what, { plain, python }] of Object.entries(wrong)) {
        it(`is told the same faults as one in TypeScript, and nothing is touched: ${what}`, async () => {
            const before = await containers();
            await stack.arguments({ instead: python ?? plain });
            const { code, output } = await stack.preview();
            assert.notEqual(code, 0, output);
            const told = output.split("\n").map((line) => line.trim());
            const faults = faultsOf(plain);
            assert.ok(faults.length > 0);
            assert.deepEqual(
                faults.filter((fault) => !told.includes(fault)),
                [],
                output,
            );
            assert.deepEqual(await containers(), before);
        });
    }

    it("is destroyed by a plain destroy", async () => {
        await want(8);
        await stack.destroy();
        assert.deepEqual(await containerNames(prefix()), []);
        assert.deepEqual(await stack.resources(), []);
    });

    it("may be the example of the documents", async () => {
        const [example = ""] = codeBlocks(documentOf("docs/languages.md"), "python");
        await stack.replacePython(example);
        const { code, output, steps } = await stack.preview();
        assert.equal(code, 0, output);
        assert.ok(steps.includes("create coordination-4-server"), steps.join("\n"));
    });
});

/** The lines of the error in TypeScript, without the first one. */
function faultsOf(args: object): string[] {
    try {
        resolve({ name: "coordination", project: "p", stack: "t" }, args as Parameters<typeof resolve>[1]);
    } catch (error) {
        assert.ok(error instanceof EnsembleError, String(error));
        return error.message
            .split("\n")
            .slice(1)
            .map((line) => line.trim());
    }
    assert.fail("the arguments are taken for good ones");
}

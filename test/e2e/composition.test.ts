import assert from "node:assert/strict";
import { Provider } from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { ZookeeperEnsemble, ZookeeperEnsembleArgs } from "../../lib";
import { documentOf, sectionOf } from "../support/documents";
import { containerEvents } from "../support/dockerEvents";
import { containerId, containerNames, docker } from "../support/dockerWorld";
import { setVariables } from "../support/environment";
import { modeOf } from "../support/insideContainers";
import { ensemblesOf } from "../support/shownPrograms";
import { dockerHas } from "../support/programKinds";
import { RecordedEngine } from "../support/recordedEngine";
import { sharedStack } from "../support/sharedStack";
import { StackUnderTest } from "../support/stackUnderTest";
import { ZkClient } from "../support/zkClient";

const guide = documentOf("docs/operations.md");

/** A small ensemble; the number keeps the ports and subnets of several in one stack apart. */
function ensembleOf(
    stack: StackUnderTest,
    name: string,
    { number = 0, ...args }: { number?: number } & ZookeeperEnsembleArgs = {},
    opts?: pulumi.ComponentResourceOptions,
): ZookeeperEnsemble {
    const part = stack.subnet.replace("0/24", `${number * 64}/26`);
    const onDocker = { firstHostPort: stack.firstPort + number * 3, memoryMiB: 384, network: { subnet: part } };
    const small = { jvm: { heapMiB: 128 }, config: { tickTimeMs: 500 } };
    return new ZookeeperEnsemble(name, { ...small, ...args, docker: { ...onDocker, ...args.docker } }, opts);
}

const hostOf = (stack: StackUnderTest, number: number) => `localhost:${stack.firstPort + number * 3}`;

/** Somebody's own component with an ensemble inside. */
class Shop extends pulumi.ComponentResource {
    constructor(name: string, make: (parent: Shop) => void, opts?: pulumi.ComponentResourceOptions) {
        super("test:index:Shop", name, {}, opts);
        make(this);
        this.registerOutputs();
    }
}

describe("an explicit provider", function () {
    this.timeout(180_000);

    it("is used for resources and gates alike, given as provider, as list, as map and by a parent", () =>
        StackUnderTest.use(async (stack) => {
            const engines = await Promise.all(Array.from({ length: 4 }, () => RecordedEngine.start()));
            const [one, two, three, four] = engines as [RecordedEngine, RecordedEngine, RecordedEngine, RecordedEngine];
            const restoreVariables = setVariables({ DOCKER_HOST: "unix:///nowhere/docker.sock" });
            try {
                await stack.up(async () => {
                    const provider = ({ host }: RecordedEngine, name: string) => new Provider(name, { host });
                    ensembleOf(stack, "one", { number: 0, size: 1 }, { provider: provider(one, "as-provider") });
                    ensembleOf(stack, "two", { number: 1, size: 1 }, { providers: [provider(two, "as-list")] });
                    ensembleOf(
                        stack,
                        "three",
                        { number: 2, size: 1 },
                        { providers: { docker: provider(three, "as-map") } },
                    );
                    const make = (parent: Shop) => void ensembleOf(stack, "four", { number: 3, size: 1 }, { parent });
                    new Shop("shop", make, { providers: [provider(four, "of-parent")] });
                });
            } finally {
                restoreVariables();
                await Promise.all(engines.map((engine) => engine.stop()));
            }
            for (const [index, { requests }] of engines.entries()) {
                const count = (pattern: RegExp) => requests.filter((each) => pattern.test(each)).length;
                assert.equal(count(/^POST \/containers\/create$/), 1, `engine ${index}`);
                assert.ok(count(/^POST \/containers\/\w+\/exec$/) > 0, `engine ${index}`);
                assert.ok(await modeOf(hostOf(stack, index)), `ensemble ${index}`);
            }
        }));
});

describe("two ensembles of one name in one stack, one below another component", function () {
    this.timeout(240_000);
    const stack = sharedStack();
    const said: string[] = [];
    let servedBeforeConsumer: string | undefined;

    /** What a user's own hook does while the deployment goes. */
    const hook = (what: string, run: () => Promise<void> | void = () => {}) =>
        new pulumi.ResourceHook(what, async () => {
            said.push(what);
            await run();
        });

    const program = async () => {
        const ensemble = ensembleOf(
            stack(),
            "coordination",
            { number: 0, ensembleId: `${stack().project}-a`, chroot: "/app" },
            { hooks: { beforeCreate: [hook("the user's hook before")], afterCreate: [hook("the user's hook after")] } },
        );
        const make = (parent: Shop) =>
            void ensembleOf(
                stack(),
                "coordination",
                { number: 1, size: 1, ensembleId: `${stack().project}-b` },
                { parent },
            );
        new Shop("shop", make);
        const look = hook("the consumer is made", async () => {
            const { firstPort } = stack();
            const modes = await Promise.all([0, 1, 2].map((offset) => modeOf(`localhost:${firstPort + offset}`)));
            const isThere = await ZkClient.use(hostOf(stack(), 0), (client) => client.exists("/app"));
            servedBeforeConsumer = `${modes.sort().join()} with chroot: ${isThere}`;
        });
        new pulumi.Stash("consumer", { input: "x" }, { dependsOn: [ensemble], hooks: { beforeCreate: [look] } });
    };

    before(() => stack().up(program));

    it("are both founded by one up", async () => {
        for (const number of [0, 1]) {
            await ZkClient.use(hostOf(stack(), number), (client) => client.create("/name", String(number)));
        }
        assert.equal(await ZkClient.use(hostOf(stack(), 0), (client) => client.read("/name")), "0");
        assert.equal(await ZkClient.use(hostOf(stack(), 1), (client) => client.read("/name")), "1");
    });

    it("hold up what depends on them until they serve and have their chroot", () => {
        assert.equal(servedBeforeConsumer, "follower,follower,leader with chroot: true");
    });

    it("run the user's own hooks beside the library's", () => {
        assert.deepEqual(said.slice().sort(), [
            "the consumer is made",
            "the user's hook after",
            "the user's hook before",
        ]);
    });

    it("show no change to the second up", async () => {
        assert.deepEqual((await stack().up(program)).steps, []);
    });
});

describe("an ensemble of three whose program changes around it", function () {
    this.timeout(240_000);
    const stack = sharedStack();
    const prefix = () => `${stack().project}-e-`;
    const containers = async () => Promise.all((await containerNames(prefix())).map(containerId));
    const program =
        (opts: pulumi.ComponentResourceOptions = {}, args: ZookeeperEnsembleArgs = {}, name = "coordination") =>
        async () =>
            void ensembleOf(stack(), name, { ensembleId: prefix().slice(0, -1), ...args }, opts);

    /** Adds a label to whatever of Docker can have one. */
    const labelled: pulumi.ResourceTransform = async ({ type, props, opts }) => {
        if (!/^docker:index\/(network|volume|container):/.test(type)) {
            return undefined;
        }
        const labels = (props as { labels?: object[] }).labels ?? [];
        return { props: { ...props, labels: [...labels, { label: "team", value: "orders" }] }, opts };
    };

    before(async () => {
        await stack().up(program());
        await ZkClient.use(hostOf(stack(), 0), (client) => client.create("/key", "value"));
    });
    afterEach(async () => {
        assert.equal(await ZkClient.use(hostOf(stack(), 0), (client) => client.read("/key")), "value");
    });

    it("is rolled one server at a time, the leader last, when only a transform adds a label, and keeps its data", async () => {
        const { firstPort } = stack();
        const modes = await Promise.all([0, 1, 2].map((offset) => modeOf(`localhost:${firstPort + offset}`)));
        const leader = modes.indexOf("leader") + 1;
        const order = [...[1, 2, 3].filter((id) => id !== leader), leader];
        const events = await containerEvents(prefix(), () => stack().up(program({ transforms: [labelled] })));
        const births = events.filter((event) => /^(destroy|create) /.test(event));
        assert.deepEqual(
            births,
            order.flatMap((id) => [`destroy ${id}`, `create ${id}`]),
        );
        for (const name of await containerNames(prefix())) {
            assert.equal((await docker.getContainer(name).inspect()).Config.Labels.team, "orders");
        }
        assert.deepEqual((await stack().up(program({ transforms: [labelled] }))).steps, []);
    });

    it("is rolled also while it is protected, and then a destroy deletes nothing", async () => {
        const options = { transforms: [labelled], protect: true };
        await stack().up(program(options));
        const before = await containers();
        await stack().up(program(options, { jvm: { heapMiB: 136 } }));
        const after = await containers();
        assert.equal(before.filter((id) => after.includes(id)).length, 0);
        // Refused at its beginning: at its end two servers would have lost their votes.
        const smaller = /server 2, 3 would be removed, whose volumes are protected.*take the protection off/;
        assert.match(await stack().failingUp(program(options, { size: 1, jvm: { heapMiB: 136 } })), smaller);
        const unprotected = program({ transforms: [labelled] }, { size: 1, jvm: { heapMiB: 136 } });
        assert.match(await stack().failingUp(unprotected), smaller);
        assert.deepEqual(await containers(), after);
        // Only the arguments that the state shows of the component.
        const { steps } = await stack().up(program(options, { jvm: { heapMiB: 136 } }));
        assert.deepEqual(steps, ["update coordination"]);
        await assert.rejects(stack().destroy(), /protected/);
        assert.deepEqual(await containers(), after);
        await stack().up(program({ transforms: [labelled] }, { jvm: { heapMiB: 136 } }));
    });

    it("replaces nothing when it is renamed as the guide shows: with an alias, its id, host names and subnet", async () => {
        const [shown, ...others] = ensemblesOf(sectionOf(guide, "Rename an ensemble in the program"), {
            "shop-dev-coordination-d2bf": prefix().slice(0, -1),
            "10.188.13.0/24": stack().subnet.replace("0/24", "0/26"),
        });
        assert.ok(shown && others.length === 0, "the guide shows one ensemble");
        assert.equal(shown.name, "registry");
        const before = await containers();
        const options = { transforms: [labelled], ...shown.opts };
        const { firstPort } = stack();
        const docker = { firstHostPort: firstPort, memoryMiB: 384, ...shown.args.docker };
        const own = { jvm: { heapMiB: 136 }, config: { tickTimeMs: 500 } };
        const { steps } = await stack().up(
            async () => void new ZookeeperEnsemble(shown.name, { ...own, ...shown.args, docker }, options),
        );
        assert.deepEqual(
            steps.filter((step) => /replace|delete|create/.test(step)),
            [],
        );
        assert.deepEqual(await containers(), before);
    });

    it("refuses another ensembleId before anything is touched, in the preview and in the up", async () => {
        const before = await dockerHas(stack().project);
        const servers = [1, 2, 3].map((id) => ({ id, hostname: `coordination-${id}` }));
        const other = { jvm: { heapMiB: 136 }, servers, ensembleId: `${prefix()}other` };
        // The name that the guide's renaming gave.
        const changed = program({ transforms: [labelled] }, other, "registry");
        const reason = /its volumes and machines belong to \S+-e: .*Set ensembleId: "\S+-e"/;
        await assert.rejects(stack().preview(changed), reason);
        assert.match(await stack().failingUp(changed), reason);
        assert.deepEqual(await dockerHas(stack().project), before);
    });
});

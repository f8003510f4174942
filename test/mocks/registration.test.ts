import assert from "node:assert/strict";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { DockerArgs, ServerRole, VolumeRetention, ZookeeperEnsemble, ZookeeperEnsembleArgs } from "../../lib";
import { assertDistinct, named, nameOf, notAfter, ofType, reachableByProperties } from "../support/registrationQueries";
import { Registered, registered, Registration } from "../support/registrations";

const container = "docker:index/container:Container";
const volume = "docker:index/volume:Volume";
const stash = "pulumi:index:Stash";

describe("what an ensemble registers", () => {
    it("every resource is a child of the ensemble, named after it and the server's id", async () => {
        const { resources } = await coordination({
            servers: [{ id: 2 }, { id: 7 }, { id: 5, role: ServerRole.Observer }],
        });
        const children = resources.filter(
            ({ parent }) => parent === "zookeeper-ensemble:index:ZookeeperEnsemble coordination",
        );
        assert.deepEqual(
            children.map(({ name }) => name).sort(),
            [
                "coordination-founding",
                "coordination-guard",
                "coordination-image",
                "coordination-membership",
                "coordination-network",
                ...[2, 5, 7].flatMap((id) =>
                    ["data", "log", "server", "serving"].map((what) => `coordination-${id}-${what}`),
                ),
            ].sort(),
        );
        assert.equal(resources.length, children.length + 2, "the stack and the ensemble are the others");
    });

    it("adding a server changes no registration of the others' disks and machines", async () => {
        const three = await coordination({ size: 3 });
        const five = await coordination({ size: 5 });
        for (const one of three.resources.filter(({ type }) => type === container || type === volume)) {
            const other = five.resources.find(({ name }) => name === one.name)!;
            assert.deepEqual(other.inputs, one.inputs, one.name);
        }
    });

    it("volumes survive: they are retained, and no difference can replace them", async () => {
        const { resources } = await coordination({});
        const volumes = ofType(resources, volume);
        assert.equal(volumes.length, 6);
        for (const { retainOnDelete, ignoreChanges, inputs, hooks } of volumes) {
            assert.equal(retainOnDelete, true);
            assert.deepEqual(ignoreChanges, ["name", "driver", "driverOpts", "labels"]);
            assert.equal(inputs.labels, undefined);
            assert.deepEqual(hooks, ["coordination:volume"], "it looks, and refuses nothing");
        }
    });

    it("protection is for volumes, the network and where a destroy begins: no machine and no other marker has it", async () => {
        const { resources } = await registered(() => void ensemble("coordination", {}, { protect: true }));
        const children = resources.filter(({ name }) => name.startsWith("coordination-"));
        assert.deepEqual(
            children
                .filter(({ protect }) => protect)
                .map(({ name }) => name)
                .sort(),
            [
                "coordination-membership",
                "coordination-network",
                ...[1, 2, 3].flatMap((id) => ["data", "log"].map((what) => `coordination-${id}-${what}`)),
            ].sort(),
        );
        assert.ok(children.every(({ protect }) => protect !== undefined));
        assert.deepEqual(guardInput(resources).protected, [1, 2, 3]);
        assert.equal("protected" in guardInput((await coordination({})).resources), false);
    });

    it("volumes go with their server when that is asked for", async () => {
        const { resources } = await coordination({ docker: { volumes: { retention: VolumeRetention.Delete } } });
        assert.deepEqual(
            ofType(resources, volume).map(({ retainOnDelete }) => retainOnDelete),
            Array(6).fill(false),
        );
    });

    it("a container is never there twice, and what the provider would not apply replaces it", async () => {
        const { resources } = await coordination({});
        const containers = ofType(resources, container);
        assert.equal(containers.length, 3);
        for (const each of containers) {
            assert.equal(each.deleteBeforeReplace, true);
            assert.deepEqual(each.replaceOnChanges, ["healthcheck", "init", "tmpfs"]);
            assert.deepEqual(each.hideDiffs, ["uploads"]);
            assert.deepEqual(each.hooks, [`coordination:${each.name.split("-")[1]}-birth`]);
        }
    });

    it("markers hide ids in previews, and the founding is recorded once", async () => {
        const { resources } = await coordination({});
        const hidden = Object.fromEntries(ofType(resources, stash).map(({ name, hideDiffs }) => [name, hideDiffs]));
        assert.deepEqual(hidden["coordination-2-serving"], ["input.machine", "input.specification"]);
        assert.deepEqual(hidden["coordination-membership"], ["input.machines"]);
        assert.deepEqual(named(resources, "coordination-founding").ignoreChanges, ["input"]);
    });

    it("no property of one server's disks or machine depends on another server", async () => {
        const { resources } = await coordination({ size: 5, observers: 2 });
        for (const machine of [...ofType(resources, container), ...ofType(resources, volume)]) {
            const allowed = [
                "coordination-image",
                ...["data", "log"].map((what) => machine.name.replace(/[a-z]+$/, what)),
            ];
            for (const dependency of reachableByProperties(resources, machine)) {
                assert.ok(allowed.includes(dependency), `${machine.name} depends by a property on ${dependency}`);
            }
        }
    });

    it("a machine waits for the guard, the recorded founding and the network", async () => {
        const { resources } = await coordination({});
        for (const { dependencies } of ofType(resources, container)) {
            const names = dependencies.map(nameOf);
            for (const awaited of ["coordination-guard", "coordination-founding", "coordination-network"]) {
                assert.ok(names.includes(awaited), `${awaited} is not among ${names.join(", ")}`);
            }
        }
    });

    it("nothing but the image is made or changed before the guard has let the up through", async () => {
        const { resources } = await coordination({});
        const own = notAfter(resources, "coordination-guard").filter((name) => name.startsWith("coordination-"));
        assert.deepEqual(own, ["coordination-image"]);
    });

    it("volumes wait for the guard alone, and the founding is recorded when all of them are made", async () => {
        const { resources } = await coordination({ observers: 1 });
        const volumes = ofType(resources, volume);
        for (const { name, dependencies } of volumes) {
            assert.deepEqual(dependencies.map(nameOf), ["coordination-guard"], `${name}: refused ups leave nothing`);
        }
        const { dependencies, hooks } = named(resources, "coordination-founding");
        const all = ["coordination-guard", ...volumes.map(({ name }) => name)];
        assert.deepEqual(dependencies.map(nameOf).sort(), all.sort());
        assert.deepEqual(hooks, ["coordination:founding"]);
    });

    it("markers whose hooks may have to run without a difference in the program keep the text that they have", async () => {
        for (const preview of [false, true]) {
            const program = () => void ensemble("coordination", {});
            const { resources } = await registered(program, { preview });
            for (const what of ["guard", "1-serving", "2-serving", "3-serving", "membership"]) {
                const { inputs, ignoreChanges } = named(resources, `coordination-${what}`);
                assert.equal((inputs.input as { attention: string }).attention, "", what);
                assert.deepEqual(ignoreChanges, ["input.attention"], what);
            }
        }
    });

    it("a preview registers exactly what an up registers", async () => {
        const program = () => void ensemble("coordination", { size: 3, observers: 1, chroot: "/my-app" });
        const up = await registered(program);
        const preview = await registered(program, { preview: true });
        const nothingOf = { urn: "", propertyDependencies: new Map() };
        const comparable = ({ resources }: Registered) =>
            resources
                .map((each) => ({
                    ...each,
                    ...nothingOf,
                    inputs: withoutLookedUp(each),
                    dependencies: [...each.dependencies].sort(),
                }))
                .sort((a, b) => (a.name < b.name ? -1 : 1));
        assert.deepEqual(comparable(preview), comparable(up));
        assert.deepEqual([...preview.hooks].sort(), [...up.hooks].sort());
    });

    it("bad arguments register nothing at all", async () => {
        const { resources, hooks, error } = await registered(() => void ensemble("coordination", { size: 0 }), {
            mayFail: true,
        });
        assert.match(error!.message, /size: 0/);
        assert.deepEqual(
            resources.map(({ type }) => type),
            ["pulumi:pulumi:Stack"],
        );
        assert.deepEqual(hooks, []);
    });
});

describe("ensembles in larger programs", () => {
    for (const [title, opts] of Object.entries({
        provider: (provider: docker.Provider) => ({ provider }),
        "providers as a list": (provider: docker.Provider) => ({ providers: [provider] }),
        "providers as a map": (provider: docker.Provider) => ({ providers: { docker: provider } }),
    })) {
        it(`${title}: every Docker resource gets it`, async () => {
            const { resources } = await registered(() => {
                const provider = new docker.Provider("engine", { host: "unix:///nobody/listens/here" });
                ensemble("coordination", {}, opts(provider));
            });
            const children = resources.filter(({ type }) => type.startsWith("docker:"));
            assert.equal(children.length, 11);
            for (const { name, provider } of children) {
                assert.match(provider, /pulumi:providers:docker::engine::engine-id$/, name);
            }
        });
    }

    it("several ensembles share no name", async () => {
        const { resources, hooks } = await registered(() => {
            ensemble("orders", {});
            ensemble("billing", { docker: { firstHostPort: 3181 } });
        });
        assertDistinct(resources.map(({ urn }) => urn));
        assertDistinct(hooks);
        const physical = resources
            .filter(({ type }) => type.startsWith("docker:"))
            .map(({ type, inputs }) => `${type} ${String(inputs.name)}`);
        assertDistinct(physical.filter((name) => !name.includes("RemoteImage")));
    });

    it("ensembles of one name below different parents have hooks of their own", async () => {
        class Platform extends pulumi.ComponentResource {
            constructor(name: string, docker: DockerArgs) {
                super("shop:index:Platform", name);
                ensemble("coordination", { ensembleId: `${name}-ensemble`, docker }, { parent: this });
            }
        }
        const { resources, hooks } = await registered(() => {
            new Platform("east", {});
            new Platform("west", { firstHostPort: 3181, network: { subnet: "10.9.0.0/24" } });
        });
        assertDistinct(hooks);
        const used = resources.flatMap((each) => each.hooks);
        assert.deepEqual([...new Set(used)].sort(), [...hooks].sort(), "every hook that is made is used");
        assert.deepEqual(
            ofType(resources, "zookeeper-ensemble:index:ZookeeperEnsemble").map(({ parent }) => parent),
            ["shop:index:Platform east", "shop:index:Platform west"],
        );
    });
});

function ensemble(name: string, args: Partial<ZookeeperEnsembleArgs>, opts?: pulumi.ComponentResourceOptions) {
    return new ZookeeperEnsemble(name, { docker: {}, ...args }, opts);
}

function coordination(args: Partial<ZookeeperEnsembleArgs>): Promise<Registered> {
    return registered(() => void ensemble("coordination", args));
}

function guardInput(resources: readonly Registration[]): Record<string, unknown> {
    return named(resources, "coordination-guard").inputs.input as Record<string, unknown>;
}

/** Inputs as far as they follow from the arguments; the nonce is random, and the preflight speaks in an `up` only. */
function withoutLookedUp({ name, inputs }: Registration): Record<string, unknown> {
    return /-(founding|guard)$/.test(name) ? {} : inputs;
}

import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Provider } from "@pulumi/aws/provider";
import { gunzipSync } from "node:zlib";
import { ZookeeperEnsemble, ZookeeperEnsembleArgs } from "../../lib";
import { awsAnswers, awsTypes, onAws, vpcId } from "../support/awsProgram";
import { EmptyCloud } from "../support/emptyCloud";
import { assertDistinct, named, nameOf, notAfter, ofType, reachableByProperties } from "../support/registrationQueries";
import { Registered, registered, Registration } from "../support/registrations";

const stash = "pulumi:index:Stash";
const perServer = ["data", "dataAttachment", "interface", "log", "logAttachment", "server", "serving"];

describe("what an ensemble on AWS registers", function () {
    this.timeout(60_000);
    let cloud: EmptyCloud;
    before(async () => {
        cloud = await EmptyCloud.start();
    });
    after(() => cloud.stop());

    it("every resource is a child of the ensemble, named after it and the server's id", async () => {
        const { resources } = await coordination(onAws());
        const children = resources.filter(
            ({ parent }) => parent === "zookeeper-ensemble:index:ZookeeperEnsemble coordination",
        );
        const image = children.find(({ name }) => name.startsWith("coordination-image-"))!.name;
        assert.deepEqual(
            children.map(({ name }) => name).sort(),
            [
                "coordination-founding",
                "coordination-guard",
                "coordination-membership",
                image,
                "coordination-serverSecurityGroup",
                "coordination-clientSecurityGroup",
                "coordination-commands",
                "coordination-role",
                "coordination-systemsManager",
                "coordination-profile",
                "coordination-2181-from-clients",
                "coordination-2888-from-servers",
                "coordination-3888-from-servers",
                "coordination-clients-2181-to-servers",
                "coordination-2888-to-servers",
                "coordination-3888-to-servers",
                "coordination-443-to-everywhere",
                ...[1, 2, 3].flatMap((id) => perServer.map((what) => `coordination-${id}-${what}`)),
            ].sort(),
        );
        assert.equal(resources.length, children.length + 2, "the stack and the ensemble are the others");
    });

    it("adding servers changes nothing that the others have", async () => {
        const three = await coordination(onAws({ size: 3 }));
        const five = await coordination(onAws({ size: 5, observers: 1 }));
        for (const one of three.resources.filter(({ type }) => type.startsWith("aws:"))) {
            const other = named(five.resources, one.name);
            assert.deepEqual(other.inputs, one.inputs, one.name);
            assert.deepEqual(other.replacementTrigger, one.replacementTrigger, one.name);
        }
    });

    it("no property of one server's parts depends on another server", async () => {
        const { resources } = await coordination(onAws({ size: 5, observers: 2 }));
        const shared = /^coordination-(image-.*|serverSecurityGroup|role|profile)$/;
        const parts = resources.filter(({ type, name }) => type.startsWith("aws:") && /^coordination-\d/.test(name));
        for (const part of parts.filter(({ name }) => perServer.some((what) => name.endsWith(`-${what}`)))) {
            const own = part.name.replace(/[A-Za-z]+$/, "");
            for (const dependency of reachableByProperties(resources, part)) {
                assert.ok(
                    dependency.startsWith(own) || shared.test(dependency),
                    `${part.name} depends by a property on ${dependency}`,
                );
            }
        }
    });

    it("nothing that many machines share can be replaced below them", async () => {
        const { resources } = await coordination(onAws());
        for (const group of ofType(resources, awsTypes.securityGroup)) {
            assert.deepEqual(group.ignoreChanges, ["name", "namePrefix", "description", "vpcId"]);
            assert.equal(group.inputs.vpcId, vpcId);
        }
        const image = resources.find(({ name }) => name.startsWith("coordination-image-"))!;
        assert.equal(image.type, stash);
        assert.deepEqual(image.ignoreChanges, ["input"]);
    });

    it("addresses and volumes stay with their server, whatever the arguments become", async () => {
        const { resources } = await coordination(onAws());
        const interfaces = ofType(resources, awsTypes.networkInterface);
        assert.deepEqual(
            interfaces.map(({ ignoreChanges }) => ignoreChanges),
            Array(3).fill(["subnetId", "privateIps"]),
        );
        const volumes = ofType(resources, awsTypes.volume);
        assert.equal(volumes.length, 6);
        for (const { name, inputs, ignoreChanges, retainOnDelete, hooks } of volumes) {
            assert.equal(inputs.encrypted, true, name);
            assert.deepEqual([inputs.type, inputs.iops, inputs.throughput], ["gp3", 3000, 125], name);
            assert.equal(retainOnDelete, true, name);
            assert.ok(ignoreChanges.includes("availabilityZone") && ignoreChanges.includes("kmsKeyId"), name);
            assert.deepEqual(hooks, [], name);
        }
    });

    it("servers are dealt over the subnets, and their volumes are in the same zone", async () => {
        const { resources } = await coordination(onAws({ size: 5 }));
        const zones = [1, 2, 3, 4, 5].map((id) => {
            const what = ["data", "log"].map((volume) => named(resources, `coordination-${id}-${volume}`));
            assert.equal(what[0]!.inputs.availabilityZone, what[1]!.inputs.availabilityZone);
            const { subnetId } = named(resources, `coordination-${id}-interface`).inputs;
            return `${String(subnetId).at(-1)} ${String(what[0]!.inputs.availabilityZone).at(-1)}`;
        });
        assert.deepEqual(zones, ["a a", "b b", "c c", "a a", "b b"]);
    });

    it("a machine is never there twice, and starts with its own interface and no public way in", async () => {
        const { resources } = await coordination(onAws());
        const machines = ofType(resources, awsTypes.instance);
        assert.equal(machines.length, 3);
        for (const { name, inputs, deleteBeforeReplace, hooks, ignoreChanges, dependencies, protect } of machines) {
            const id = /-(\d+)-/.exec(name)![1]!;
            assert.equal(deleteBeforeReplace, true);
            assert.equal(protect, false);
            // The root volume is tagged at the launch: a change would reach the other volumes, too.
            assert.deepEqual(ignoreChanges, ["volumeTags"]);
            const { Name: ownName, ...tags } = inputs.tags as Record<string, string>;
            const { Name: rootName, ...rootTags } = inputs.volumeTags as Record<string, string>;
            assert.equal(rootName, `${ownName}-root`);
            const ofRoot = ["zookeeper-ensemble:id", "zookeeper-ensemble:server"];
            assert.deepEqual(rootTags, Object.fromEntries(ofRoot.map((key) => [key, tags[key]])));
            assert.deepEqual(hooks, [`coordination:${id}-birth`]);
            assert.deepEqual(inputs.primaryNetworkInterface, { networkInterfaceId: `coordination-${id}-interface-id` });
            assert.deepEqual(inputs.metadataOptions, {
                httpEndpoint: "enabled",
                httpTokens: "required",
                httpPutResponseHopLimit: 1,
                instanceMetadataTags: "enabled",
            });
            assert.equal(inputs.ami, "ami-0123456789abcdef0");
            assert.equal(inputs.userDataReplaceOnChange, true);
            for (const absent of ["keyName", "subnetId", "privateIp", "vpcSecurityGroupIds", "disableApiTermination"]) {
                assert.equal(inputs[absent], undefined, absent);
            }
            const names = dependencies.map(nameOf);
            const rights = ["systemsManager", "commands"];
            for (const awaited of ["guard", "founding", "443-to-everywhere", "3888-from-servers", ...rights]) {
                assert.ok(names.includes(`coordination-${awaited}`), `${name} does not wait for ${awaited}`);
            }
        }
    });

    it("rules, rights and names are not touched before the guard has let the up through", async () => {
        const { resources } = await coordination(onAws({}, { dns: { zoneId: "Z1", domain: "zk.internal" } }));
        const own = notAfter(resources, "coordination-guard").filter((name) => name.startsWith("coordination-"));
        const perHost = [1, 2, 3].flatMap((id) =>
            ["data", "interface", "log"].map((what) => `coordination-${id}-${what}`),
        );
        const groups = ["coordination-clientSecurityGroup", "coordination-serverSecurityGroup"];
        const [image] = own.filter((name) => name.startsWith("coordination-image-"));
        // What the guard needs, and what no change of can cut anybody off.
        assert.deepEqual(own.sort(), [...perHost, ...groups, image!].sort());
    });

    it("a machine finds its volumes by its tags, and the deployer finds the machine", async () => {
        const { resources } = await coordination(onAws({}, { tags: { "cost-center": "4711" } }));
        const { tags } = named(resources, "coordination-2-server").inputs as { tags: Record<string, string> };
        const specification = tags["zookeeper-ensemble:spec"]!;
        assert.match(specification, /^all=[0-9a-f]{16}( [a-zA-Z]+=[0-9a-f]{16}){5}$/);
        const ensembleId = tags["zookeeper-ensemble:id"]!;
        assert.deepEqual(tags, {
            "cost-center": "4711",
            Name: `${ensembleId}-2`,
            "zookeeper-ensemble:id": ensembleId,
            "zookeeper-ensemble:server": "2",
            "zookeeper-ensemble:spec": specification,
            "zookeeper-ensemble:data-volume": "coordination-2-data-id",
            "zookeeper-ensemble:log-volume": "coordination-2-log-id",
        });
    });

    it("every tag can be read on the machine, and every taggable resource has the program's", async () => {
        const { resources } = await coordination(onAws({}, { tags: { team: "platform" } }));
        const untagged: string[] = [awsTypes.attachment, awsTypes.rolePolicyAttachment];
        for (const { type, name, inputs } of resources.filter((each) => each.type.startsWith("aws:"))) {
            if (!untagged.includes(type)) {
                const tags = inputs.tags as Record<string, string>;
                assert.equal(tags.team, "platform", name);
                Object.keys(tags).forEach((key) => assert.match(key, /^[0-9a-zA-Z\-_+=,.@:]{1,127}$/));
                Object.values(tags).forEach((value) => assert.ok(value.length <= 256));
            }
        }
    });

    it("volumes are attached so that a replaced machine lets them go", async () => {
        const { resources } = await coordination(onAws());
        const attachments = ofType(resources, awsTypes.attachment);
        assert.equal(attachments.length, 6);
        for (const { name, inputs, deleteBeforeReplace } of attachments) {
            const [, id, what] = /-(\d+)-(data|log)Attachment$/.exec(name)!;
            assert.equal(inputs.volumeId, `coordination-${id}-${what}-id`);
            assert.equal(inputs.instanceId, `coordination-${id}-server-id`);
            assert.equal(inputs.stopInstanceBeforeDetaching, true);
            assert.equal(deleteBeforeReplace, true);
        }
        const devices = attachments.filter(({ name }) => name.includes("-1-")).map(({ inputs }) => inputs.deviceName);
        assertDistinct(devices as string[]);
    });

    it("another volume or another restart trigger makes a new machine", async () => {
        const one = await coordination(onAws());
        const other = await coordination(onAws({ lifecycle: { restartTrigger: "now" } }));
        const triggers = [one, other].map(({ resources }) => {
            const { replacementTrigger, inputs } = named(resources, "coordination-1-server");
            return [replacementTrigger, (inputs.tags as Record<string, string>)["zookeeper-ensemble:spec"]];
        });
        assert.equal(triggers[0]![0], "coordination-1-data-id coordination-1-log-id ");
        assert.equal(triggers[1]![0], "coordination-1-data-id coordination-1-log-id now");
        assert.notEqual(triggers[0]![1], triggers[1]![1], "the preflight sees that the machine is to change");
    });

    it("a change of settings is a change of each machine's own user data, which names nobody else", async () => {
        const before = await coordination(onAws());
        const after = await coordination(onAws({ config: { tickTimeMs: 3000 } }));
        for (const id of [1, 2, 3]) {
            const [one, other] = [before, after].map(({ resources }) => userDataOf(resources, id));
            assert.notEqual(one, other);
            assert.match(other!, /tickTime=3000/);
            assert.doesNotMatch(other!, /10\.0\.0\.1\d/, "an address of a server");
            assert.doesNotMatch(other!, /^\s*server\.\d+\s*=/m, "a server line");
            assert.doesNotMatch(other!, /super:[A-Za-z0-9+/]{20}/, "a secret");
        }
    });

    it("markers hide ids in previews, and membership has the interfaces' addresses", async () => {
        const { resources } = await coordination(onAws());
        assert.deepEqual(named(resources, "coordination-2-serving").hideDiffs, [
            "input.machine",
            "input.specification",
        ]);
        const { input } = named(resources, "coordination-membership").inputs as {
            input: { servers: Record<string, string> };
        };
        assert.equal(input.servers["2"], "server.2=10.0.0.12:2888:3888:participant;0.0.0.0:2181");
    });

    it("a preview registers exactly what an up registers, and asks neither EC2 nor Systems Manager", async () => {
        const program = () => void new ZookeeperEnsemble("coordination", onAws({ observers: 1, chroot: "/my-app" }));
        const up = await registered(program, { answers: awsAnswers });
        assert.ok(cloud.calls.includes("DescribeInstances"), "the preflight of an up looks");
        const calls = cloud.calls.length;
        const preview = await registered(program, { preview: true, answers: awsAnswers });
        assert.equal(cloud.calls.length, calls);
        const comparable = ({ resources }: Registered) =>
            resources
                .map(({ name, type, inputs }) => ({
                    name,
                    type,
                    inputs: /-(founding|guard)$/.test(name) ? {} : inputs,
                }))
                .sort((a, b) => (a.name < b.name ? -1 : 1));
        assert.deepEqual(comparable(preview), comparable(up));
    });

    it("what is asked for reaches the resources", async () => {
        const { resources } = await coordination(
            onAws(
                { servers: [{ id: 1, address: "10.0.0.77" }, { id: 2 }, { id: 3 }] },
                {
                    ami: "ami-0fedcba9876543210",
                    keyName: "operators",
                    terminationProtection: true,
                    detailedMonitoring: true,
                    region: "eu-west-1",
                    volumes: { data: { kmsKeyArn: "arn:aws:kms:eu-west-1:123456789012:key/1234abcd" } },
                },
            ),
        );
        const { inputs } = named(resources, "coordination-1-server");
        assert.equal(inputs.ami, "ami-0fedcba9876543210");
        assert.equal(inputs.keyName, "operators");
        assert.equal(inputs.disableApiTermination, true);
        assert.equal(inputs.forceDestroy, true);
        assert.equal(inputs.monitoring, true);
        assert.deepEqual(named(resources, "coordination-1-interface").inputs.privateIps, ["10.0.0.77"]);
        assert.equal(named(resources, "coordination-2-interface").inputs.privateIps, undefined);
        assert.match(String(named(resources, "coordination-1-data").inputs.kmsKeyId), /^arn:aws:kms/);
        assert.equal(named(resources, "coordination-1-log").inputs.kmsKeyId, undefined);
        assert.ok(!resources.some(({ name }) => name.startsWith("coordination-image-")));
        for (const { type, name, inputs } of resources.filter((each) => /^aws:(ec2|ebs|vpc)/.test(each.type))) {
            assert.equal(inputs.region, "eu-west-1", `${type} ${name}`);
        }
    });

    it("servers get private names where there is a zone for them", async () => {
        const { resources } = await coordination(
            onAws({}, { dns: { zoneId: "Z0123456789ABCDEFGHIJ", domain: "zk.internal" } }),
        );
        const record = named(resources, "coordination-3-dns");
        assert.equal(record.type, awsTypes.record);
        assert.equal(record.inputs.name, "coordination-3.zk.internal");
        assert.deepEqual(record.inputs.records, ["10.0.0.13"]);
    });

    it("an explicit provider and transformations reach every AWS resource", async () => {
        const seen = new Set<string>();
        const { resources } = await registered(
            () => {
                const provider = new Provider("frankfurt", { region: "eu-central-1" });
                const transformations = [
                    ({ type, name }: pulumi.ResourceTransformationArgs) => void seen.add(`${type} ${name}`),
                ];
                new ZookeeperEnsemble("coordination", onAws(), { provider, transformations });
            },
            { answers: awsAnswers },
        );
        const children = resources.filter(({ type }) => type.startsWith("aws:"));
        assert.equal(children.length, 31);
        for (const { type, name, provider } of children) {
            assert.ok(seen.has(`${type} ${name}`), name);
            assert.match(provider, /pulumi:providers:aws::frankfurt::frankfurt-id$/, name);
        }
    });

    it("several ensembles share no name and no tag", async () => {
        const { resources, hooks } = await registered(
            () => {
                new ZookeeperEnsemble("orders", onAws());
                new ZookeeperEnsemble("billing", onAws());
            },
            { answers: awsAnswers },
        );
        assertDistinct(resources.map(({ urn }) => urn));
        assertDistinct(hooks);
        const names = ofType(resources, awsTypes.instance).map(({ inputs }) => (inputs.tags as { Name: string }).Name);
        assertDistinct(names);
    });

    it("a look at AWS that fails lets nothing be touched, and rejects nothing that a resource waits for", async () => {
        const failing = {
            ...awsAnswers,
            call: (call: pulumi.runtime.MockCallArgs) => {
                if (call.token === "aws:ec2/getSubnet:getSubnet") {
                    throw new Error("throttled");
                }
                return awsAnswers.call(call);
            },
        };
        const { resources } = await registered(() => void new ZookeeperEnsemble("coordination", onAws()), {
            answers: failing,
            mayFail: true,
        });
        const { input } = named(resources, "coordination-guard").inputs as { input: { refused: string } };
        assert.match(input.refused, /the availability zone of the subnet subnet-0a+ cannot be known/);
        assert.equal(ofType(resources, awsTypes.instance).length, 3, "nothing is left out, so nothing is deleted");
    });
});

function coordination(args: ZookeeperEnsembleArgs): Promise<Registered> {
    return registered(() => void new ZookeeperEnsemble("coordination", args), { answers: awsAnswers });
}

function userDataOf(resources: readonly Registration[], id: number): string {
    const { userDataBase64 } = named(resources, `coordination-${id}-server`).inputs;
    return gunzipSync(Buffer.from(userDataBase64 as string, "base64")).toString("utf8");
}

import assert from "node:assert/strict";
import { ensemblesIn, StateResource } from "../../../lib/cli/stackState";

const urn = (type: string, name: string) => `urn:pulumi:dev::shop::${type}::${name}`;
const ensembleType = "zookeeper-ensemble:index:ZookeeperEnsemble";
const containerType = "docker:index/container:Container";
const provider = urn("pulumi:providers:docker", "default_5_2_0");
const secret = (value: unknown) => ({
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    plaintext: JSON.stringify(value),
});

function marker(ensemble: string, what: string, input: object): StateResource {
    const type = "pulumi:index:Stash";
    return { urn: urn(type, `${ensemble}-${what}`), type, parent: urn(ensembleType, ensemble), inputs: { input } };
}

function stateOf(name: string, ids: number[], outputs: Record<string, unknown> = {}): StateResource[] {
    const parent = urn(ensembleType, name);
    return [
        { urn: parent, type: ensembleType, outputs },
        marker(name, "guard", { refused: "", version: "3.9.5", ensemble: `shop-dev-${name}` }),
        ...ids.flatMap((id) => [
            {
                urn: urn(containerType, `${name}-${id}-server`),
                type: containerType,
                parent,
                provider: `${provider}::some-id`,
            },
            marker(name, `${id}-serving`, { machine: "m" }),
        ]),
    ];
}

const ofProvider = (inputs: Record<string, unknown>): StateResource => ({
    urn: provider,
    type: "pulumi:providers:docker",
    inputs,
});

describe("the state of a stack", () => {
    it("tells the ensembles with their servers, nothing being exported by the program", () => {
        const resources = [ofProvider({}), ...stateOf("orders", [1, 2, 3]), ...stateOf("search", [4, 5, 12])];
        const found = ensemblesIn(resources).map(({ name, ensembleId, serverIds }) => [name, ensembleId, serverIds]);
        assert.deepEqual(found, [
            ["orders", "shop-dev-orders", [1, 2, 3]],
            ["search", "shop-dev-search", [4, 5, 12]],
        ]);
    });

    it("tells whether Prometheus can ask the servers, as soon as an up has come so far", () => {
        const told = (outputs: Record<string, unknown>) =>
            ensemblesIn(stateOf("orders", [1], outputs))[0]?.metricsEnabled;
        assert.equal(told({ metricsTargets: [{ targets: ["orders-1:7000"] }] }), true);
        assert.equal(told({ metricsTargets: secret([{ targets: ["orders-1:7000"] }]) }), true);
        assert.equal(told({ metricsTargets: [] }), false);
        assert.equal(told({}), undefined);
    });

    it("does not take one ensemble's servers for those of another whose name begins alike", () => {
        const resources = [...stateOf("zk", [1]), ...stateOf("zk-2", [3])];
        assert.deepEqual(
            ensemblesIn(resources).map(({ serverIds }) => serverIds),
            [[1], [3]],
        );
    });

    it("knows servers by the outputs too: after an up that failed a marker may be missing", () => {
        const [ensemble] = ensemblesIn(stateOf("orders", [1, 2], { servers: [{ id: 2 }, { id: 3 }] }));
        assert.deepEqual(ensemble?.serverIds, [1, 2, 3]);
    });

    it("reads what the program made secret", () => {
        const outputs = { servers: secret([{ id: 1 }, { id: 9 }]), connectionString: "localhost:2181" };
        const [ensemble] = ensemblesIn([
            ofProvider({ host: secret("ssh://elsewhere") }),
            ...stateOf("x", [1], outputs),
        ]);
        assert.deepEqual(ensemble?.serverIds, [1, 9]);
        assert.equal(ensemble.connectionString, "localhost:2181");
        assert.equal(ensemble.platform.kind === "docker" && ensemble.platform.endpoint.host, "ssh://elsewhere");
    });

    it("takes the engine of the provider that made the containers, not of another one", () => {
        const other = { ...ofProvider({ host: "tcp://other:2375" }), urn: urn("pulumi:providers:docker", "other") };
        const [ensemble] = ensemblesIn([other, ofProvider({ context: "remote" }), ...stateOf("x", [1])]);
        assert.ok(ensemble?.platform.kind === "docker");
        assert.equal(ensemble.platform.endpoint.host, undefined);
        assert.equal(ensemble.platform.endpoint.context, "remote");
    });

    it("takes the account of the provider that made the machines, and the region that they are in", () => {
        const aws = urn("pulumi:providers:aws", "elsewhere");
        const onEc2 = stateOf("x", [1]).map((resource) =>
            resource.type === containerType
                ? {
                      ...resource,
                      type: "aws:ec2/instance:Instance",
                      provider: `${aws}::some-id`,
                      outputs: { region: "eu-west-3" },
                  }
                : resource,
        );
        const inputs = {
            region: "us-east-1",
            profile: "shop",
            secretKey: secret("s3cr3t"),
            skipRegionValidation: "true",
        };
        const [ensemble] = ensemblesIn([{ urn: aws, type: "pulumi:providers:aws", inputs }, ...onEc2]);
        assert.deepEqual(ensemble?.platform, {
            kind: "aws",
            settings: {
                region: "eu-west-3",
                profile: "shop",
                accessKey: undefined,
                secretKey: "s3cr3t",
                token: undefined,
            },
        });
    });

    it("leaves out what only waits for its deletion, and an ensemble of which nothing was made", () => {
        const gone = stateOf("gone", [1]).map((resource) => ({ ...resource, delete: true }));
        const unborn = { urn: urn(ensembleType, "unborn"), type: ensembleType, outputs: {} };
        assert.deepEqual(ensemblesIn([...gone, unborn]), []);
    });
});

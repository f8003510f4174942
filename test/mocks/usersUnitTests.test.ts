import assert from "node:assert/strict";
import { createServer } from "node:http";
import { AddressInfo } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import { ZookeeperEnsemble, ZookeeperEnsembleArgs } from "../../lib";
import { isMocked } from "../../lib/pulumi/deployment";
import { awsAnswers, onAws } from "../support/awsProgram";
import { setVariables } from "../support/environment";

/** What Pulumi's documents tell users to write. */
const usersMocks: pulumi.runtime.Mocks = {
    newResource: ({ name, inputs }) => ({ id: `${name}_id`, state: inputs }),
    call: ({ inputs }) => inputs,
};

/** On AWS the platform chooses addresses: without an answer they are not known in a preview, as for any resource. */
const mocksOfAws: pulumi.runtime.Mocks = {
    newResource: (resource) => ({
        id: `${resource.name}_id`,
        state: { ...resource.inputs, ...awsAnswers.outputs(resource) },
    }),
    call: awsAnswers.call,
};

interface Seen {
    readonly connections: number;
    readonly unhandled: unknown[];
}

/** A program under mocks, as a unit test of a user's has it, with a server that counts whoever asks about servers. */
async function underMocks(
    preview: boolean | undefined,
    program: () => Promise<void>,
    mocks: pulumi.runtime.Mocks = usersMocks,
): Promise<Seen> {
    let connections = 0;
    const engine = createServer((_, answer) => answer.end("[]")).on("connection", () => connections++);
    await new Promise<void>((listening) => engine.listen(0, "127.0.0.1", listening));
    const { port } = engine.address() as AddressInfo;
    const restoreVariables = setVariables({
        DOCKER_HOST: `tcp://127.0.0.1:${port}`,
        AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
        AWS_REGION: "eu-central-1",
        AWS_ACCESS_KEY_ID: "nobody",
        AWS_SECRET_ACCESS_KEY: "nothing",
    });
    const unhandled: unknown[] = [];
    // Pulumi keeps the stack of every promise: half of the time of a program that only registers.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    const listeners = process.listeners("unhandledRejection");
    process.removeAllListeners("unhandledRejection");
    process.on("unhandledRejection", (reason) => unhandled.push(reason));
    try {
        await pulumi.runtime.setMocks(mocks, "shop", "dev", preview);
        await program();
        await pulumi.runtime.disconnect();
        // A rejection is unhandled only when all that was waiting has had its turn.
        await new Promise((turn) => setImmediate(turn));
    } finally {
        Error.stackTraceLimit = stackTraceLimit;
        process.removeAllListeners("unhandledRejection");
        listeners.forEach((listener) => process.on("unhandledRejection", listener));
        restoreVariables();
        engine.closeAllConnections();
        engine.close();
    }
    return { connections, unhandled };
}

const nothingElse: Seen = { connections: 0, unhandled: [] };

const kinds: Record<string, ZookeeperEnsembleArgs> = {
    "on Docker": { size: 3, chroot: "/my-app", docker: { image: pulumi.output("zookeeper:3.9.5") } },
    "on Docker, with an existing network": {
        docker: { network: { name: pulumi.output("backend"), subnet: "10.9.0.0/24" }, publish: false },
    },
    "stopped, without gates asked for": { lifecycle: { running: false }, docker: {} },
    "on AWS": onAws({ size: 3 }),
    "on AWS, with names": onAws({}, { dns: { zoneId: "Z0123456789ABC", domain: "internal" } }),
    "on one machine on AWS": onAws({}, { singleMachine: true, subnetIds: ["subnet-0aaaaaaaaaaaaaaaa"] }),
};

describe("a user's unit test with Pulumi's mocks", () => {
    for (const preview of [undefined, false, true]) {
        for (const [kind, args] of Object.entries(kinds)) {
            it(`an ensemble ${kind}, preview ${preview}: all outputs resolve, and nobody asks any server`, async () => {
                const seen = await underMocks(
                    preview,
                    async () => {
                        const ensemble = new ZookeeperEnsemble("coordination", args);
                        const { hosts, servers, chroot, connectionString, networkConnectionString } = ensemble;
                        const found = await resolved({
                            hosts,
                            servers,
                            chroot,
                            connectionString,
                            networkConnectionString,
                        });
                        assert.equal(found.hosts.length, 3);
                        assert.deepEqual(
                            found.servers.map(({ id }) => id),
                            [1, 2, 3],
                        );
                        assert.equal(found.connectionString, found.hosts.join(",") + found.chroot);
                        assert.deepEqual(await resolved(ensemble.metricsTargets), []);
                        await resolved(ensemble.networkName);
                        await resolved(ensemble.clientSecurityGroupId);
                        await resolved(ensemble.serverSecurityGroupId);
                    },
                    "aws" in args ? mocksOfAws : usersMocks,
                );
                assert.deepEqual(seen, nothingElse);
            });
        }

        it(`what uses an ensemble is registered after it, preview ${preview}`, async () => {
            const names: string[] = [];
            const newResource = (resource: pulumi.runtime.MockResourceArgs) => {
                names.push(resource.name);
                return usersMocks.newResource(resource) as { id: string; state: Record<string, unknown> };
            };
            const seen = await underMocks(
                preview,
                async () => {
                    const { connectionString } = new ZookeeperEnsemble("coordination", { docker: {} });
                    const user = new pulumi.Stash("user", { input: connectionString });
                    await resolved(user.urn);
                },
                { ...usersMocks, newResource },
            );
            assert.deepEqual(seen, nothingElse);
            assert.equal(names.at(-1), "user");
            assert.ok(!names.some((name) => name.endsWith("-refused")), "no preflight has refused anything");
        });

        it(`its messages are said where there is no engine to say them, preview ${preview}`, async () => {
            const said: string[] = [];
            const { warn } = console;
            console.warn = (text: string) => void said.push(text);
            try {
                const args = { size: 2, docker: {} };
                const seen = await underMocks(preview, async () => {
                    await resolved(new ZookeeperEnsemble("coordination", args).hosts);
                });
                assert.deepEqual(seen, nothingElse);
            } finally {
                console.warn = warn;
            }
            assert.deepEqual(
                said.filter((text) => !text.includes("size: 2 voters need each other")),
                [],
                "only the warning of the arguments",
            );
            assert.equal(said.length, 1);
        });
    }

    it("the targets of metrics are each server's, by the ports and names that a neighbour reaches", async () => {
        const config = { metrics: { enabled: true } };
        const targetsOf = async (args: ZookeeperEnsembleArgs, mocks: pulumi.runtime.Mocks) => {
            const found: unknown[] = [];
            await underMocks(
                false,
                async () => {
                    const { metricsTargets } = new ZookeeperEnsemble("coordination", { ...args, config });
                    found.push(...(await resolved(metricsTargets)));
                },
                mocks,
            );
            return found;
        };
        const labels = { ensemble: "one", id: "1", role: "participant" };
        assert.deepEqual(
            await targetsOf(
                { size: 1, observers: 1, ensembleId: "one", ports: { metrics: 7100 }, docker: {} },
                usersMocks,
            ),
            [
                { targets: ["coordination-1:7100"], labels },
                { targets: ["coordination-2:7100"], labels: { ...labels, id: "2", role: "observer" } },
            ],
        );
        const onOne = onAws({ ensembleId: "one" }, { singleMachine: true, subnetIds: ["subnet-0aaaaaaaaaaaaaaaa"] });
        const counted = (await targetsOf(onOne, mocksOfAws)) as { targets: string[] }[];
        assert.deepEqual(
            counted.map(({ targets }) => targets.map((target) => target.split(":").at(-1))),
            [["7000"], ["7001"], ["7002"]],
        );
    });

    it("mocks that return nothing of their own leave the outputs to resolve, too", async () => {
        const empty: pulumi.runtime.Mocks = { newResource: ({ name }) => ({ id: name, state: {} }), call: () => ({}) };
        for (const args of Object.values(kinds)) {
            const seen = await underMocks(
                false,
                async () => void (await resolved(new ZookeeperEnsemble("coordination", args).servers)),
                empty,
            );
            assert.deepEqual(seen, nothingElse);
        }
    });

    it("an engine's monitor is not taken for a mock, whoever has logged or not", async () => {
        await pulumi.runtime.setMocks(usersMocks, "shop", "dev");
        assert.equal(isMocked(), true);
        // What a program gets that an engine runs; nobody connects before something is registered.
        pulumi.runtime.resetOptions("shop", "dev", 1, "127.0.0.1:1", "127.0.0.1:1", false, "");
        try {
            assert.equal(pulumi.runtime.hasEngine(), false, "this one must not be asked");
            assert.equal(isMocked(), false);
        } finally {
            // Mocks keep the engine's address.
            pulumi.runtime.resetOptions("shop", "dev", 1, "", "", false, "");
            await pulumi.runtime.setMocks(usersMocks, "shop", "dev");
        }
    });
});

async function resolved<T>(output: pulumi.Input<T>): Promise<pulumi.Unwrap<T>> {
    return new Promise((resolve) => void pulumi.output(output).apply((value) => resolve(value as pulumi.Unwrap<T>)));
}

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { AddressInfo } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import { DockerArgs } from "../../lib/args/docker";
import { AwsEnsembleSpec } from "../../lib/platforms/aws/model/awsSpec";
import { awsPlatform } from "../../lib/platforms/aws/awsPlatform";
import { AwsInputs } from "../../lib/platforms/aws/inputs";
import { dockerPlatform } from "../../lib/platforms/docker/dockerPlatform";
import { networkName } from "../../lib/platforms/docker/labels";
import { DockerEnsembleSpec } from "../../lib/platforms/docker/model/dockerSpec";
import { Platform } from "../../lib/platforms/platform";
import { awsAnswers, onAws } from "../support/awsProgram";
import { setVariables } from "../support/environment";
import { FakeEc2 } from "../support/fakeEc2";
import { callBeforeCreate, hooksOf } from "../support/hooks";
import { registered } from "../support/registrations";
import { specOf } from "../support/specs";

/** What was asked, of the lifecycle and of the platform, in its order. */
let asked: string[] = [];
let refusal: Error | undefined;

beforeEach(() => {
    asked = [];
    refusal = undefined;
});

const nobody = Promise.resolve([]);
const birth = async (id: number) => {
    asked.push(`birth ${id}`);
    if (refusal) {
        throw refusal;
    }
    return "any" as const;
};

/** All machines of a platform, none of which waits for anything. */
function makeAll(platform: Platform, servers: { readonly servers: readonly { readonly id: number }[] }): void {
    platform.afterGuard([]);
    platform.volumes([]);
    for (const server of servers.servers) {
        platform.server(server as Parameters<Platform["server"]>[0], { always: nobody, inTurn: () => nobody, birth });
    }
}

describe("before a container is made", () => {
    const spec = specOf({ size: 2, docker: { publish: false } }) as DockerEnsembleSpec;
    const args: DockerArgs = { publish: false };

    async function beforeMade(id: number): Promise<void> {
        const engine = createServer(({ url }, answer) => {
            asked.push(url!.split("?")[0]!.replace(/^\/v[\d.]+/, ""));
            answer.setHeader("content-type", "application/json");
            answer.end("[]");
        });
        await new Promise<void>((listening) => engine.listen(0, "127.0.0.1", listening));
        const host = `tcp://127.0.0.1:${(engine.address() as AddressInfo).port}`;
        const restoreVariables = setVariables({ DOCKER_HOST: host });
        try {
            const program = () => {
                const owner = new pulumi.ComponentResource("shop:index:Owner", "coordination");
                makeAll(dockerPlatform(owner, spec, args), spec);
            };
            const hooks = await hooksOf(() => registered(program));
            await callBeforeCreate(hooks.get(`coordination:${id}-birth`));
        } finally {
            restoreVariables();
            engine.closeAllConnections();
            await new Promise((closed) => engine.close(closed));
        }
    }

    it("the lifecycle is asked first, then the engine for what is in the way", async () => {
        await beforeMade(2);
        const inTheWay = ["/containers/json", `/networks/${networkName(spec)}`];
        assert.deepEqual(asked, ["birth 2", "/_ping", ...inTheWay, "/containers/json"]);
    });

    it("nothing is removed when the lifecycle refuses", async () => {
        refusal = new Error("changing server 2 would cost the quorum");
        await assert.rejects(beforeMade(2), /would cost the quorum/);
        assert.deepEqual(asked, ["birth 2"]);
    });
});

describe("before an instance is made", () => {
    async function beforeMade(key: string, aws: object): Promise<void> {
        const given = onAws({ size: 3 }, aws);
        const spec = specOf(given) as AwsEnsembleSpec;
        const cloud = await FakeEc2.start(({ action }) => {
            asked.push(action);
            return "<reservationSet/>";
        });
        try {
            const program = () => {
                const owner = new pulumi.ComponentResource("shop:index:Owner", "coordination");
                makeAll(awsPlatform(spec)(owner, given.aws as unknown as AwsInputs), spec);
            };
            const hooks = await hooksOf(() => registered(program, { answers: awsAnswers }));
            await callBeforeCreate(hooks.get(`coordination:${key}-birth`));
        } finally {
            await cloud.stop();
        }
    }

    it("the lifecycle is asked first, then EC2 for what is in the way", async () => {
        await beforeMade("2", {});
        assert.deepEqual(asked, ["birth 2", "DescribeInstances"]);
    });

    it("it is asked for each server that the machine is for", async () => {
        await beforeMade("all", { singleMachine: true, subnetIds: ["subnet-0aaaaaaaaaaaaaaaa"] });
        assert.deepEqual(asked, ["birth 1", "birth 2", "birth 3", "DescribeInstances"]);
    });

    it("nothing is stopped when the lifecycle refuses", async () => {
        refusal = new Error("changing server 1 would cost the quorum");
        await assert.rejects(beforeMade("1", {}), /would cost the quorum/);
        assert.deepEqual(asked, ["birth 1"]);
    });
});

import assert from "node:assert/strict";
import { EC2Client } from "@aws-sdk/client-ec2";
import { clearWayForInstance } from "../../../../lib/platforms/aws/birth";
import { Connection } from "../../../../lib/platforms/aws/connection";
import { Ec2Machines } from "../../../../lib/platforms/aws/ec2Machines";
import { ENSEMBLE_TAG, SERVER_TAG } from "../../../../lib/platforms/aws/files/tags";
import { hostsOf } from "../../../../lib/platforms/aws/model/awsHosts";
import { awsEnsemble } from "../../../support/awsEnsemble";

/** An instance with a server's tags, by the minute of its launch. */
interface Tagged {
    readonly id: string;
    readonly server: string;
    readonly minute: number;
    state: string;
}

/** EC2 with these instances; server 1's interface is attached to the one with this id. */
function ec2With(instances: readonly Tagged[], holderId: string | undefined) {
    const asked: string[] = [];
    const shown = (all: readonly Tagged[]) => ({ Reservations: [{ Instances: all.map(instanceOf) }] });
    const send = ({ constructor, input }: { constructor: { name: string }; input: Record<string, string[]> }) => {
        const [id = ""] = input["InstanceIds"] ?? [];
        const named = instances.filter((each) => each.id === id);
        const call = constructor.name.replace("Command", "");
        asked.push(`${call} ${id}`.trim());
        switch (call) {
            case "DescribeInstances":
                return shown(id === "" ? instances : named);
            case "DescribeNetworkInterfaces":
                return { NetworkInterfaces: [{ Attachment: { InstanceId: holderId } }] };
            case "StopInstances":
                named.forEach((each) => (each.state = "stopped"));
                return {};
            case "TerminateInstances":
                named.forEach((each) => (each.state = "terminated"));
                return {};
            default:
                return {};
        }
    };
    const ec2 = new EC2Client({ region: "eu-central-1" });
    ec2.send = (async (command: never) => send(command)) as unknown as EC2Client["send"];
    const connection = { ec2 } as unknown as Connection;
    return { connection, asked, machines: new Ec2Machines(async () => connection, "e", 30, [1, 2]) };
}

function instanceOf({ id, server, minute, state }: Tagged) {
    const tags = { [ENSEMBLE_TAG]: "e", [SERVER_TAG]: server };
    return {
        InstanceId: id,
        State: { Name: state },
        LaunchTime: new Date(minute * 60_000),
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    };
}

const running = (id: string, server: string, minute: number): Tagged => ({ id, server, minute, state: "running" });
const interfaces = (asked: readonly string[]) => asked.filter((call) => call === "DescribeNetworkInterfaces").length;

describe("instances with the tags of one server", () => {
    const stranger = running("i-template", "1", 9);

    it("are the one that has the server's interface, however old it is", async () => {
        const { machines } = ec2With([stranger, running("i-1", "1", 1), running("i-2", "2", 2)], "i-1");
        assert.deepEqual((await machines.list()).map(({ machineId }) => machineId).sort(), ["i-1", "i-2"]);
    });

    it("are all listed, the newest first, where none has the interface", async () => {
        const { machines } = ec2With([running("i-1", "1", 1), stranger], undefined);
        assert.deepEqual(
            (await machines.list()).map(({ machineId }) => machineId),
            ["i-template", "i-1"],
        );
    });

    it("need no question where there is one for each server", async () => {
        const { machines, asked } = ec2With([running("i-1", "1", 1), running("i-2", "2", 2)], "i-1");
        assert.equal((await machines.list()).length, 2);
        assert.equal(interfaces(asked), 0);
    });

    it("are left alone when the server's machine is made, but for the one that has its interface", async () => {
        const spec = awsEnsemble();
        const left = running("i-1", "1", 1);
        const { connection, asked } = ec2With([stranger, left], "i-1");
        await clearWayForInstance(connection, spec, hostsOf(spec)[0]!, "eni-1", ["i-1"]);
        assert.deepEqual([left.state, stranger.state], ["terminated", "running"]);
        assert.ok(!asked.some((call) => /^(Stop|Terminate|Modify)\S+ i-template/.test(call)));
    });

    it("are left alone when one runs that was not there at the look right before", async () => {
        const spec = awsEnsemble();
        const made = running("i-1", "1", 1);
        const { connection } = ec2With([made], "i-1");
        const before = clearWayForInstance(connection, spec, hostsOf(spec)[0]!, "eni-1", []);
        await assert.rejects(
            before,
            /its machine i-1 runs, and was not there a moment ago: another deployment has made it/,
        );
        assert.equal(made.state, "running");
        made.state = "pending";
        const again = clearWayForInstance(connection, spec, hostsOf(spec)[0]!, "eni-1", []);
        await assert.rejects(again, /its machine i-1 runs, and was not there/, "it is about to run");
        made.state = "running";
        await clearWayForInstance(connection, spec, hostsOf(spec)[0]!, "eni-1", "any");
        assert.equal(made.state, "terminated", "without gates nobody looks");
    });
});

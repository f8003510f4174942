import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DescribeInstanceInformationCommand, GetParameterCommand, GetParametersCommand } from "@aws-sdk/client-ssm";
import { connect, Connection } from "../../lib/platforms/aws/connection";
import { clearWayForInstance } from "../../lib/platforms/aws/birth";
import { Ec2Machines } from "../../lib/platforms/aws/ec2Machines";
import { ENSEMBLE_TAG, SERVER_TAG } from "../../lib/platforms/aws/files/tags";
import { leftOverRules } from "../../lib/platforms/aws/leftOverRules";
import { ask } from "../../lib/platforms/aws/runCommand";
import { hostsOf } from "../../lib/platforms/aws/model/awsHosts";
import { awsEnsemble } from "../support/awsEnsemble";
import { Exchange, exchangesVariable } from "../support/awsExchanges";
import { sdkOperations } from "../support/awsSdkOperations";
import { setVariables } from "../support/environment";
import { PaperSimulator } from "./paperSimulator";

interface Judgement {
    readonly counts: Readonly<Record<string, number>>;
    readonly faults: readonly { readonly fault: string; readonly of: string }[];
}

async function judged(folder: string): Promise<Judgement> {
    // @ts-expect-error the tools are plain JavaScript
    const { judgedExchanges } = await import("../../tools/oracles/exchanges.mjs");
    return (await judgedExchanges(folder)) as Judgement;
}

describe("what is said to AWS and answered by the simulator, judged by botocore's models", function () {
    this.timeout(300_000);
    let folder: string;
    let restoreVariables = () => {};

    beforeEach(async () => {
        folder = await mkdtemp(join(tmpdir(), "exchanges-"));
        restoreVariables = setVariables({ [exchangesVariable]: folder });
    });
    afterEach(async () => {
        restoreVariables();
        await rm(folder, { recursive: true });
    });

    it("every operation of the library is asked as AWS takes it, and answered as AWS answers", async () => {
        const simulator = await PaperSimulator.start();
        try {
            await sayEverything(simulator);
        } finally {
            await simulator.stop();
        }
        const { counts, faults } = await judged(folder);
        assert.deepEqual(faults, []);
        const missing = sdkOperations().filter((operation) => !counts[operation]);
        assert.deepEqual(missing, [], "nobody asked for these");
    });

    it("what else the simulator answers is what AWS would answer", async () => {
        const simulator = await PaperSimulator.start();
        try {
            simulator.machine(simulator.group({}), {});
            const { ssm } = await connect({});
            const known = await ssm.send(new DescribeInstanceInformationCommand({}));
            assert.equal(known.InstanceInformationList!.length, 1);
            const name = "/aws/service/debian/release/12/latest/amd64";
            assert.match((await ssm.send(new GetParameterCommand({ Name: name }))).Parameter!.Value!, /^ami-/);
            const { InvalidParameters } = await ssm.send(new GetParametersCommand({ Names: [name, "/other"] }));
            assert.deepEqual(InvalidParameters, ["/other"]);
            await assert.rejects(ssm.send(new GetParameterCommand({ Name: "/other" })), { name: "ParameterNotFound" });
        } finally {
            await simulator.stop();
        }
        const { counts, faults } = await judged(folder);
        assert.deepEqual(faults, []);
        assert.equal(Object.keys(counts).length, 3);
    });

    const command = { DocumentName: "AWS-RunShellScript", InstanceIds: ["i-0123456789abcdef0"] };
    const sent = { Command: { CommandId: "01234567-89ab-cdef-0123-456789abcdef", Status: "Pending" } };
    const send = (request: object, answer: object = sent, status = 200): Exchange => ({
        service: "ssm",
        operation: "SendCommand",
        request: JSON.stringify(request),
        status,
        answer: JSON.stringify(answer),
    });
    const describeInstances = (form: string, content: string): Exchange => ({
        service: "ec2",
        request: `Action=DescribeInstances&Version=2016-11-15${form}`,
        status: 200,
        answer: `<DescribeInstancesResponse>${content}</DescribeInstancesResponse>`,
    });
    const instance = (content: string) =>
        `<reservationSet><item><instancesSet><item>${content}</item></instancesSet></item></reservationSet>`;
    const refused = (code: string): Exchange => ({
        ...describeInstances("", ""),
        status: 400,
        answer: `<Response><Errors><Error><Code>${code}</Code><Message/></Error></Errors></Response>`,
    });

    const wrong: readonly [string, Exchange, RegExp | undefined][] = [
        ["a command as it should be", send(command), undefined],
        ["a member that AWS does not know", send({ ...command, Limit: "1" }), /AWS does not know Limit/],
        ["a required member that is missing", send({ InstanceIds: command.InstanceIds }), /DocumentName is missing/],
        ["a number below its range", send({ ...command, TimeoutSeconds: 29 }), /29 is 29, below 30/],
        ["a number that is text", send({ ...command, TimeoutSeconds: "30" }), /'30' is no whole number/],
        ["an id of another form", send({ ...command, InstanceIds: ["i-1"] }), /'i-1' does not match/],
        ["too long a list", send({ ...command, InstanceIds: Array(51).fill(command.InstanceIds[0]) }), /above 50/],
        ["a parameter that is no list", send({ ...command, Parameters: { commands: "id" } }), /'id' is no list/],
        [
            "what was refused may be wrong",
            send({ ...command, TimeoutSeconds: 1 }, { __type: "ValidationException" }, 400),
            undefined,
        ],
        [
            "a state that AWS does not have",
            send(command, { Command: { Status: "Dead" } }),
            /'Dead' is none of the values/,
        ],
        ["an answer that AWS does not give", send(command, { Sent: {} }), /AWS does not know Sent/],
        [
            "an error of another operation",
            send(command, { __type: "InvocationDoesNotExist" }, 400),
            /with InvocationDoesNotExist/,
        ],
        ["an error of this one", send(command, { __type: "InvalidInstanceId" }, 400), undefined],
        [
            "a filter as it should be",
            describeInstances("&Filter.1.Name=tag%3Aa&Filter.1.Value.1=b", "<reservationSet/>"),
            undefined,
        ],
        [
            "a filter without its number",
            describeInstances("&Filter.Name=a", "<reservationSet/>"),
            /AWS does not know Filter.Name/,
        ],
        ["another version", describeInstances("&Version=2014-10-01", "<reservationSet/>"), /version of the API/],
        [
            "an element that AWS does not answer",
            describeInstances("", instance("<tagset/>")),
            /AWS does not answer tagset/,
        ],
        [
            "another element of a list",
            describeInstances("", "<reservationSet><member/></reservationSet>"),
            /answers item, not member/,
        ],
        [
            "a type of instance that there is not",
            describeInstances("", instance("<instanceType>t9.huge</instanceType>")),
            /'t9.huge' is none/,
        ],
        [
            "a time that is none",
            describeInstances("", instance("<launchTime>today</launchTime>")),
            /'today' is no time/,
        ],
        ["an error of EC2", refused("InvalidInstanceID.NotFound"), undefined],
        ["an error in no form of EC2's", refused("not found"), /with not found/],
        ["what cannot be read", { ...send(command), request: "{" }, /cannot be read/],
    ];
    it("the judge notices what AWS would not take or answer, and takes the rest", async () => {
        const lines = wrong.map(([of, exchange]) => JSON.stringify({ ...exchange, of }));
        await writeFile(join(folder, "1.jsonl"), lines.join("\n"));
        const { faults } = await judged(folder);
        for (const [what, , fault] of wrong) {
            const own = faults.filter(({ of }) => of === what).map((each) => each.fault);
            if (fault) {
                assert.match(own.join("\n"), fault, what);
            } else {
                assert.deepEqual(own, [], what);
            }
        }
    });
});

/** A deployer's whole repertory: looks, commands, starts and stops, and what a killed one left behind. */
async function sayEverything(simulator: PaperSimulator): Promise<void> {
    const spec = awsEnsemble();
    const tags = { [ENSEMBLE_TAG]: spec.ensembleId, [SERVER_TAG]: "1" };
    simulator.document(spec.ensembleId);
    const groupId = simulator.group(tags);
    const { id, interfaceId } = simulator.machine(groupId, tags);
    const connection: Connection = await connect({});
    const machines = new Ec2Machines(async () => connection, spec.ensembleId, 1, [1]);
    machines.expect("i-0fedcba9876543210");
    assert.match((await machines.place()).name, /eu-central-1/);
    const [machine] = await machines.list();
    assert.equal(machine!.machineId, id);
    assert.equal((await machines.member(machine!, ["report"])).output, "yes");
    assert.equal((await machines.member(machine!, ["lease", "read"])).output, "yes");
    assert.deepEqual(await machines.lastLogLines(machine!, 5), ["yes"]);
    await machines.stop(machine!);
    await machines.start(machine!);
    const clearRule = leftOverRules(async () => connection, spec.ensembleId);
    for (const direction of ["Ingress", "Egress"]) {
        const ports = { fromPort: 443, toPort: 443, cidrIpv4: "0.0.0.0/0" };
        const newInputs = { securityGroupId: groupId, ipProtocol: "tcp", ...ports };
        await clearRule({ args: { type: `aws:vpc/${direction}`, newInputs }, note: () => {} } as never);
    }
    const asking = { ssm: connection.ssm, document: "zookeeper-ensemble-nobody" };
    await assert.rejects(ask(asking, id, { verb: "list" }, 20), /is not there: `pulumi up --refresh`/);
    await clearWayForInstance(connection, spec, hostsOf(spec)[0]!, interfaceId, "any");
    assert.equal(simulator.world.instances.get(id)!.state, "terminated");
    await assert.rejects(machines.member(machine!, ["report"]), /does not know it/);
}

import assert from "node:assert/strict";
import fc from "fast-check";
import { gunzipSync } from "node:zlib";
import { Machine } from "../../../../lib/lifecycle/machines";
import { parseListed, placeOf, sharedMachine, sharedMachineId } from "../../../../lib/platforms/aws/oneMachine";
import { rulesOf } from "../../../../lib/platforms/aws/rules";
import { USER_DATA_LIMIT_BYTES, userDataBase64 } from "../../../../lib/platforms/aws/files/userData";
import { hostsOf } from "../../../../lib/platforms/aws/model/awsHosts";
import { ServerPorts } from "../../../../lib/model/ensembleSpec";
import { AwsEnsembleSpec, isOnAws } from "../../../../lib/platforms/aws/model/awsSpec";
import { firstPorts } from "../../../../lib/platforms/aws/model/oneMachine";
import { awsArgs, SUBNETS } from "../../../support/awsArgs";
import { awsEnsemble, longDistribution } from "../../../support/awsEnsemble";
import { fullConfig } from "../../../support/examples";
import { holds } from "../../../support/fuzz";
import { faultsOf, specOf } from "../../../support/specs";

const onOne = (aws: object = {}) => awsArgs({ singleMachine: true, subnetIds: SUBNETS.slice(0, 1), ...aws });

function oneOf(args: object = {}, aws: object = {}): AwsEnsembleSpec {
    const spec = specOf({ ...args, aws: onOne(aws) });
    assert.ok(isOnAws(spec));
    return spec;
}

describe("all servers on one machine", () => {
    describe("the specification", () => {
        it("counts ports up by id, and has one machine and a small heap", () => {
            const spec = oneOf({ servers: [{ id: 1 }, { id: 2 }, { id: 7 }], ports: { client: 3181 } });
            assert.deepEqual(
                spec.servers.map(({ ports }) => Object.values(ports)),
                [
                    [3181, 2888, 3888, 8080, 7000],
                    [3182, 2889, 3889, 8081, 7001],
                    [3187, 2894, 3894, 8086, 7006],
                ],
            );
            assert.deepEqual(
                hostsOf(spec).map(({ key }) => key),
                ["all"],
            );
            assert.equal(spec.jvm.heapMiB, 256);
            assert.deepEqual(spec.aws.subnetIndexes, [0, 0, 0]);
        });

        it("says once what it does not tolerate, and nothing of zones", () => {
            const [warning, ...others] = oneOf().warnings;
            assert.match(warning!, /^aws\.singleMachine: all servers are on one machine: .*tolerates no failure/);
            assert.deepEqual(others, []);
        });

        holds(
            "a server's ports follow from its id alone, whoever else is there",
            fc.uniqueArray(fc.integer({ min: 1, max: 255 }), { minLength: 1, maxLength: 6 }),
            (all) => {
                const instanceType = { instanceType: "m7g.4xlarge" };
                const { servers } = oneOf({ servers: all.map((id) => ({ id })) }, instanceType);
                for (const server of servers) {
                    assert.equal(server.ports.client, 2180 + server.id);
                    assert.equal(firstPorts(server).election, 3888);
                }
                const used = servers.flatMap(({ ports }) => Object.values(ports) as number[]);
                assert.equal(new Set(used).size, used.length);
            },
            50,
        );
    });

    describe("bad input", () => {
        const rows: [string, object, string[]][] = [
            [
                "several subnets",
                { aws: onOne({ subnetIds: SUBNETS }) },
                [
                    "aws.subnetIds: has 3 subnets, and with singleMachine all servers are on one machine, which is in one subnet: give one",
                ],
            ],
            [
                "no answer of yes or no",
                { aws: onOne({ singleMachine: "yes" }) },
                ['aws.singleMachine: "yes" is not true or false: write true or false, without quotes'],
            ],
            [
                "places of servers of their own",
                {
                    servers: [
                        { id: 1, address: "10.0.0.7", subnetIndex: 0 },
                        { id: 2, ports: { client: 9 } },
                    ],
                    aws: onOne(),
                },
                [
                    'servers[0].address: "10.0.0.7" is given, but with aws.singleMachine all servers have the machine\'s address, which AWS chooses: leave it out',
                    "servers[0].subnetIndex: 0 is given, but with aws.singleMachine the machine is in the one subnet: leave it out",
                    "servers[1].ports: an object is given, but with aws.singleMachine ports are counted up by id from those of the ensemble: leave it out",
                ],
            ],
            [
                "a port that every server would need",
                { config: { observers: { masterPort: 2191 } }, aws: onOne() },
                [
                    "config.observers.masterPort: 2191 is one port for all servers, and with aws.singleMachine they share an address: leave it out",
                ],
            ],
            [
                "ports that meet when they are counted up",
                { ports: { client: 2886 }, aws: onOne() },
                [
                    "ports: counted up by id, 2888 is the peer port of server 1 and the client port of server 3: give first ports that are further apart",
                ],
            ],
            [
                "ports that end before the servers do",
                { ports: { client: 65_534 }, aws: onOne() },
                ["ports.client: 65534 leaves no port for server 3, which would get 65536: take 65533 or less"],
            ],
            [
                "a machine that has no room for all JVMs",
                { aws: onOne({ instanceType: "t3.micro" }) },
                [
                    "aws.singleMachine: 3 servers with a heap of 256 MiB each need 1408 MiB with all that is beside it, more than the 1024 MiB of t3.micro: set jvm.heapMiB to 128 or less, or take a larger aws.instanceType",
                ],
            ],
            [
                "a machine that has room for none",
                { aws: onOne({ instanceType: "t3.nano" }) },
                [
                    "aws.singleMachine: 3 servers with a heap of 256 MiB each need 1408 MiB with all that is beside it, more than the 512 MiB of t3.nano: take a larger aws.instanceType",
                ],
            ],
            ["a machine whose memory nobody knows", { aws: onOne({ instanceType: "x2gd.medium" }) }, []],
        ];
        for (const [what, args, lines] of rows) {
            it(what, () => assert.deepEqual(faultsOf(args), lines));
        }
    });

    describe("security groups", () => {
        it("open the client port of each server, and nothing among servers, which never leave the machine", () => {
            const rules = rulesOf(
                oneOf({ config: { metrics: { enabled: true } } }, { monitoring: { cidrs: ["10.0.0.0/8"] } }),
                {
                    vpcId: "vpc-1",
                    subnetIds: ["subnet-1"],
                },
            );
            assert.deepEqual(
                rules.map(({ name }) => name),
                [
                    ...[2181, 2182, 2183].map((port) => `${port}-from-clients`),
                    ...[7000, 7001, 7002].map((port) => `${port}-from-10.0.0.0/8`),
                    ...[2181, 2182, 2183].map((port) => `clients-${port}-to-servers`),
                    "443-to-everywhere",
                ],
            );
        });
    });

    describe("user data", () => {
        const told = (args: object = {}) =>
            userDataBase64(awsEnsemble({ singleMachine: true }, withPorts(args)), undefined);

        it("says nothing of how many servers there are, so that one more is no other machine", () => {
            assert.equal(told({ size: 5 }), told());
            assert.equal(told({ servers: [{ id: 2 }, { id: 9 }] }), told());
            const text = gunzipSync(Buffer.from(told(), "base64")).toString();
            assert.doesNotMatch(text, /^\s*server\.\d+\s*=/m);
        });

        it("fits into what EC2 takes with every option, with room for what comes", () => {
            const changes = {
                singleMachine: true,
                operatingSystem: "debian12" as const,
                distribution: longDistribution,
            };
            const spec = awsEnsemble(changes, { config: fullConfig(), jvm: { flags: ["-XX:+UseZGC", "-Dmy.own=1"] } });
            const bytes = Buffer.from(userDataBase64(spec, undefined), "base64").length;
            assert.ok(bytes < USER_DATA_LIMIT_BYTES - 3072, `${bytes} bytes`);
        });

        /** The ports that the specification would have: the helper makes it as if for Docker. */
        function withPorts(args: object): object {
            const { servers } = oneOf(args);
            return { servers: servers.map(({ id, ports }) => ({ id, ports: ports as ServerPorts })) };
        }
    });

    describe("the deployer's view", () => {
        const instance: Machine = {
            ...{ serverId: NaN, machineId: "i-1", name: "i-1", running: true, state: "running" },
            ...{ hasRun: true, specHash: "abc", restarts: 0 },
        };

        it("each server is a machine with an id and a name of its own", () => {
            const listed = parseListed("1 running 0\n2 stopped 4\nnonsense\n");
            assert.deepEqual(listed, [
                { id: 1, running: true, restarts: 0 },
                { id: 2, running: false, restarts: 4 },
            ]);
            const [one, two, three] = [1, 2, 3].map((id) => sharedMachine(instance, id, listed));
            assert.deepEqual(one, { ...instance, serverId: 1, machineId: "i-1/1", name: "i-1 server 1" });
            assert.deepEqual([two!.running, two!.state, two!.hasRun, two!.restarts], [false, "not running", true, 4]);
            assert.deepEqual([three!.running, three!.hasRun], [false, false], "it never ran: its gate starts it");
        });

        it("while the machine does not answer its servers are taken to run, when it is stopped they are, too", () => {
            assert.equal(sharedMachine(instance, 1, undefined).running, true);
            const stopped = sharedMachine({ ...instance, running: false, state: "stopped" }, 1, undefined);
            assert.deepEqual([stopped.running, stopped.state, stopped.hasRun], [false, "stopped", true]);
        });

        it("an id leads back to the instance", () => {
            assert.deepEqual(placeOf(sharedMachineId("i-1", 2)), { instanceId: "i-1", serverId: 2 });
            assert.deepEqual(placeOf("i-1"), { instanceId: "i-1" });
        });
    });
});

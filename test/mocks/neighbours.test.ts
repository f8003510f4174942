import assert from "node:assert/strict";
import { Provider } from "@pulumi/aws/provider";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { DockerArgs, ZookeeperEnsemble, ZookeeperEnsembleArgs } from "../../lib";
import { awsAnswers, onAws } from "../support/awsProgram";
import { setVariables } from "../support/environment";
import { Answers, registered } from "../support/registrations";

const whose = 'of "orders", which this program has on the same Docker engine';
const inRegion = 'of "orders", which this program has in the same region';

/** The faults of a program's second ensemble, in a preview; nothing of it is registered then. */
async function faultsOf(program: () => void, answers?: Answers): Promise<string[]> {
    const { error, resources } = await registered(program, { preview: true, mayFail: true, answers });
    if (!error) {
        return [];
    }
    assert.ok(!resources.some(({ name }) => name.startsWith("billing")), "nothing of the second one is registered");
    return error.message
        .split("\n")
        .slice(1)
        .map((line) => line.trim());
}

const onDocker = (args: DockerArgs = {}, others: Partial<ZookeeperEnsembleArgs> = {}) => ({ ...others, docker: args });

/** The second ensemble's faults beside a first one. */
const beside = (first: ZookeeperEnsembleArgs, second: ZookeeperEnsembleArgs, answers?: Answers): Promise<string[]> =>
    faultsOf(() => {
        new ZookeeperEnsemble("orders", first);
        new ZookeeperEnsemble("billing", second);
    }, answers);

const network = { name: "backend", subnet: "10.9.0.0/24" };
const apart = { firstHostPort: 3181 };

describe("two ensembles of one program on one Docker engine", () => {
    const clashes: [string, ZookeeperEnsembleArgs, ZookeeperEnsembleArgs, string[]][] = [
        [
            "the same host ports by default",
            onDocker(),
            onDocker(),
            [`docker.firstHostPort: server 1 would get 2181, the host port of server 1 ${whose}: take 2184 or more`],
        ],
        [
            "host ports that overlap",
            onDocker({ firstHostPort: 3000 }, { size: 5 }),
            onDocker({ firstHostPort: 3004 }),
            [`docker.firstHostPort: server 1 would get 3004, the host port of server 5 ${whose}: take 3005 or more`],
        ],
        [
            "a host port of a server's own",
            onDocker(apart),
            { servers: [{ id: 1 }, { id: 2, hostPort: 3182 }, { id: 3 }], docker: { firstHostPort: 4000 } },
            [`servers[1].hostPort: 3182 is the host port of server 2 ${whose}: give another one`],
        ],
        [
            "all addresses and one of them",
            onDocker({ publishAddress: "0.0.0.0" }),
            onDocker({ publishAddress: "10.0.0.7" }),
            [`docker.firstHostPort: server 1 would get 2181, the host port of server 1 ${whose}: take 2184 or more`],
        ],
        [
            "subnets that overlap",
            onDocker({ network: { subnet: "10.9.0.0/16" } }),
            onDocker({ ...apart, network: { subnet: "10.9.4.0/24" } }),
            [
                `docker.network.subnet: "10.9.4.0/24" overlaps "10.9.0.0/16" ${whose}: give one that does not, such as "10.17.5.0/24"`,
            ],
        ],
        [
            "one existing network with the same addresses",
            onDocker({ publish: false, network }),
            onDocker({ publish: false, network }),
            [
                `docker.network.subnet: server 1 would get 10.9.0.11, the address of server 1 ${whose}: give addresses in servers, each used once on the network`,
            ],
        ],
        [
            "the same names on one existing network",
            {
                servers: [{ id: 1, hostname: "zk", address: "10.9.0.50" }],
                docker: { publish: false, network },
            },
            {
                servers: [{ id: 1, hostname: "zk", address: "10.9.0.51" }],
                docker: { publish: false, network },
            },
            [`servers[0].hostname: "zk" is the name of a server ${whose}, too: give each its own`],
        ],
        [
            "one id",
            onDocker({}, { ensembleId: "shop-zk" }),
            onDocker({ ...apart, network: { subnet: "10.9.0.0/24" } }, { ensembleId: "shop-zk" }),
            [
                'ensembleId: "shop-zk" is that of another ensemble "orders" of this program, too, whose volumes these would be: give each its own name or ensembleId',
            ],
        ],
        [
            "a clash, and another fault",
            onDocker(),
            onDocker({ image: "zookeeper:" }),
            [
                'docker.image: "zookeeper:" ends its name with ":" and has no tag after it: write "zookeeper:3.9.5", or take the colon out',
                `docker.firstHostPort: server 1 would get 2181, the host port of server 1 ${whose}: take 2184 or more`,
            ],
        ],
    ];
    for (const [title, first, second, faults] of clashes) {
        it(`cannot have ${title}: an error at the second one's arguments, in the preview`, async () => {
            assert.deepEqual(await beside(first, second), faults);
        });
    }

    const neighbours: [string, ZookeeperEnsembleArgs, ZookeeperEnsembleArgs][] = [
        ["ports of their own", onDocker(), onDocker({ firstHostPort: 2184 })],
        ["no published ports", onDocker({ publish: false }), onDocker({ publish: false })],
        ["the same ports of different addresses", onDocker(), onDocker({ publishAddress: "10.0.0.7" })],
        [
            "one existing network and addresses of their own",
            onDocker({ publish: false, network }),
            {
                servers: [{ id: 1, address: "10.9.0.101" }],
                docker: { publish: false, network },
            },
        ],
        [
            "existing networks of different names",
            onDocker({ publish: false, network }),
            onDocker({ publish: false, network: { name: "other", subnet: "10.9.1.0/24" } }),
        ],
    ];
    for (const [title, first, second] of neighbours) {
        it(`may have ${title}`, async () => {
            assert.deepEqual(await beside(first, second), []);
        });
    }

    it("one on the network of the other needs addresses of its own", async () => {
        const program = (servers: ZookeeperEnsembleArgs["servers"]) => () => {
            const subnet = "10.9.0.0/24";
            const orders = new ZookeeperEnsemble("orders", onDocker({ publish: false, network: { subnet } }));
            const name = orders.networkName.apply((known) => known!);
            new ZookeeperEnsemble("billing", { servers, docker: { publish: false, network: { name, subnet } } });
        };
        assert.equal((await faultsOf(program([{ id: 1 }]))).length, 1);
        assert.deepEqual(await faultsOf(program([{ id: 1, address: "10.9.0.100" }])), []);
    });

    it("of one explicit provider clash, those of different ones do not", async () => {
        const program = (isOne: boolean) => () => {
            const [east, west] = ["east", "west"].map((name) => new docker.Provider(name, { host: `tcp://${name}` }));
            const parent = new pulumi.ComponentResource("shop:index:Part", "part", {}, { providers: [east!] });
            new ZookeeperEnsemble("orders", onDocker(), { parent });
            new ZookeeperEnsemble("billing", onDocker(), isOne ? { provider: east } : { providers: { docker: west! } });
            new ZookeeperEnsemble("default", onDocker());
        };
        assert.equal((await faultsOf(program(true))).length, 1);
        assert.deepEqual(await faultsOf(program(false)), []);
    });

    it("of two programs in one process do not", async () => {
        for (const name of ["orders", "billing"]) {
            assert.deepEqual(await faultsOf(() => void new ZookeeperEnsemble(name, onDocker())), []);
        }
    });

    it("that a unit test makes one after the other do not", async () => {
        const restore = setVariables({ DOCKER_HOST: "unix:///nobody/listens/here" });
        const newResource = ({ name, inputs }: pulumi.runtime.MockResourceArgs) => ({
            id: name,
            state: inputs as object,
        });
        await pulumi.runtime.setMocks({ newResource, call: () => ({}) }, "shop", "dev", true);
        new ZookeeperEnsemble("orders", onDocker());
        new ZookeeperEnsemble("orders", onDocker());
        await pulumi.runtime.disconnect();
        restore();
    });
});

describe("two ensembles of one program on AWS", () => {
    const dns = { zoneId: "Z0123456789ABC", domain: "internal" };
    const placed = [{ id: 1, address: "10.0.0.20" }];

    it("cannot have one id, nor one address in a subnet", async () => {
        assert.deepEqual(
            await beside(
                onAws({ servers: placed, ensembleId: "shop-zk" }),
                onAws({ servers: placed, ensembleId: "shop-zk" }),
                awsAnswers,
            ),
            [
                'ensembleId: "shop-zk" is that of another ensemble "orders" of this program, too, whose volumes these would be: give each its own name or ensembleId',
                `servers[0].address: "10.0.0.20" in "subnet-0aaaaaaaaaaaaaaaa" is the address of server 1 ${inRegion}: give another one`,
            ],
        );
    });

    it("cannot have the same names in one zone", async () => {
        const program = () => {
            for (const part of ["east", "west"]) {
                const parent = new pulumi.ComponentResource("shop:index:Part", part);
                new ZookeeperEnsemble("orders", onAws({ ensembleId: part }, { dns }), { parent });
            }
        };
        assert.deepEqual(await faultsOf(program, awsAnswers), [
            `aws.dns.domain: server 1 would be orders-1.internal, as that ${inRegion}: give another domain, or name the component otherwise`,
        ]);
    });

    it("may have all of that in different regions, by provider or argument, and what AWS chooses", async () => {
        const same = { servers: placed, ensembleId: "shop-zk" };
        assert.deepEqual(await beside(onAws(same), onAws(same, { region: "eu-west-1" }), awsAnswers), []);
        assert.deepEqual(await beside(onAws(), onAws(), awsAnswers), []);
        const program = () => {
            const provider = new Provider("frankfurt", { region: "eu-central-1" });
            new ZookeeperEnsemble("orders", onAws(same));
            new ZookeeperEnsemble("billing", onAws(same), { provider });
        };
        assert.deepEqual(await faultsOf(program, awsAnswers), []);
    });
});

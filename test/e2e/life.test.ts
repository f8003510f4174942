import assert from "node:assert/strict";
import { ServerRole, ZookeeperEnsemble, ZookeeperEnsembleArgs } from "../../lib";
import { ensureChecker } from "../load/check";
import { containerId, containerNames } from "../support/dockerWorld";
import { runSeed } from "../support/fuzz";
import { fourLetterWord, modeOf } from "../support/insideContainers";
import { sharedStack } from "../support/sharedStack";
import { UpRun } from "../support/stackUnderTest";
import { changedUnderLoad } from "../support/underLoad";

const seed = runSeed();

describe(`an ensemble that changes under load loses nothing (FUZZ_SEED=${seed})`, function () {
    this.timeout(600_000);
    const stack = sharedStack();
    let now: ZookeeperEnsembleArgs = { size: 1, version: "3.8.6" };

    before(() => ensureChecker());

    const program = (args: ZookeeperEnsembleArgs) => async () => {
        const ensemble = new ZookeeperEnsemble("life", {
            ...args,
            jvm: { heapMiB: 128 },
            docker: { memoryMiB: 384, firstHostPort: stack().firstPort, network: { subnet: stack().subnet } },
        });
        return { connectionString: ensemble.connectionString };
    };

    const connectionString = (ids: readonly number[]) =>
        ids.map((id) => `localhost:${stack().firstPort + id - 1}`).join(",");

    /** One `up` under load; clients know the servers that stay through it, by the addresses given. */
    function change(
        to: ZookeeperEnsembleArgs,
        staying: readonly number[],
        addresses = connectionString(staying),
    ): Promise<UpRun> {
        now = to;
        return changedUnderLoad(addresses, seed, () => stack().up(program(to)));
    }

    const ids = async () => {
        const names = await containerNames(stack().prefix("life"));
        return Promise.all(names.map(containerId));
    };

    async function allAre(version: string, ids: readonly number[]): Promise<void> {
        for (const id of ids) {
            const [first = ""] = (await fourLetterWord(connectionString([id]), "srvr")).split("\n");
            assert.match(first, new RegExp(`Zookeeper version: ${version.replaceAll(".", "\\.")}-`), `server ${id}`);
        }
    }

    it("from one server to three: nobody who stays is restarted", async () => {
        await stack().up(program(now));
        const [first] = await ids();
        const run = await change({ size: 3, version: "3.8.6" }, [1]);
        assert.ok((await ids()).includes(first!));
        assert.ok(!run.steps.some((step) => step.includes("life-1-server")), run.steps.join("\n"));
    });

    it("from 3.8 to 3.9: one server at a time, the leader last", async () => {
        const run = await change({ size: 3, version: "3.9.5" }, [1, 2, 3]);
        const replaced = run.steps.filter((step) => /^create-replacement life-\d-server$/.test(step));
        assert.equal(replaced.length, 3);
        const gates = run.steps.filter((step) =>
            /^(create-replacement life-\d-server|update life-\d-serving)$/.test(step),
        );
        const order = gates.map((step) => /life-(\d)/.exec(step)![1]);
        assert.deepEqual(
            order,
            order.filter((_, index) => index % 2 === 0).flatMap((id) => [id, id]),
        );
    });

    it("back to 3.8 only when it is allowed, and then loses nothing either", async () => {
        // Where `npm test` ran the tests before this one, `npm run test:rest` begins here.
        if (now.version !== "3.9.5") await stack().up(program({ size: 3, version: "3.9.5" }));
        const refused = await stack().failingUp(program({ size: 3, version: "3.8.6" }));
        assert.match(refused, /version 3\.8\.6 is older than 3\.9\.5/);
        await change({ size: 3, version: "3.8.6", lifecycle: { allowDowngrade: true } }, [1, 2, 3]);
    });

    it("when it grows and gets a new version in one up: those who stay roll, then the new ones get their votes", async () => {
        const { steps } = await change({ size: 5, version: "3.9.5" }, [1, 2, 3]);
        assert.deepEqual(steps.filter((step) => /^create.* life-\d-server$/.test(step)).sort(), [
            ...[4, 5].map((id) => `create life-${id}-server`),
            ...[1, 2, 3].map((id) => `create-replacement life-${id}-server`),
        ]);
        await allAre("3.9.5", [1, 2, 3, 4, 5]);
    });

    it("from five to three and back: nobody who stays is touched", async () => {
        const before = await ids();
        await change({ size: 3 }, [1, 2, 3]);
        const shrunk = await ids();
        assert.deepEqual(shrunk, before.slice(0, 3));
        await change({ size: 5 }, [1, 2, 3]);
        assert.deepEqual((await ids()).slice(0, 3), shrunk);
        await change({ size: 3 }, [1, 2, 3]);
        assert.deepEqual(await ids(), shrunk);
    });

    it("when a server is replaced by one with another id", async () => {
        await change({ servers: [{ id: 1 }, { id: 3 }, { id: 4 }] }, [1, 3]);
    });

    it("when an observer comes, becomes a voter, and a voter becomes an observer", async () => {
        const observer = { id: 5, role: ServerRole.Observer };
        await change({ servers: [{ id: 1 }, { id: 3 }, { id: 4 }, observer] }, [1, 3, 4]);
        await change({ servers: [{ id: 1 }, { id: 3 }, { id: 4, role: ServerRole.Observer }, { id: 5 }] }, [1, 3]);
    });

    it("when it grows and gets other host ports in one up", async () => {
        const moved = (id: number) => ({ id, hostPort: stack().firstPort + 10 + id });
        const servers = [moved(1), moved(3), { ...moved(4), role: ServerRole.Observer }, moved(5), moved(2)];
        const both = [connectionString([1, 3, 5]), ...servers.map(({ hostPort }) => `localhost:${hostPort}`)].join(",");
        await change({ servers }, [1, 3, 5], both);
        for (const { id, hostPort } of servers) {
            const mode = await modeOf(`localhost:${hostPort}`);
            assert.ok(id === 4 ? mode === "observer" : ["leader", "follower"].includes(mode!), `${id}: ${mode}`);
        }
    });

    it("when an observer becomes the second voter, which ZooKeeper refuses to do in one step", async () => {
        const hostPort = (id: number) => stack().firstPort + 10 + id;
        const first = { id: 1, hostPort: hostPort(1) };
        const address = `localhost:${hostPort(1)}`;
        await change({ servers: [first, { id: 4, hostPort: hostPort(4), role: ServerRole.Observer }] }, [], address);
        await change({ servers: [first, { id: 4, hostPort: hostPort(4) }] }, [], address);
        assert.deepEqual([await modeOf(address), await modeOf(`localhost:${hostPort(4)}`)].sort(), [
            "follower",
            "leader",
        ]);
    });

    it("and then shows no change", async () => {
        assert.deepEqual((await stack().up(program(now))).steps, []);
    });
});

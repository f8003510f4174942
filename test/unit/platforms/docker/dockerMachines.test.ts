import assert from "node:assert/strict";
import { mock } from "node:test";
import { Forbidden, NoAnswer } from "../../../../lib/lifecycle/answers";
import { Machine } from "../../../../lib/lifecycle/machines";
import { clearWayForContainer, clearWayForNetwork } from "../../../../lib/platforms/docker/birth";
import { DockerMachines } from "../../../../lib/platforms/docker/dockerMachines";
import { connect, DockerEndpoint } from "../../../../lib/platforms/docker/endpoint";
import { ask } from "../../../../lib/platforms/docker/engine";
import { ensembleLabel, networkName, serverLabel } from "../../../../lib/platforms/docker/labels";
import { DockerEnsembleSpec } from "../../../../lib/platforms/docker/model/dockerSpec";
import { lazily } from "../../../../lib/pulumi/lazily";
import { setVariables } from "../../../support/environment";
import { EngineAnswer, FakeEngine, inspectedContainer, listedContainer } from "../../../support/fakeEngine";
import { specOf } from "../../../support/specs";

const machine: Machine = {
    serverId: 3,
    machineId: "c3",
    name: "e-3",
    running: true,
    state: "running",
    hasRun: true,
    specHash: "",
    restarts: 0,
};
const network = { name: "shared", subnet: "10.9.0.0/24" };
const spec = specOf({ size: 3, docker: { network, publish: false } }) as DockerEnsembleSpec;
const ownNetwork = specOf({ size: 3, docker: { publish: false } }) as DockerEnsembleSpec;
const labels = (id: number) => ({ [ensembleLabel]: spec.ensembleId, [serverLabel]: String(id) });
const volume = (id: number) => `${spec.ensembleId}-${id}-log`;
const graceSeconds = spec.docker.destroyGraceSeconds;

/** A well engine with three containers. */
function well(call: string): EngineAnswer {
    const id = Number(/\/c(\d)\//.exec(call)?.[1] ?? 0);
    switch (true) {
        case call === "GET /containers/json":
            return { json: [1, 2, 3].map((each) => listedContainer(each, labels(each), volume(each))) };
        case call === "GET /networks":
            return { json: [{ Id: "n", Name: networkName(ownNetwork), Labels: labelsOfOwn, IPAM: { Config: [] } }] };
        case call === "GET /networks/shared":
            return { json: { Containers: {} } };
        case /^GET \/containers\/c\d\/json$/.test(call):
            return { json: inspectedContainer(id, labels(id)) };
        case /^POST \/containers\/c\d\/exec$/.test(call):
            return { json: { Id: "x" } };
        case call === "GET /exec/x/json":
            return { json: { ExitCode: 0 } };
        default:
            return { json: "" };
    }
}

const labelsOfOwn = { [ensembleLabel]: ownNetwork.ensembleId };

let engine: FakeEngine;
const start = async (answer: (call: string) => EngineAnswer) => (engine = await FakeEngine.start(answer));
const machinesOf = (each: FakeEngine) => new DockerMachines(async () => each.client, spec.ensembleId, graceSeconds);

/** For each of these suites, and no other of this process. */
function cleansUp(): void {
    afterEach(async () => {
        mock.timers.reset();
        await engine.stop();
    });
}

const endpoint = (host: string): DockerEndpoint => ({
    host,
    context: undefined,
    certPath: undefined,
    caMaterial: undefined,
    certMaterial: undefined,
    keyMaterial: undefined,
});

type Ask = (each: FakeEngine) => Promise<unknown>;

/** What is asked, the call at which the engine falls silent, and after how long it is given up. */
const asked: Record<string, [Ask, RegExp, number]> = {
    "a look, at the list": [(each) => machinesOf(each).list(), /^GET \/containers\/json/, 20],
    "a question, before it begins": [(each) => machinesOf(each).member(machine, ["report"]), /c3\/exec$/, 20],
    "a question, while it runs": [(each) => machinesOf(each).member(machine, ["report"]), /exec\/x\/start/, 20],
    "a question, at its end": [(each) => machinesOf(each).member(machine, ["report"]), /exec\/x\/json/, 20],
    "a change of the membership": [(each) => machinesOf(each).member(machine, ["reconfig"]), /exec\/x\/start/, 75],
    "a start": [(each) => machinesOf(each).start(machine), /c3\/start$/, 60],
    "a start of a paused one": [(each) => machinesOf(each).start({ ...machine, state: "paused" }), /c3\/unpause$/, 60],
    "a stop": [(each) => machinesOf(each).stop(machine), /c3\/stop$/, graceSeconds + 60],
    "the log": [(each) => machinesOf(each).lastLogLines(machine, 10), /c3\/logs$/, 20],
    connecting: [(each) => connect(endpoint(`tcp://127.0.0.1:${each.port}`)), /_ping$/, 10],
    "a birth, at the list": [(each) => birth(each), /^GET \/containers\/json/, 20],
    "a birth, at a left-over's end": [(each) => birth(each), /c1\/stop$/, graceSeconds + 60],
    "a birth, at its removal": [(each) => birth(each), /^DELETE \/containers\/c1/, 60],
    "a birth, at the network": [(each) => birth(each), /^GET \/networks\/shared/, 20],
    "a network's birth, at the list": [(each) => clearWayForNetwork(each.client, ownNetwork), /^GET \/networks$/, 20],
    "a network's birth, at its removal": [
        (each) => clearWayForNetwork(each.client, ownNetwork),
        /^DELETE \/networks\/n/,
        60,
    ],
};
const birth = (each: FakeEngine) =>
    clearWayForContainer({ client: each.client, spec, network: "shared" }, spec.servers[0]!, "any");

describe("an engine that accepts and never answers is given up", () => {
    cleansUp();
    for (const [what, [question, silentAt, limitSeconds]] of Object.entries(asked)) {
        it(`${what}: after ${limitSeconds} s`, async () => {
            const each = await start((call) => (silentAt.test(call) ? "mute" : well(call)));
            mock.timers.enable({ apis: ["setTimeout"] });
            let ended = "";
            const end = question(each).then(
                () => (ended = "answered"),
                (error: Error) => (ended = error.message),
            );
            await each.wasAsked(silentAt);
            mock.timers.tick(limitSeconds * 1000 - 1);
            await new Promise((resolve) => setImmediate(resolve));
            assert.equal(ended, "");
            mock.timers.tick(1);
            await end;
            assert.match(ended, new RegExp(`no answer within ${limitSeconds} s`));
        });
    }
});

describe("one container that cannot be inspected", () => {
    cleansUp();
    const isInspected = (call: string) => call === "GET /containers/c3/json";
    const seen = ({ serverId, running, restarts, unseen }: Machine) => [serverId, running, restarts, unseen];
    const others = [1, 2].map((id) => [id, true, 0, undefined]);

    it("hides nobody when it hangs, and is one that does not answer, without being asked", async () => {
        const each = await start((call) => (isInspected(call) ? "mute" : well(call)));
        mock.timers.enable({ apis: ["setTimeout"] });
        const looked = machinesOf(each).list();
        for (const id of [1, 2, 3]) {
            await each.wasAsked(new RegExp(`c${id}/json`));
        }
        mock.timers.tick(10_000);
        const machines = await looked;
        assert.deepEqual(
            machines.map(({ serverId }) => serverId),
            [1, 2, 3],
        );
        const silent = [3, true, 0, "inspecting the container: no answer within 10 s"];
        assert.deepEqual(seen(machines[2]!), silent);
        await assert.rejects(machinesOf(each).member(machines[2]!, ["report"]), NoAnswer);
        assert.ok(!each.calls.some((call) => call.includes("exec")));
    });

    it("hides nobody when the engine fails for it", async () => {
        const each = await start((call) => (isInspected(call) ? { status: 500 } : well(call)));
        const machines = await machinesOf(each).list();
        assert.deepEqual(machines.slice(0, 2).map(seen), others);
        assert.match(machines[2]!.unseen!, /status 500/);
        assert.equal(machines[2]!.name, "e-3");
    });

    it("is gone when the engine says so", async () => {
        const each = await start((call) => (isInspected(call) ? { status: 404 } : well(call)));
        assert.deepEqual((await machinesOf(each).list()).map(seen), others);
    });
});

describe("a container of an image that was made of a server's", () => {
    cleansUp();
    const stranger = { ...listedContainer(9, labels(1), "somebody-s"), Names: ["/copy"] };
    const withStranger = (call: string): EngineAnswer =>
        call === "GET /containers/json"
            ? { json: [stranger, ...[1, 2, 3].map((each) => listedContainer(each, labels(each), volume(each)))] }
            : well(call);

    it("has the server's labels, and neither its name nor its volumes: it is not listed, and nobody asks it", async () => {
        const each = await start(withStranger);
        assert.deepEqual(
            (await machinesOf(each).list()).map(({ machineId }) => machineId),
            ["c1", "c2", "c3"],
        );
        assert.ok(!each.calls.some((call) => call.includes("/c9/")));
    });

    it("is not removed when the server's container is made anew", async () => {
        const each = await start(withStranger);
        await birth(each);
        assert.deepEqual(
            each.calls.filter((call) => call.startsWith("DELETE")),
            ["DELETE /containers/c1"],
        );
    });

    it("is the server's where it has its name, or one of its volumes", async () => {
        for (const own of [
            { ...stranger, Names: ["/alias", `/${spec.ensembleId}-1`] },
            { ...stranger, Mounts: listedContainer(9, {}, `${spec.ensembleId}-1-data`).Mounts },
        ]) {
            const each = await start((call) => (call === "GET /containers/json" ? { json: [own] } : well(call)));
            assert.equal((await machinesOf(each).list()).length, 1);
            await each.stop();
        }
        await start(well);
    });
});

describe("an engine that says that a deployer may not", () => {
    cleansUp();
    for (const status of [401, 403]) {
        it(`by ${status} is believed, also where it says so of one container`, async () => {
            for (const at of [/^GET \/containers\/json/, /c3\/json/]) {
                const each = await start((call) => (at.test(call) ? { status } : well(call)));
                await assert.rejects(machinesOf(each).list(), Forbidden);
                await each.stop();
            }
            await start(well);
        });
    }

    it("by its socket is believed", async () => {
        await start(well);
        const refused = Object.assign(new Error("connect EACCES /var/run/docker.sock"), { code: "EACCES" });
        await assert.rejects(
            ask("a ping", () => Promise.reject(refused)),
            Forbidden,
        );
        const gone = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
        await assert.rejects(
            ask("a ping", () => Promise.reject(gone)),
            NoAnswer,
        );
    });
});

describe("an engine that did not answer when it was first asked", () => {
    cleansUp();
    it("is connected to anew", async () => {
        let isWell = false;
        const each = await start((call) => (call === "GET /_ping" && !isWell ? { status: 500 } : well(call)));
        const restore = setVariables({ DOCKER_HOST: "", DOCKER_CONTEXT: "", DOCKER_CERT_PATH: "" });
        try {
            const client = lazily(() => connect(endpoint(`tcp://127.0.0.1:${each.port}`)));
            const machines = new DockerMachines(client, spec.ensembleId, graceSeconds);
            await assert.rejects(machines.list(), /no Docker engine answers at/);
            isWell = true;
            assert.equal((await machines.list()).length, 3);
            await machines.list();
            assert.equal(each.calls.filter((call) => call === "GET /_ping").length, 2, "and then once and for all");
        } finally {
            restore();
        }
    });
});

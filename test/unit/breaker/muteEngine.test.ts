import assert from "node:assert/strict";
import { createServer, IncomingMessage, Server, ServerResponse } from "node:http";
import { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import Docker from "dockerode";
import { Machine } from "../../../lib/lifecycle/machines";
import { DockerMachines } from "../../../lib/platforms/docker/dockerMachines";

/** As long as any answer of a member may take. */
const limitMs = 22_000;

/** An engine whose daemon accepts and, for some paths, never answers: a container whose lock is held, a hung shim. */
describe("an engine that is mute for one container", function () {
    this.timeout(60_000);
    let server: Server;
    const isMute = (url: string) => /\/containers\/c3\/|\/containers\/c3$/.test(url);

    before(async () => {
        server = createServer((request: IncomingMessage, response: ServerResponse) => {
            const url = request.url ?? "";
            if (isMute(url)) return;
            response.setHeader("content-type", "application/json");
            response.end(JSON.stringify(url.includes("/containers/json") ? listed : inspected(url)));
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    });

    after(async () => {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
    });

    const machines = () => {
        const { port } = server.address() as AddressInfo;
        const client = new Docker({ protocol: "http", host: "127.0.0.1", port });
        return new DockerMachines(async () => client, "e", 30);
    };

    it("a look ends, and so does the up that waits for it", () => ends((each) => each.list()));
    it("a question ends", () => ends((each) => each.member(machine, ["report"])));
    it("a start ends", () => ends((each) => each.start(machine)));
    it("the reading of the log ends, which an error waits for", () => ends((each) => each.lastLogLines(machine, 10)));

    async function ends(ask: (each: DockerMachines) => Promise<unknown>): Promise<void> {
        const asked = ask(machines()).then(
            () => "ended",
            () => "ended",
        );
        const late = new AbortController();
        const waited = pause(limitMs, "waits for ever", { signal: late.signal }).catch(() => "");
        assert.equal(await Promise.race([asked, waited]), "ended");
        late.abort();
    }
});

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
const listed = ["c1", "c2", "c3"].map((Id) => ({ Id }));

function inspected(url: string) {
    const id = /containers\/(c\d)/.exec(url)?.[1] ?? "c1";
    return {
        Id: id,
        Name: `/e-${id}`,
        RestartCount: 0,
        State: { Status: "running", Running: true, Paused: false, Restarting: false, ExitCode: 0 },
        Config: { Labels: {} },
    };
}

describe("an engine that fails for one container", () => {
    it("shows the others: one that cannot be inspected is silent, not the whole ensemble unseen", async () => {
        const server = createServer((request, response) => {
            const url = request.url ?? "";
            response.setHeader("content-type", "application/json");
            response.statusCode = url.includes("/containers/c3/") ? 500 : 200;
            response.end(JSON.stringify(url.includes("/containers/json") ? listed : inspected(url)));
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        try {
            const { port } = server.address() as AddressInfo;
            const client = new Docker({ protocol: "http", host: "127.0.0.1", port });
            const machines = await new DockerMachines(async () => client, "e", 30).list();
            assert.equal(machines.length, 3);
        } finally {
            server.closeAllConnections();
            await new Promise((resolve) => server.close(resolve));
        }
    });
});

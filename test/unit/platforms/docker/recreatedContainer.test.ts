import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Docker from "dockerode";
import { DockerMachines } from "../../../../lib/platforms/docker/dockerMachines";

describe("a container of the ensemble that does not run", () => {
    let folder = "";
    let engine: Server | undefined;
    const asked: string[] = [];

    beforeEach(async () => {
        folder = await mkdtemp(join(tmpdir(), "machines-"));
        asked.splice(0);
    });
    afterEach(async () => {
        engine?.close();
        await rm(folder, { recursive: true, force: true });
    });

    /** What the engine says of its one container, and of the file in it that servers run. */
    async function listed(state: object, fileStatus: number) {
        const labels = { "zookeeper-ensemble.ensemble": "e", "zookeeper-ensemble.server": "1" };
        const inspected = {
            ...{ Id: "abc", Name: "/e-1", RestartCount: 2, State: state },
            Config: { Labels: labels },
        };
        const container = { Id: "abc", Names: ["/e-1"], Labels: labels };
        engine = createServer((request, response) => {
            const { method, url = "" } = request;
            if (method === "HEAD") {
                asked.push(decodeURIComponent(url));
                response.writeHead(fileStatus).end();
            } else {
                response.setHeader("Content-Type", "application/json");
                response.end(JSON.stringify(url.startsWith("/containers/json") ? [container] : inspected));
            }
        });
        const socketPath = join(folder, "engine.sock");
        await new Promise<void>((resolve) => engine!.listen(socketPath, resolve));
        const machines = new DockerMachines(() => Promise.resolve(new Docker({ socketPath })), "e", 5);
        return (await machines.list())[0]!;
    }

    const exited = { Status: "exited", ExitCode: 127 };

    it("is not the one that was made when its files are gone, which is said", async () => {
        const machine = await listed(exited, 404);
        assert.match(machine.flaw ?? "", /^it is not the container that was made, .* an image updater recreates/);
        assert.equal(machine.state, "exited (127)");
        assert.deepEqual(asked, ["/containers/abc/archive?path=/ensemble/member.sh"]);
    });

    it("nor while Docker starts it again and again", async () => {
        const restarting = { Status: "restarting", ExitCode: 127, Running: true, Restarting: true };
        assert.notEqual((await listed(restarting, 404)).flaw, undefined);
    });

    for (const fileStatus of [200, 500]) {
        it(`is the one where a command is missing in its image, or the engine does not say (${fileStatus})`, async () => {
            assert.equal((await listed(exited, fileStatus)).flaw, undefined);
        });
    }

    it("is not asked for its files after any other end", async () => {
        assert.equal((await listed({ Status: "exited", ExitCode: 137 }, 404)).flaw, undefined);
        assert.deepEqual(asked, []);
    });
});

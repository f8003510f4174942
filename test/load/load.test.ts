import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Container } from "dockerode";
import { docker, freePorts, removeAll } from "../support/dockerWorld";
import { runSeed } from "../support/fuzz";
import { checkHistory, ensureChecker } from "./check";
import { Load, type LoadResult } from "./load";

const image = "zookeeper:3.9.5";
const seed = runSeed();

describe(`a load on a real server (FUZZ_SEED=${seed})`, function () {
    this.timeout(180_000);
    let name: string;
    let port: number;
    let load: Load | undefined;

    before(async function () {
        this.timeout(600_000);
        // @ts-expect-error the tools are plain JavaScript
        await (await import("../../tools/docker/image.mjs")).ensureImage(image);
        await ensureChecker();
    });

    beforeEach(async () => {
        name = `load-test-${randomBytes(4).toString("hex")}`;
        port = await freePorts(1);
    });

    afterEach(async () => {
        await load?.abandon();
        load = undefined;
        await removeAll(name);
    });

    async function startServer(): Promise<Container> {
        const container = await docker.createContainer({
            Image: image,
            name,
            HostConfig: { PortBindings: { "2181/tcp": [{ HostIp: "127.0.0.1", HostPort: String(port) }] } },
        });
        await container.start();
        return container;
    }

    async function startLoad(): Promise<Load> {
        const connectionString = `127.0.0.1:${port}/some/chroot`;
        load = await Load.start({
            connectionString,
            seed,
            pauseMs: 2,
            limits: { silenceLimitMs: 500, answerLimitMs: 6_000 },
        });
        return load;
    }

    it("stays legal and loses nothing through a restart and a freeze", async () => {
        const server = await startServer();
        const load = await startLoad();
        await load.waitForProgress(300);
        await server.restart({ t: 10 });
        await load.waitForProgress(300);
        const lossesBefore = losses(load);
        await server.pause();
        await until(() => losses(load) > lossesBefore, "the freeze to be noticed");
        await server.unpause();
        await load.waitForProgress(300);
        const result = await load.stop();

        const { legal, lost, problems, acknowledgedWrites } = await checkHistory(result.history);
        assert.deepEqual([...lost, ...problems], []);
        assert.equal(legal, true);
        assert.equal(acknowledgedWrites, result.acknowledged);
        assert.ok(result.acknowledged >= 900, `${result.acknowledged} acknowledged`);
        assert.ok(result.unknown > 0, "no operation was interrupted");
        assert.ok(result.failed > 0, "no two clients got in each other's way");
        assert.ok(result.longestGapMs > 500, `the freeze alone lasted longer than ${result.longestGapMs} ms`);
        tell(result);
    });

    it("tells what a server lost that came back empty", async () => {
        const server = await startServer();
        const load = await startLoad();
        await load.waitForProgress(200);
        await server.remove({ force: true, v: true });
        await startServer();
        // It refuses sessions that have seen more than it has: they are given up.
        await until(() => load.otherAnswers.NO_ANSWER, "the sessions to be given up");
        const missedBefore = load.otherAnswers.NO_NODE ?? 0;
        await until(() => (load.otherAnswers.NO_NODE ?? 0) > missedBefore, "new sessions to miss what was written");
        const result = await load.stop();

        const { legal, lost, acknowledgedWrites } = await checkHistory(result.history);
        assert.equal(legal, false);
        assert.equal(lost.length, acknowledgedWrites);
    });
});

const losses = (load: Load): number => load.otherAnswers.CONNECTION_LOSS ?? 0;

function tell({ acknowledged, unknown, failed, longestGapMs, errors }: LoadResult): void {
    const counts = `${acknowledged} acknowledged, ${unknown} unknown, ${failed} failed`;
    console.log(`      ${counts}, longest gap ${Math.round(longestGapMs)} ms, ${JSON.stringify(errors)}`);
}

async function until(isSo: () => unknown, what: string, limitMs = 60_000): Promise<void> {
    const start = Date.now();
    while (!isSo()) {
        assert.ok(Date.now() - start < limitMs, `waited ${limitMs} ms for ${what}`);
        await delay(20);
    }
}

// The bench itself: that it can be run on a checkout as `npm ci` leaves it, and says what failed where it is seen.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);
const root = join(__dirname, "../..");

describe("the bench", function () {
    this.timeout(300_000);

    const bench = (rounds: string, ...names: string[]) =>
        execute(process.execPath, ["--import", "tsx", "test/bench/main.ts", ...names], {
            cwd: root,
            env: { ...process.env, BENCH_ROUNDS: rounds, ZOOKEEPER_ENSEMBLE_DOCKER_PLUGIN: "stand-in" },
        });

    it("measures what the library costs a program without @pulumi/aws, although the checkout has that", async () => {
        const { stdout } = await bench("1", "import_ratio");
        const { name, value, detail } = JSON.parse(stdout);
        assert.equal(name, "import_ratio");
        assert.ok(value > 0);
        assert.equal(detail.pulumiAws, "neither loaded nor installed");
        assert.equal(detail.dockerPlugin, "stand-in");
    });

    it("says last which name failed and why", async () => {
        // No rounds, no samples.
        await assert.rejects(bench("0", "import_ratio"), (error: { code: number; stderr: string }) => {
            assert.equal(error.code, 1);
            const [time, failure] = error.stderr.trim().split("\n").slice(1);
            assert.match(time!, /^import_ratio: \d+ s$/);
            assert.match(failure!, /^import_ratio failed: Error: there is no median of no samples$/);
            return true;
        });
    });
});

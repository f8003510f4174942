import assert from "node:assert/strict";
import { bar } from "../../../lib/cli/bar";
import { averageBetween, highestOf, LatencyTrails, sparkline } from "../../../lib/cli/latency";
import { RequestTimes } from "../../../lib/cli/requestTimes";
import { describeEnsemble, EnsembleStatus } from "../../../lib/cli/status";
import { statusText } from "../../../lib/cli/table";
import { observation, zxidOf } from "../../support/lifecycle/observations";

/** A healthy ensemble of two whose first server has answered so much. */
function statusWith(requests: RequestTimes | undefined): EnsembleStatus {
    const ensemble = {
        name: "coordination",
        urn: "urn",
        ensembleId: "ensemble",
        connectionString: undefined,
        serverIds: [1, 2],
        platform: { kind: "unknown", machineType: "none" } as const,
    };
    const status = describeEnsemble(ensemble, observation("1 leader, 2 follower"), zxidOf("1.5"));
    const servers = status.servers.map((server) => (server.id === 1 && requests ? { ...server, requests } : server));
    return { ...status, servers };
}

describe("the latency in a watch", () => {
    it("is the average of the requests between two looks, not of all since the start", () => {
        assert.equal(
            averageBetween({ count: 1_000_000, totalMs: 1_000_000 }, { count: 1_000_010, totalMs: 1_000_500 }),
            50,
        );
    });

    it("is unknown without requests, at the first look, where nobody answers and after a restart", () => {
        const some = { count: 10, totalMs: 20 };
        for (const [before, now] of [
            [some, some],
            [undefined, some],
            [some, undefined],
            [some, { count: 3, totalMs: 30 }],
            [some, { count: 11, totalMs: 3 }],
        ]) {
            assert.equal(averageBetween(before, now), undefined);
        }
    });

    it("is drawn from nothing to the highest of all servers, with a blank where there was no request", () => {
        assert.equal(sparkline([0, undefined, 5, 10], 10), "▁ ▅█");
        assert.equal(sparkline([0, 0], 0), "▁▁");
        assert.equal(highestOf([[1, undefined], [], [7]]), 7);
        assert.equal(highestOf([]), 0);
    });

    it("stands below the average since the start, with the newest in figures, and goes on over a restart", () => {
        const trails = new LatencyTrails();
        const looks = [
            { count: 10, totalMs: 10 },
            { count: 20, totalMs: 20 },
            { count: 30, totalMs: 100 },
            undefined,
            { count: 2, totalMs: 2 },
            { count: 4, totalMs: 18 },
        ];
        const shown = looks.map((requests) => {
            const status = statusWith(requests);
            trails.add(status);
            return { text: statusText(status, trails), newest: trails.withNewest(status).servers[0]!.recentLatencyMs };
        });
        assert.deepEqual(
            shown.map(({ newest }) => newest),
            [undefined, 1, 8, undefined, undefined, 8],
        );
        assert.doesNotMatch(shown[0]!.text, /[▁▂▃▄▅▆▇█]/);
        assert.match(shown[2]!.text, / ▂█ 8\.0 +│/);
        assert.match(shown[5]!.text, / ▂█ {2}█ 8\.0 +│/);
    });

    it("keeps the last 20 looks", () => {
        const trails = new LatencyTrails();
        for (let look = 0; look < 50; look++) {
            trails.add(statusWith({ count: look, totalMs: look * look }));
        }
        const trail = trails.of(statusWith(undefined), 1);
        assert.equal(trail.length, 20);
        assert.equal(trail.at(-1), 49 * 49 - 48 * 48);
    });
});

describe("a bar", () => {
    for (const [share, drawn] of [
        [0, "░░░░░░░░░░   0 %"],
        [0.001, "█░░░░░░░░░   0 %"],
        [0.5, "█████░░░░░  50 %"],
        [0.999, "█████████░  99 %"],
        [1, "██████████ 100 %"],
        [1.2, "██████████ 100 %"],
    ] as const) {
        it(`of ${share} is ${drawn}`, () => assert.equal(bar(share), drawn));
    }
});

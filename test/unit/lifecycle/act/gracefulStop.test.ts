import assert from "node:assert/strict";
import Docker from "dockerode";
import { Machine } from "../../../../lib/lifecycle/machines";
import { DockerMachines } from "../../../../lib/platforms/docker/dockerMachines";

describe("stopping a container", () => {
    it("asks ZooKeeper to stop, and gives it its time: a killed one may have to copy its log anew", async () => {
        const asked: unknown[] = [];
        const container = {
            stop: async ({ t }: { t: number }) => asked.push(["stop", t]),
            kill: async () => asked.push(["kill"]),
        };
        const client = { getContainer: (id: string) => (asked.push(id), container) } as unknown as Docker;
        const machines = new DockerMachines(async () => client, "ensemble", 45);
        await machines.stop({ machineId: "c1" } as Machine);
        assert.deepEqual(asked, ["c1", ["stop", 45]]);
    });
});

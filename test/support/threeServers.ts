import { LifecycleArgs, VolumeRetention, ZookeeperEnsemble } from "../../lib";
import { modeOf, until } from "./insideContainers";
import { StackUnderTest } from "./stackUnderTest";

export const everybody = [1, 2, 3];

/** A small quick ensemble of three, named after its stack's project. */
export function three(stack: StackUnderTest, lifecycle: LifecycleArgs = {}, retention?: VolumeRetention) {
    return async () => {
        new ZookeeperEnsemble("coordination", {
            ensembleId: stack.project,
            jvm: { heapMiB: 256 },
            config: { tickTimeMs: 500 },
            lifecycle: { servingTimeoutSeconds: 90, ...lifecycle },
            docker: {
                firstHostPort: stack.firstPort,
                network: { subnet: stack.subnet },
                memoryMiB: 512,
                destroyGraceSeconds: 5,
                volumes: { retention },
            },
        });
    };
}

/** Of a server's container; of all that Docker has of the ensemble, what their names begin with. */
export function nameOf(stack: StackUnderTest, id: number | ""): string {
    return `${stack.project}-${id}`;
}

/** An `up` does not wait for a server that it does not change: what it mends may still be on its way. */
export async function allServe(stack: StackUnderTest): Promise<void> {
    await until("all three serve under one leader", async () => {
        const modes = await Promise.all(everybody.map((id) => modeOf(stack.host(id))));
        return modes.sort().join() === "follower,follower,leader";
    });
}

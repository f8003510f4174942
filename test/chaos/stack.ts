import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePorts, freeSubnet, removeAll } from "../support/dockerWorld";
import { withFolder } from "../support/folder";
import { modeOf } from "../support/insideContainers";
import { Deployer } from "./deployer";
import { allIds, argsOf, idsOf, Shape } from "./shapes";
import { SmallDisks } from "./smallDisks";

const lookEveryMs = 300;

/** An ensemble that a run changes: own project, state, ports, subnet and disks; everything is removed afterwards. */
export class ChaosStack {
    private constructor(
        readonly project: string,
        readonly firstPort: number,
        private readonly subnet: string,
        readonly deployer: Deployer,
        readonly disks: SmallDisks | undefined,
    ) {}

    static async use<T>(action: (stack: ChaosStack) => Promise<T>): Promise<T> {
        const project = `zch-${randomBytes(3).toString("hex")}`;
        return withFolder(`${project}-`, async (folder) => {
            const [firstPort, subnet] = [await freePorts(20), await freeSubnet()];
            const deployer = await Deployer.make(project, join(folder, "project"));
            const servers = allIds.map((id) => `${project}-${id}`);
            const disks = await SmallDisks.make(join(folder, "disks"), servers);
            try {
                return await action(new ChaosStack(project, firstPort, subnet, deployer, disks));
            } finally {
                await deployer.close();
                await removeAll(project);
                await disks?.remove();
            }
        });
    }

    args(shape: Shape): object {
        return this.complete(argsOf(shape));
    }

    /** The arguments with what makes them small and this stack's own. */
    complete(args: object): object {
        return {
            ensembleId: this.project,
            // Quick to start, which most of a run's time goes into.
            jvm: { heapMiB: 128, flags: ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"] },
            ...args,
            lifecycle: {
                servingTimeoutSeconds: 120,
                allowDowngrade: true,
                ...(args as { lifecycle?: object }).lifecycle,
            },
            docker: {
                firstHostPort: this.firstPort,
                network: { subnet: this.subnet },
                memoryMiB: 384,
                destroyGraceSeconds: 5,
                ...(args as { docker?: object }).docker,
            },
        };
    }

    hosts(ids: readonly number[]): string {
        return ids.map((id) => `localhost:${this.firstPort + id - 1}`).join(",");
    }

    /** Whether all serve under one leader before the limit. */
    async serves(shape: Shape, limitMs: number): Promise<boolean> {
        const end = Date.now() + limitMs;
        for (;;) {
            const modes = await Promise.all(idsOf(shape).map((id) => modeOf(this.hosts([id]))));
            const count = (mode: string) => modes.filter((one) => one === mode).length;
            const asRoles =
                count("follower") === shape.voters.length - 1 && count("observer") === shape.observers.length;
            if (count("leader") === 1 && asRoles) {
                return true;
            }
            if (Date.now() > end) {
                return false;
            }
            await pause(lookEveryMs);
        }
    }
}

import { Clock } from "../../../lib/lifecycle/clock";
import { CommandResult, Machine, Machines } from "../../../lib/lifecycle/machines";

interface Kept {
    readonly holder: string;
    readonly endMs: number;
    readonly changes: number;
    readonly run: number;
}

const leaseMs = 20_000;

/** Other deployments were here in earlier days. */
const changesBefore = 99;

/** Servers that keep leases as the member script does (lease.sh), and nothing else. */
export class LeasingServers {
    readonly stopped = new Set<number>();
    readonly silent = new Set<number>();
    readonly preparing = new Set<number>();
    /** Every question, `take one 2`: who asked server 2. */
    readonly asked: string[] = [];
    private readonly leases = new Map<number, Kept>();
    private readonly births = new Map<number, number>();

    constructor(
        private readonly clock: Clock,
        private readonly ids: readonly number[],
    ) {}

    readonly machines = {
        list: async () => this.ids.map((id) => this.machine(id)),
        member: async ({ serverId }: Machine, [lease, verb, token]: readonly string[]) => {
            if (lease !== "lease" || this.stopped.has(serverId)) {
                throw new Error(`cannot be asked for ${lease}`);
            }
            return this.ask(serverId, verb!, token!);
        },
    } as unknown as Machines;

    /** A new machine in its place, which remembers nothing. */
    replace(id: number): void {
        this.births.set(id, (this.births.get(id) ?? 0) + 1);
        this.restart(id);
    }

    /** The same machine, whose tmpfs is empty. */
    restart(id: number): void {
        this.leases.set(id, { holder: "", endMs: 0, changes: 0, run: this.kept(id).run + 1 });
    }

    holders(): string {
        return this.ids.map((id) => this.lease(id).holder || "-").join(" ");
    }

    private machine(id: number): Machine {
        const running = !this.stopped.has(id);
        const state = running ? "running" : "exited (1)";
        return { serverId: id, machineId: `m${id}-${this.births.get(id) ?? 0}`, running, state } as Machine;
    }

    private lease(id: number): Kept {
        const kept = this.kept(id);
        return kept.endMs > this.clock.nowMs() ? kept : { ...kept, holder: "" };
    }

    private kept(id: number): Kept {
        return this.leases.get(id) ?? { holder: "", endMs: 0, changes: changesBefore, run: 0 };
    }

    private ask(id: number, verb: string, token: string): CommandResult {
        this.asked.push(`${verb} ${token} ${id}`);
        if (this.preparing.has(id)) {
            return { exitCode: 75, output: "installs Java" };
        }
        if (this.silent.has(id)) {
            throw new Error("no route");
        }
        const { holder } = this.lease(id);
        const before = this.kept(id);
        if (verb === "take" && (holder === "" || holder === token)) {
            const changes = before.changes + (before.holder === token ? 0 : 1);
            this.leases.set(id, { ...before, holder: token, endMs: this.clock.nowMs() + leaseMs, changes });
        } else if (verb === "release" && holder === token) {
            this.leases.set(id, { ...before, endMs: 0 });
        }
        const now = this.lease(id);
        const seconds = now.holder === "" ? 0 : Math.ceil((now.endMs - this.clock.nowMs()) / 1000);
        const output = `lease=${now.holder}\nleaseSeconds=${seconds}\nleaseChanges=${now.changes}\nleaseRun=${now.run}\n`;
        return { exitCode: verb === "release" || now.holder === token ? 0 : 1, output };
    }
}

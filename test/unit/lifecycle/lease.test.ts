import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { deploymentLease, Lease } from "../../../lib/lifecycle/lease";
import { Machine, Machines } from "../../../lib/lifecycle/machines";
import { viewOf } from "../../support/views";

/** The servers' side of a lease, as the member script keeps it, with a clock of the test's own. */
class Servers {
    seconds = 0;
    readonly gone = new Set<number>();
    private hear: (verb: string) => void = () => {};
    private readonly leases = new Map<number, { holder: string; end: number; changes: number }>();

    constructor(private readonly count: number) {}

    readonly machines = {
        list: async () =>
            Array.from({ length: this.count }, (_, index) => index + 1)
                .filter((id) => !this.gone.has(id))
                .map((id) => ({ serverId: id, machineId: `m${id}`, running: true }) as Machine),
        member: async ({ serverId }: Machine, [, verb, token]: readonly string[]) => this.ask(serverId, verb!, token!),
    } as unknown as Machines;

    /** Waits until all servers have been asked this once more; they are always asked together. */
    untilAsked(wanted: "take" | "release"): Promise<void> {
        let asked = 0;
        return new Promise((resolve) => {
            this.hear = (verb) => {
                asked += verb === wanted ? 1 : 0;
                if (asked === this.count) {
                    resolve();
                }
            };
        });
    }

    forget(id: number): void {
        this.leases.delete(id);
    }

    private ask(id: number, verb: string, token: string) {
        this.hear(verb);
        const kept = this.leases.get(id) ?? { holder: "", end: 0, changes: 0 };
        const holder = kept.end > this.seconds ? kept.holder : "";
        if (verb === "take" && (holder === "" || holder === token)) {
            const changes = kept.holder === token ? kept.changes : kept.changes + 1;
            this.leases.set(id, { holder: token, end: this.seconds + 20, changes });
        } else if (verb === "release" && holder === token) {
            this.leases.set(id, { ...kept, end: this.seconds });
        }
        const now = this.leases.get(id) ?? kept;
        const left = Math.max(0, now.end - this.seconds);
        const output = `lease=${left > 0 ? now.holder : ""}\nleaseSeconds=${left}\nleaseChanges=${now.changes}\n`;
        return { exitCode: 0, output };
    }
}

const limits = { patienceMs: 0, renewEveryMs: 3_600_000 };
const silent = () => undefined;

function leaseOf(servers: Servers, token: string, more = {}): Lease {
    return deploymentLease(servers.machines, async () => true, token, { ...limits, ...more });
}

describe("the lease of a deployment", () => {
    it("is given to one of two, and the other is told by whom it is refused", async () => {
        const servers = new Servers(3);
        assert.deepEqual(await leaseOf(servers, "one").take(silent), { refused: "", waited: false });
        const { refused } = await leaseOf(servers, "two").take(silent);
        assert.match(refused, /another deployment changes this ensemble right now \(one:/);
    });

    it("is given to at most one of two that ask at the same time, and a refused one leaves nothing behind", async () => {
        const servers = new Servers(4);
        const taken = await Promise.all(["one", "two"].map((token) => leaseOf(servers, token).take(silent)));
        const granted = taken.filter(({ refused }) => refused === "").length;
        assert.ok(granted <= 1, JSON.stringify(taken));
        const third = await leaseOf(servers, "three").take(silent);
        assert.equal(third.refused === "", granted === 0);
    });

    it("is waited for as long as a dead deployment keeps it", async () => {
        const servers = new Servers(3);
        await leaseOf(servers, "dead").take(silent);
        const said: string[] = [];
        const taken = await leaseOf(servers, "next", { patienceMs: 5_000 }).take((text) => {
            said.push(text);
            servers.seconds = 21;
        });
        assert.deepEqual(taken, { refused: "", waited: true });
        assert.match(
            said.join(),
            /waits for another deployment of this ensemble \(dead\); if that one is dead, for 20 s/,
        );
    });

    it("is lost by who did not renew it, also when the other has ended", async () => {
        for (const ends of [false, true]) {
            const servers = new Servers(3);
            const [old, young] = [leaseOf(servers, "old"), leaseOf(servers, "young")];
            await old.take(silent);
            servers.seconds = 21;
            await young.take(silent);
            await (ends ? young.release() : undefined);
            await assert.rejects(old.confirm(), /another deployment has taken this ensemble over/);
            assert.match(old.lost(), /run `pulumi up` again/);
        }
    });

    it("is asked for at a gate's end, and only by who took it", async () => {
        const servers = new Servers(3);
        const [old, young, bystander] = ["old", "young", "bystander"].map((token) => leaseOf(servers, token));
        await old!.take(silent);
        await old!.check();
        assert.equal(old!.lost(), "");
        servers.seconds = 21;
        await bystander!.check();
        await young!.take(silent);
        await old!.check();
        assert.match(old!.lost(), /another deployment has taken this ensemble over \(young\)/);
    });

    it("is not asked for when most servers have just said that it is this one's for a good while", async () => {
        const said = (...answers: [string, number][]) =>
            viewOf(
                Object.fromEntries(answers.map(([lease, leaseSeconds], index) => [index + 1, { lease, leaseSeconds }])),
                [],
            );
        const enough = said(["old", 15], ["old", 15], ["", 0]);
        const tooLittle = [
            said(["young", 15], ["young", 15], ["", 0]),
            said(["old", 2], ["old", 2], ["", 0]),
            said(["old", 15], ["", 0], ["", 0]),
            { ...enough, askedAtMs: Date.now() - 6_000 },
            { ...enough, askedAtMs: Date.now() + 60_000 },
        ];
        for (const seen of tooLittle) {
            const servers = new Servers(3);
            const [old, young] = ["old", "young"].map((token) => leaseOf(servers, token));
            await old!.take(silent);
            servers.seconds = 21;
            await young!.take(silent);
            await old!.check(enough);
            await old!.confirm(enough);
            assert.equal(old!.lost(), "");
            await old!.check(seen);
            assert.match(old!.lost(), /taken this ensemble over \(young\)/);
            await assert.rejects(old!.confirm(enough), /taken this ensemble over/, "what is lost stays lost");
        }
    });

    it("is asked for once more when the patience ended during a question", async () => {
        const servers = new Servers(3);
        await leaseOf(servers, "dead").take(silent);
        const slow: Machines = {
            ...servers.machines,
            member: async (machine, words) => {
                const answer = await servers.machines.member(machine, words);
                await pause(100);
                servers.seconds = 21;
                return answer;
            },
        };
        const lease = deploymentLease(slow, async () => true, "next", { ...limits, patienceMs: 50 });
        assert.deepEqual(await lease.take(silent), { refused: "", waited: true });
    });

    it("survives servers that forget it with their machine, one at a time, and ones that are gone", async () => {
        const servers = new Servers(3);
        const lease = leaseOf(servers, "one");
        await lease.take(silent);
        for (const id of [1, 2, 3]) {
            servers.gone.add(id);
            await lease.confirm();
            servers.gone.delete(id);
            servers.forget(id);
            assert.notEqual((await leaseOf(servers, "two").take(silent)).refused, "");
            await lease.confirm();
        }
        assert.equal(lease.lost(), "");
    });

    it("is renewed as long as the engine lives, and released when it is dead", async () => {
        const servers = new Servers(3);
        let isAlive = true;
        const lease = deploymentLease(servers.machines, async () => isAlive, "one", { ...limits, renewEveryMs: 5 });
        await lease.take(silent);
        for (let round = 0; round < 5; round++) {
            servers.seconds += 15;
            await servers.untilAsked("take");
        }
        assert.notEqual((await leaseOf(servers, "two").take(silent)).refused, "");
        isAlive = false;
        await servers.untilAsked("release");
        assert.equal((await leaseOf(servers, "two").take(silent)).refused, "");
        assert.equal(lease.lost(), "");
    });

    it("is had without a word where nobody can give it", async () => {
        assert.equal((await leaseOf(new Servers(0), "one").take(silent)).refused, "");
        const old = { ...new Servers(3).machines, member: async () => ({ exitCode: 2, output: "unknown verb" }) };
        const lease = deploymentLease(old as unknown as Machines, async () => true, "one", limits);
        assert.equal((await lease.take(silent)).refused, "");
        await lease.confirm();
    });
});

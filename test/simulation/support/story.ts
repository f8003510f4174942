import assert from "node:assert/strict";
import { converged } from "../convergence";
import { UpOptions } from "../engine/engine";
import { Program, voters } from "../engine/program";
import { Up, UpResult } from "../engine/up";
import { Play } from "../play";
import { Sight } from "../world/simulatedMachines";
import { World } from "../world/world";

export interface StoryOptions {
    readonly voters: number;
    readonly dataTransferMs?: number;
}

/** A scripted schedule, told with the words of an operator. Whatever it does, the invariants hold. */
export class Story {
    readonly play: Play;

    constructor(seed: number, { voters: count, dataTransferMs = 0 }: StoryOptions) {
        const schedule = { seed, voters: count, observers: 0, dataTransferMs, refusesCancelled: true, ups: [] };
        this.play = new Play(schedule, process.env["SIMULATION_TRACE"] ? { trace: console.log } : {});
    }

    get world(): World {
        return this.play.world;
    }

    get program(): Program {
        return this.play.program;
    }

    set program(program: Program) {
        this.play.program = program;
    }

    size(count: number): void {
        this.program = { ...this.program, servers: voters(count) };
    }

    roll(): void {
        this.program = { ...this.program, settings: this.program.settings + 1 };
    }

    async up(options: UpOptions = {}, sight: Sight = "sees"): Promise<UpResult> {
        const result = await this.play.up(options, sight);
        this.check();
        assert.ok(result);
        return result;
    }

    async green(options: UpOptions = {}): Promise<UpResult> {
        const result = await this.up(options);
        assert.ok(result.isOk, `the up is refused: ${result.errors.join("\n")}`);
        return result;
    }

    async refused(pattern: RegExp, options: UpOptions = {}, sight: Sight = "sees"): Promise<string> {
        const result = await this.up(options, sight);
        assert.ok(!result.isOk, "the up is green");
        const text = result.errors.join("\n");
        assert.match(text, pattern);
        return text;
    }

    /** An `up` that is killed at the first moment at which it is so; true when that moment came. */
    async killedWhen(isSo: () => boolean): Promise<boolean> {
        const up = this.begun();
        await this.play.until(() => up.hasEnded || isSo());
        const came = !up.hasEnded;
        up.kill();
        this.play.running.length = 0;
        this.check();
        return came;
    }

    begun(options: UpOptions = {}): Up {
        return this.play.begin(options);
    }

    async ended(...ups: Up[]): Promise<void> {
        await this.until(() => ups.every(({ hasEnded }) => hasEnded));
        this.play.running.length = 0;
    }

    async until(isSo: () => boolean): Promise<void> {
        await this.play.until(isSo);
        this.check();
    }

    async idle(ms: number): Promise<void> {
        await this.play.idle(ms);
        this.check();
    }

    /** What was asked for is so, and another `up` changes nothing. */
    async isAsWanted(): Promise<void> {
        assert.equal(converged(this.world, this.program, this.play.invariants.live), undefined);
        const again = await this.green();
        assert.equal(again.changes, 0, "the next up changes something");
    }

    get liveVoters(): number {
        return this.play.invariants.live?.voterCount ?? 0;
    }

    machineIds(): string {
        return this.world.machines.map(({ machineId }) => machineId).join();
    }

    check(): void {
        const { violations } = this.play.invariants;
        assert.deepEqual([...violations, ...this.play.faults], []);
    }
}

/** The same story with other choices of everything that a seed chooses. */
export function inManyWorlds(promise: string, options: StoryOptions, tell: (story: Story) => Promise<void>): void {
    it(promise, async function () {
        this.timeout(120_000);
        for (let seed = 1; seed <= 12; seed++) {
            try {
                await tell(new Story(seed, options));
            } catch (error) {
                (error as Error).message = `seed ${seed}: ${(error as Error).message}`;
                throw error;
            }
        }
    });
}

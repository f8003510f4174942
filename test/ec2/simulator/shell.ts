import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** Runs a program of the machine that the simulator is on; its output. */
export async function hostCommand(program: string, ...args: string[]): Promise<string> {
    const env = { ...process.env, PATH: `${process.env.PATH ?? ""}:/usr/sbin:/sbin` };
    const { stdout } = await execute(program, args, { env, maxBuffer: 16 * 2 ** 20 });
    return stdout;
}

/** Calls of one key one after the other, of different keys beside each other. */
export class Queues {
    private readonly ends = new Map<string, Promise<unknown>>();

    run<T>(key: string, work: () => Promise<T>): Promise<T> {
        const result = (this.ends.get(key) ?? Promise.resolve()).then(work);
        this.ends.set(
            key,
            result.catch(() => {}),
        );
        return result;
    }

    async idle(): Promise<void> {
        await Promise.all(this.ends.values());
    }
}

import { readdirSync, readFileSync } from "node:fs";

/** A process and everything that it started, the process itself first. */
export function processTree(root: number): number[] {
    const parents = new Map<number, number>();
    for (const entry of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
        const parent = parentOf(entry);
        if (parent !== undefined) {
            parents.set(Number(entry), parent);
        }
    }
    const tree = [root];
    for (const id of tree) {
        tree.push(...[...parents].filter(([, parent]) => parent === id).map(([child]) => child));
    }
    return tree;
}

function parentOf(pid: string): number | undefined {
    try {
        // The name of the program stands in parentheses and may hold anything; behind it come state and parent.
        return Number(
            readFileSync(`/proc/${pid}/stat`, "utf8")
                .replace(/^.*\) \S+ /s, "")
                .split(" ")[0],
        );
    } catch {
        return undefined;
    }
}

/** The words of a process's command line; nothing when it is gone. */
export function commandLine(pid: number): string {
    try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
    } catch {
        return "";
    }
}

export function signal(pid: number, name: NodeJS.Signals): void {
    try {
        process.kill(pid, name);
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") {
            throw error;
        }
    }
}

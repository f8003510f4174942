import { ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { EngineEvent } from "@pulumi/pulumi/automation";
import { commandLine, processTree, signal } from "./processTree";

const lookEveryMs = 5;

/** One `pulumi up` while it runs. */
export class RunningUp {
    readonly exit: Promise<number | null>;
    private readonly output: () => string;

    constructor(
        private readonly child: ChildProcess,
        private readonly eventLog: string,
    ) {
        this.output = collect(child);
        this.exit = exitOf(child);
    }

    get text(): string {
        return this.output();
    }

    /** Waits for a moment of the deployment; one that ends without it fails. */
    async until(moment: (events: EngineEvent[]) => boolean): Promise<void> {
        if (!(await this.comesTo(moment))) {
            throw new Error(`the up ended before its moment came:\n${this.text}`);
        }
    }

    /** Whether a moment of the deployment comes before the deployment's end. */
    async comesTo(moment: (events: EngineEvent[]) => boolean): Promise<boolean> {
        while (!moment(this.events())) {
            if (!isRunning(this.child)) {
                return false;
            }
            await pause(lookEveryMs);
        }
        return true;
    }

    /** Waits for something that is seen elsewhere; a deployment that ends before it fails. */
    async reaches<T>(moment: Promise<T>): Promise<T> {
        const ended = this.exit.then((code) => {
            throw new Error(`the up ended (${code}) before its moment came:\n${this.text}`);
        });
        return Promise.race([moment, ended]);
    }

    /** The CLI with its language host, program and providers, as when the machine or the session goes. */
    async killAll(): Promise<void> {
        // The number of a process that has ended may be another's by now.
        if (isRunning(this.child)) {
            processTree(this.child.pid!).forEach((pid) => signal(pid, "SIGKILL"));
        }
        await this.exit;
    }

    /**
     * The CLI alone. Its language host and its program live on for a while, as they do where nobody tells them: what
     * the program does to the ensemble goes on. Answers how to end them.
     */
    async killCliOnly(): Promise<() => void> {
        const others = processTree(this.child.pid!).slice(1);
        const hosts = others.filter((pid) => /pulumi-language-nodejs/.test(commandLine(pid)));
        // A language host that sees its CLI go ends the program: it must not see it.
        hosts.forEach((pid) => signal(pid, "SIGSTOP"));
        signal(this.child.pid!, "SIGKILL");
        await this.exit;
        return () => others.forEach((pid) => signal(pid, "SIGKILL"));
    }

    /** All of it stands still, as on a machine that sleeps. Answers how to wake it. */
    freeze(): () => void {
        const all = processTree(this.child.pid!);
        all.forEach((pid) => signal(pid, "SIGSTOP"));
        return () => all.forEach((pid) => signal(pid, "SIGCONT"));
    }

    steps(): string[] {
        return this.events().flatMap(({ resourcePreEvent }) =>
            resourcePreEvent && resourcePreEvent.metadata.op !== "same"
                ? [`${resourcePreEvent.metadata.op} ${nameOf(resourcePreEvent.metadata.urn)}`]
                : [],
        );
    }

    private events(): EngineEvent[] {
        const text = existsSync(this.eventLog) ? readFileSync(this.eventLog, "utf8") : "";
        // What stands behind the last line end is still being written.
        const lines = text.slice(0, text.lastIndexOf("\n") + 1).split("\n");
        return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as EngineEvent);
    }
}

/** The moment when so many resources are done. */
export function resourcesAreDone(count: number): (events: EngineEvent[]) => boolean {
    return (events) => doneResources(events).length >= count;
}

export function isDone(name: string): (events: EngineEvent[]) => boolean {
    return (events) => doneResources(events).includes(name);
}

export function hasBegun(name: string): (events: EngineEvent[]) => boolean {
    return (events) =>
        events.some(({ resourcePreEvent }) => resourcePreEvent && nameOf(resourcePreEvent.metadata.urn) === name);
}

function doneResources(events: EngineEvent[]): string[] {
    return events.flatMap(({ resOutputsEvent }) =>
        resOutputsEvent && resOutputsEvent.metadata.op !== "same" ? [nameOf(resOutputsEvent.metadata.urn)] : [],
    );
}

export function nameOf(urn: string): string {
    return urn.split("::").pop()!;
}

export function isRunning(child: ChildProcess): boolean {
    return child.exitCode === null && child.signalCode === null;
}

export function collect(child: ChildProcess): () => string {
    const chunks: string[] = [];
    for (const stream of [child.stdout!, child.stderr!]) {
        stream.setEncoding("utf8").on("data", (chunk: string) => {
            chunks.push(chunk);
            if (process.env.SHOW_UP) {
                process.stderr.write(chunk);
            }
        });
    }
    return () => chunks.join("");
}

/** Everything that it printed has arrived then. */
export function closed(child: ChildProcess): Promise<number | null> {
    return new Promise((done, reject) => {
        child.once("error", reject);
        child.once("close", (code) => done(code));
    });
}

/** Not `close`: what outlives a killed CLI keeps its outputs open. */
export function exitOf(child: ChildProcess): Promise<number | null> {
    return new Promise((done, reject) => {
        child.once("error", reject);
        child.once("exit", (code) => done(code));
    });
}

import { setTimeout as pause } from "node:timers/promises";
import { systemClock } from "../lifecycle/clock";
import { Machine, Machines, oneOfEach } from "../lifecycle/machines";
import { all as allServers, isSeenServing } from "../lifecycle/observe/observation";
import { observe } from "../lifecycle/observe/observe";
import { Command, CommandError, parseCommand, usage, Where } from "./command";
import { Reach, reach } from "./reach";
import { onlyOne, recordedEnsembles } from "./stacks";
import { RecordedEnsemble } from "./stackState";
import { EnsembleStatus, statusOf } from "./status";
import { LatencyTrails } from "./latency";
import { statusText } from "./table";

/** Where the commands write, and how a watch ends. */
export interface Console {
    readonly print: (text: string) => void;
    readonly complain: (text: string) => void;
    /** Clears the screen before the next table; does nothing where there is no screen. */
    readonly clear: () => void;
    readonly untilInterrupted: () => AbortSignal;
}

const watchSeconds = 2;

/** Does what was asked; answers the exit code. */
export async function run(args: readonly string[], console: Console): Promise<number> {
    try {
        return await perform(parseCommand(args), console);
    } catch (error) {
        if (!(error instanceof CommandError)) {
            throw error;
        }
        console.complain(`zookeeper-ensemble: ${error.message}`);
        return 2;
    }
}

function perform(command: Command, console: Console): Promise<number> {
    switch (command.what) {
        case "help":
            console.print(usage);
            return Promise.resolve(0);
        case "status":
            return command.watch ? watch(command, console) : showStatus(command, console);
        case "logs":
            return logs(command, console);
        case "cli":
            return cli(command);
    }
}

type StatusCommand = Extract<Command, { what: "status" }>;

async function showStatus({ where, json }: StatusCommand, console: Console): Promise<number> {
    const all = await statusOfAll(reachedOf(await recordedEnsembles(where)));
    console.print(
        json ? JSON.stringify({ ensembles: all }, undefined, 2) : all.map((each) => statusText(each)).join("\n"),
    );
    return exitCode(all);
}

/**
 * The exit code is that of the last look. The state is read again only while something is wrong: an ensemble that was
 * changed meanwhile shows as servers too many or too few, and asking Pulumi takes longer than asking the servers.
 */
async function watch({ where, json }: StatusCommand, console: Console): Promise<number> {
    const interrupted = console.untilInterrupted();
    const trails = new LatencyTrails();
    let reached = reachedOf(await recordedEnsembles(where));
    for (;;) {
        const all = await statusOfAll(reached);
        all.forEach((each) => trails.add(each));
        if (json) {
            console.print(JSON.stringify({ ensembles: all.map((each) => trails.withNewest(each)) }));
        } else {
            console.clear();
            console.print(all.map((each) => statusText(each, trails)).join("\n"));
        }
        await pause(watchSeconds * 1000, undefined, { signal: interrupted }).catch(() => undefined);
        if (interrupted.aborted) {
            return exitCode(all);
        }
        if (exitCode(all) !== 0) {
            reached = reachedOf(await recordedEnsembles(where));
        }
    }
}

/** An ensemble with the way to it, which is for all looks: each way has connections of its own. */
interface Reached {
    readonly ensemble: RecordedEnsemble;
    readonly machines: Machines;
}

function reachedOf(ensembles: readonly RecordedEnsemble[]): Reached[] {
    return ensembles.map((ensemble) => ({ ensemble, machines: reach(ensemble).machines }));
}

function statusOfAll(reached: readonly Reached[]): Promise<EnsembleStatus[]> {
    return Promise.all(reached.map(({ ensemble, machines }) => statusOf(ensemble, machines)));
}

function exitCode(all: readonly EnsembleStatus[]): number {
    return all.every(({ healthy }) => healthy) ? 0 : 1;
}

async function logs({ where, id, lines }: Extract<Command, { what: "logs" }>, console: Console): Promise<number> {
    const { ensemble, found } = await theEnsemble(where);
    const machine = await machineOf(ensemble, found, id);
    (await found.machines.lastLogLines(machine, lines)).forEach(console.print);
    return 0;
}

async function cli({ where, id, words }: Extract<Command, { what: "cli" }>): Promise<number> {
    const { ensemble, found } = await theEnsemble(where);
    const machine = id === undefined ? await servingMachine(ensemble, found) : await machineOf(ensemble, found, id);
    if (!machine.running) {
        const start = found.machines.byHand(machine, "start");
        throw new CommandError(
            `server ${machine.serverId} does not run, ${machine.name} is ${machine.state}: ${start}`,
        );
    }
    return found.zkCli(machine, words);
}

async function theEnsemble(where: Where): Promise<{ ensemble: RecordedEnsemble; found: Reach }> {
    const ensemble = onlyOne(await recordedEnsembles(where));
    return { ensemble, found: reach(ensemble) };
}

async function machineOf({ name }: RecordedEnsemble, { machines }: Reach, id: number): Promise<Machine> {
    const all = oneOfEach(await machines.list());
    const machine = all.find(({ serverId }) => serverId === id);
    if (!machine) {
        const ids = all.map(({ serverId }) => serverId).sort((a, b) => a - b);
        throw new CommandError(
            `the ensemble ${name} has no machine of server ${id}, only of ${ids.join(", ") || "none"}`,
        );
    }
    return machine;
}

async function servingMachine({ name, serverIds }: RecordedEnsemble, { machines }: Reach): Promise<Machine> {
    const serving = allServers(await observe(machines, systemClock, serverIds)).find(isSeenServing);
    if (!serving?.machine) {
        throw new CommandError(`no server of the ensemble ${name} serves: see \`zookeeper-ensemble status\``);
    }
    return serving.machine;
}

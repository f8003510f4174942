#!/usr/bin/env node
import { run } from "./run";

/** Only a watch takes an interruption for its end: everything else ends as the shell means it. */
function untilInterrupted(): AbortSignal {
    const interruption = new AbortController();
    process.once("SIGINT", () => interruption.abort());
    process.once("SIGTERM", () => interruption.abort());
    return interruption.signal;
}

const clearScreen = "\u001b[2J\u001b[H";

run(process.argv.slice(2), {
    print: (text) => process.stdout.write(`${text}\n`),
    complain: (text) => process.stderr.write(`${text}\n`),
    clear: () => process.stdout.isTTY && process.stdout.write(clearScreen),
    untilInterrupted,
}).then(
    (code) => {
        process.exitCode = code;
    },
    (error: Error) => {
        process.stderr.write(`zookeeper-ensemble: ${error.message}\n`);
        process.exitCode = 2;
    },
);

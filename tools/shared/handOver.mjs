// Runs a command in the user's own terminal.

import { spawn } from "node:child_process";
import os from "node:os";

/** Runs a command with this process's input and output until it ends, and returns its exit code. */
export function handOver(command, args, { cwd, env } = {}) {
    return new Promise((resolve, reject) => {
        const child = spawn(command, args, { cwd, env, stdio: "inherit" });
        const stopListening = passSignalsTo(child);
        child.on("error", (cause) => {
            stopListening();
            reject(new Error(`cannot start "${command}": ${cause.message}`, { cause }));
        });
        child.on("close", (code, signal) => {
            stopListening();
            resolve(signal ? 128 + os.constants.signals[signal] : code);
        });
    });
}

/**
 * The command decides what a signal means, and this process outlives it. A terminal gives its Ctrl-C to both already;
 * passing it on would make it two, and the second one makes Pulumi give up what it is doing.
 */
function passSignalsTo(child) {
    const pass = (signal) => {
        if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    };
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
    for (const signal of signals) process.on(signal, pass);
    return () => signals.forEach((signal) => process.off(signal, pass));
}

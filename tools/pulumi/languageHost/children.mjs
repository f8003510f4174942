// Every process that the language host starts, so that none outlives it.

import { spawn } from "node:child_process";

const graceMilliseconds = 2_000;
const running = new Set();

/** Starts a child of the host's own process group, which the engine ends as a whole (so never `detached`). */
export function start(command, args, options) {
    const child = spawn(command, args, options);
    running.add(child);
    const forget = () => running.delete(child);
    child.once("close", forget).once("error", forget);
    return child;
}

/** Runs a command to its end, and gives what it said. One that was killed has said nothing: that is no answer. */
export async function output(command, args, { cwd, input } = {}) {
    const child = start(command, args, { cwd, stdio: ["pipe", "pipe", "pipe"] });
    const chunks = { stdout: [], stderr: [] };
    child.stdout.on("data", (data) => chunks.stdout.push(data));
    child.stderr.on("data", (data) => chunks.stderr.push(data));
    // A command that ends without reading its input says why with its exit code.
    child.stdin.on("error", () => {});
    child.stdin.end(input && Buffer.from(input));
    const { code, signal } = await exitOf(child);
    if (signal) throw new Error(`${command} was ended by ${signal}`);
    return { code, stdout: Buffer.concat(chunks.stdout), stderr: Buffer.concat(chunks.stderr) };
}

/** Gives the engine what a child says while it says it, in the messages of the answer that the engine reads. */
export function passOn(child, call, Message) {
    child.stdout.on("data", (data) => call.write(new Message().setStdout(data)));
    child.stderr.on("data", (data) => call.write(new Message().setStderr(data)));
}

/** How a child ended, after all its output was read; a signal counts as exit code 1. */
export function exitOf(child) {
    return new Promise((resolve, reject) => {
        child.once("error", reject);
        child.once("close", (code, signal) => resolve({ code: code ?? 1, signal }));
    });
}

export async function end(child) {
    if (!running.has(child)) return;
    const gone = new Promise((resolve) => child.once("close", resolve).once("error", resolve));
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), graceMilliseconds);
    await gone;
    clearTimeout(timer);
}

export async function endAll() {
    await Promise.all([...running].map(end));
}

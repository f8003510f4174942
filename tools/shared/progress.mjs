// What a person sees while the tools work: one line per event on stderr, and the elapsed time of what takes long.

import { spawn } from "node:child_process";
import { clearLine, createInterface, cursorTo } from "node:readline";

const heartbeatMilliseconds = 30_000;
const redrawMilliseconds = 250;
const lastLines = 30;

/** Running steps, the innermost last; its line is redrawn at the bottom of a terminal. */
const steps = [];
let drawn = false;

const isLive = () => Boolean(process.stderr.isTTY) && !process.env.CI;

/** One line on stderr. */
export function say(text) {
    erase();
    process.stderr.write(`${text}\n`);
    draw();
}

/**
 * Announces `title`, runs `work` and tells how long it took; in between a live clock, or a line every 30 s without a
 * terminal. `work` may tell how far it is: it is given a function that takes a few words.
 */
export async function step(title, work) {
    const current = { title, start: Date.now(), reached: "" };
    if (!isLive()) say(`${title} ...`);
    steps.push(current);
    const tick = isLive() ? draw : () => say(`${title}: ${current.reached || "still at it"} after ${elapsed(current)}`);
    const timer = setInterval(tick, isLive() ? redrawMilliseconds : heartbeatMilliseconds);
    draw();
    const end = (outcome) => {
        clearInterval(timer);
        erase();
        steps.splice(steps.indexOf(current), 1);
        say(`${title}: ${outcome} after ${elapsed(current)}`);
    };
    try {
        const result = await work((words) => (current.reached = words));
        end("done");
        return result;
    } catch (error) {
        end("failed");
        throw error;
    }
}

/**
 * Runs a command to its end and returns what it printed, `{ stdout, stderr }`. With a `title` it is a step of its own.
 * `onErrorLine` is given each line on stderr as it comes.
 * An exit code other than 0 throws an error with the command, the code and the last lines of its output.
 */
export function run(command, args = [], { cwd, env, title, onErrorLine } = {}) {
    const work = () => runQuietly(command, args, { cwd, env }, onErrorLine);
    return title ? step(title, work) : work();
}

function runQuietly(command, args, options, onErrorLine) {
    return new Promise((resolve, reject) => {
        const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
        const printed = { stdout: "", stderr: "", both: "" };
        for (const name of ["stdout", "stderr"]) {
            child[name].setEncoding("utf8").on("data", (text) => {
                printed[name] += text;
                printed.both += text;
            });
        }
        if (onErrorLine) createInterface({ input: child.stderr }).on("line", onErrorLine);
        const shown = [command, ...args].join(" ");
        child.on("error", (cause) => reject(new Error(`cannot start "${shown}": ${cause.message}`, { cause })));
        child.on("close", (code, signal) => {
            if (code === 0) return resolve({ stdout: printed.stdout, stderr: printed.stderr });
            const how = signal ? `was ended by ${signal}` : `failed with exit code ${code}`;
            const tail = printed.both.trimEnd().split("\n").slice(-lastLines).join("\n");
            reject(Object.assign(new Error(`"${shown}" ${how}:\n${tail}`), { code, signal, ...printed }));
        });
    });
}

function draw() {
    erase();
    const current = steps.at(-1);
    if (!current || !isLive()) return;
    const reached = current.reached && `: ${current.reached}`;
    const line = `${current.title}${reached} ... ${elapsed(current)}`;
    process.stderr.write(line.slice(0, Math.max(1, (process.stderr.columns || 80) - 1)));
    drawn = true;
}

function erase() {
    if (!drawn) return;
    clearLine(process.stderr, 0);
    cursorTo(process.stderr, 0);
    drawn = false;
}

function elapsed({ start }) {
    const seconds = Math.round((Date.now() - start) / 1000);
    return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { docker, runScript } from "./dockerWorld";

const limitMs = 60_000;

/** What a shell command prints in a running container, as root or as a chosen user. */
export async function shell(container: string, script: string, user = "root"): Promise<string> {
    const exec = await docker
        .getContainer(container)
        .exec({ Cmd: ["bash", "-c", script], User: user, AttachStdout: true, AttachStderr: true });
    const stream = await exec.start({});
    const output = new PassThrough();
    docker.modem.demuxStream(stream, output, output);
    stream.on("end", () => output.end());
    return (await text(output)).trim();
}

/** What a shell command prints in a container of its own on a network. */
export function shellOnNetwork(network: string, script: string, image = "zookeeper:3.9.5"): Promise<string> {
    return runScript(image, script, { network });
}

/** Everything that a container has printed. */
export async function logsOf(container: string): Promise<string> {
    return (await docker.getContainer(container).logs({ stdout: true, stderr: true, follow: false })).toString();
}

/** The answer to a four-letter word; empty when nobody answers. */
export function fourLetterWord(hostPort: string, word: string): Promise<string> {
    const [host = "", port = ""] = hostPort.split(":");
    return new Promise((resolve) => {
        const chunks: Buffer[] = [];
        const socket = connect(Number(port), host, () => socket.write(word));
        socket.setTimeout(2000, () => socket.destroy());
        socket.on("data", (chunk) => chunks.push(chunk));
        socket.on("error", () => socket.destroy());
        socket.on("close", () => resolve(Buffer.concat(chunks).toString()));
    });
}

/** The mode that a server says it serves in; nothing while it does not serve. */
export async function modeOf(hostPort: string): Promise<string | undefined> {
    return /Mode: (\w+)/.exec(await fourLetterWord(hostPort, "srvr"))?.[1];
}

export async function until(what: string, holds: () => Promise<boolean>, withinMs = limitMs): Promise<void> {
    const end = Date.now() + withinMs;
    while (!(await holds())) {
        if (Date.now() > end) {
            throw new Error(`gave up after ${withinMs} ms waiting until ${what}`);
        }
        await pause(100);
    }
}

export const untilServing = (hostPort: string): Promise<void> =>
    until(`${hostPort} serves`, async () => (await modeOf(hostPort)) !== undefined);

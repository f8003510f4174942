import { finished } from "node:stream/promises";
import type Docker from "dockerode";
import { Machine } from "../lifecycle/machines";
import { ask } from "../platforms/docker/engine";
import { zkCliScript } from "../member/zkCliScript";

/** zkCli.sh in a server's container, as the user that the server runs as; answers its exit code. */
export async function dockerZkCli(client: Docker, machine: Machine, words: readonly string[]): Promise<number> {
    const isSession = words.length === 0;
    const isTerminal = isSession && process.stdin.isTTY === true && process.stdout.isTTY === true;
    const command = {
        Cmd: ["bash", "-c", zkCliScript(), "zkCli.sh", ...words],
        Env: isTerminal ? [`TERM=${process.env.TERM ?? "xterm"}`] : ["TERM=dumb"],
        User: "zookeeper",
        Tty: isTerminal,
        AttachStdin: isSession,
        AttachStdout: true,
        AttachStderr: true,
    };
    const container = client.getContainer(machine.machineId);
    const exec = await ask("a command in it", (abortSignal) => container.exec({ ...command, abortSignal }));
    const stream = await ask("a command in it", (abortSignal) =>
        exec.start({ hijack: true, stdin: isSession, Tty: isTerminal, abortSignal }),
    );
    if (isTerminal) {
        stream.pipe(process.stdout);
    } else {
        client.modem.demuxStream(stream, process.stdout, process.stderr);
    }
    const stopTyping = isSession ? handOverInput(stream, isTerminal) : () => {};
    try {
        // Without a limit: whoever began it ends it.
        await finished(stream, { writable: false });
    } finally {
        stopTyping();
    }
    return (await ask("a command's end", (abortSignal) => exec.inspect({ abortSignal }))).ExitCode ?? 1;
}

/** Keys go through as they are typed: the terminal in the container does what a terminal does. */
function handOverInput(stream: NodeJS.ReadWriteStream, isTerminal: boolean): () => void {
    if (isTerminal) {
        process.stdin.setRawMode(true);
    }
    process.stdin.pipe(stream);
    return () => {
        process.stdin.unpipe(stream);
        process.stdin.pause();
        if (isTerminal) {
            process.stdin.setRawMode(false);
        }
    };
}

import { finished } from "node:stream/promises";
import type Docker from "dockerode";
import { Machine } from "../lifecycle/machines";

/**
 * A logging configuration of its own, that says nothing: the server's would roll the server's files, and the client's
 * answers would drown. A small heap, because the container's memory is the server's.
 */
const script = [
    "set -eu",
    "quiet=$(mktemp -d)",
    "trap 'rm -rf \"$quiet\"' EXIT",
    `echo '<configuration><root level="OFF"/></configuration>' >"$quiet/logback.xml"`,
    "export ZOOCFGDIR=$quiet ZOO_LOG_DIR=$quiet ZK_CLIENT_HEAP=64 JVMFLAGS=",
    "export CLIENT_JVMFLAGS='-XX:TieredStopAtLevel=1 -XX:+UseSerialGC'",
    'zkCli.sh -server "localhost:${CLIENT_SPEC##*:}" "$@"',
].join("\n");

/** zkCli.sh in a server's container, as the user that the server runs as; answers its exit code. */
export async function dockerZkCli(client: Docker, machine: Machine, words: readonly string[]): Promise<number> {
    const isSession = words.length === 0;
    const isTerminal = isSession && process.stdin.isTTY === true && process.stdout.isTTY === true;
    const exec = await client.getContainer(machine.machineId).exec({
        Cmd: ["bash", "-c", script, "zkCli.sh", ...words],
        Env: isTerminal ? [`TERM=${process.env.TERM ?? "xterm"}`] : ["TERM=dumb"],
        User: "zookeeper",
        Tty: isTerminal,
        AttachStdin: isSession,
        AttachStdout: true,
        AttachStderr: true,
    });
    const stream = await exec.start({ hijack: true, stdin: isSession, Tty: isTerminal });
    if (isTerminal) {
        stream.pipe(process.stdout);
    } else {
        client.modem.demuxStream(stream, process.stdout, process.stderr);
    }
    const stopTyping = isSession ? handOverInput(stream, isTerminal) : () => {};
    try {
        await finished(stream, { writable: false });
    } finally {
        stopTyping();
    }
    return (await exec.inspect()).ExitCode ?? 1;
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

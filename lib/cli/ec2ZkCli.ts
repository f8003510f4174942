import { Machine } from "../lifecycle/machines";
import { Connection } from "../platform/aws/connection";
import { quoted, runCommand } from "../platform/aws/runCommand";
import { CommandError } from "./command";
import { zkCliScript } from "./zkCliScript";

const limitSeconds = 60;

/** The server's own environment knows where ZooKeeper is and by which command root becomes its user. */
const prepare = "set -a; . /etc/zookeeper-ensemble/environment; . /run/zookeeper-ensemble/environment; set +a";

/** One command of zkCli.sh on a server's machine, over Systems Manager, which has no sessions of this kind. */
export async function ec2ZkCli({ ssm }: Connection, machine: Machine, words: readonly string[]): Promise<number> {
    if (words.length === 0) {
        throw new CommandError(
            `a session of zkCli.sh on EC2 needs a session on the machine: give a command after --, or run ` +
                `aws ssm start-session --target ${machine.machineId}`,
        );
    }
    const inside = ["bash", "-c", zkCliScript, "zkCli.sh", ...words].map(quoted).join(" ");
    const commandLine = `bash -c ${quoted(`${prepare}; exec $STEP_DOWN ${inside}`)}`;
    const { exitCode, output } = await runCommand(ssm, machine.machineId, commandLine, limitSeconds);
    process.stdout.write(output);
    return exitCode;
}

import { Machine } from "../lifecycle/machines";
import { Connection } from "../platforms/aws/connection";
import { environmentOf, placeOf } from "../platforms/aws/oneMachine";
import { quoted, runCommand } from "../platforms/aws/runCommand";
import { CommandError } from "./command";
import { zkCliScript } from "./zkCliScript";

const limitSeconds = 60;

/** One command of zkCli.sh on a server's machine, over Systems Manager, which has no sessions of this kind. */
export async function ec2ZkCli({ ssm }: Connection, machine: Machine, words: readonly string[]): Promise<number> {
    const { instanceId, serverId } = placeOf(machine.machineId);
    if (words.length === 0) {
        throw new CommandError(
            `a session of zkCli.sh on EC2 needs a session on the machine: give a command after --, or run ` +
                `aws ssm start-session --target ${instanceId}`,
        );
    }
    const inside = ["bash", "-c", zkCliScript(), "zkCli.sh", ...words].map(quoted).join(" ");
    // The server's own environment knows where ZooKeeper is and by which command root becomes its user.
    const prepare = `set -a; ${environmentOf(serverId)
        .map((file) => `. ${file}; `)
        .join("")}set +a`;
    const commandLine = `bash -c ${quoted(`${prepare}; exec $STEP_DOWN ${inside}`)}`;
    const { exitCode, output } = await runCommand(ssm, instanceId, commandLine, limitSeconds);
    process.stdout.write(output);
    return exitCode;
}

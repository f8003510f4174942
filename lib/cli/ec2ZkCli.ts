import { Machine } from "../lifecycle/machines";
import { placeOf } from "../platforms/aws/oneMachine";
import { ask, Asking } from "../platforms/aws/runCommand";
import { CommandError } from "./command";

const limitSeconds = 60;

/** One command of zkCli.sh on a server's machine, over Systems Manager, which has no sessions of this kind. */
export async function ec2ZkCli(asking: Asking, machine: Machine, words: readonly string[]): Promise<number> {
    const { instanceId, serverId } = placeOf(machine.machineId);
    if (words.length === 0) {
        throw new CommandError(
            `a session of zkCli.sh on EC2 needs a session on the machine: give a command after --, or run ` +
                `aws ssm start-session --target ${instanceId}`,
        );
    }
    const { exitCode, output } = await ask(asking, instanceId, { verb: "client", words, serverId }, limitSeconds);
    process.stdout.write(output);
    return exitCode;
}

import { lazily } from "../pulumi/lazily";
import { Machine, Machines } from "../lifecycle/machines";
import { connect as connectToAws } from "../platforms/aws/connection";
import { documentName } from "../platforms/aws/files/commandDocument";
import { Ec2Machines } from "../platforms/aws/ec2Machines";
import { DockerMachines } from "../platforms/docker/dockerMachines";
import { connect } from "../platforms/docker/endpoint";
import { CommandError } from "./command";
import { dockerZkCli } from "./dockerZkCli";
import { ec2ZkCli } from "./ec2ZkCli";
import { RecordedEnsemble } from "./stackState";

/** A person's way to the servers of an ensemble: that of the gates, and ZooKeeper's own client. */
export interface Reach {
    readonly machines: Machines;
    /** Runs one command of zkCli.sh, or a session when there is none, with this process's input and output. */
    zkCli(machine: Machine, words: readonly string[]): Promise<number>;
}

/** Stopping is no business of these commands: the grace period is not used. */
const noGraceSeconds = 0;

/** The one place where the commands choose by platform. */
export function reach({ name, platform, ensembleId, serverIds }: RecordedEnsemble): Reach {
    switch (platform.kind) {
        case "docker": {
            const client = lazily(() => connectOrSay(platform.endpoint));
            return {
                machines: new DockerMachines(client, ensembleId, noGraceSeconds),
                zkCli: async (machine, words) => dockerZkCli(await client(), machine, words),
            };
        }
        case "aws": {
            const connection = lazily(() => connectToAws(platform.settings));
            return {
                machines: new Ec2Machines(connection, ensembleId, noGraceSeconds, serverIds),
                zkCli: async (machine, words) => {
                    const { ssm } = await connection();
                    return ec2ZkCli({ ssm, document: documentName(ensembleId) }, machine, words);
                },
            };
        }
        case "unknown":
            throw new CommandError(
                `the ensemble ${name} is on a platform that this version cannot reach (${platform.machineType}): use ` +
                    `the version of zookeeper-ensemble that made it`,
            );
    }
}

async function connectOrSay(endpoint: Parameters<typeof connect>[0]) {
    try {
        return await connect(endpoint, "zookeeper-ensemble");
    } catch (error) {
        throw new CommandError((error as Error).message);
    }
}

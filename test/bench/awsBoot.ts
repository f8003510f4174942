import { setTimeout as pause } from "node:timers/promises";
import { AwsStack } from "../ec2/awsStack";
import { atMost, Benchmark, Figure, interleaved, median, say, spread } from "./figure";
import { statusOf } from "./serving";

const version = "3.9.5";
const serveLimitMs = 600_000;

/** From the launch of a machine to a server that serves, in the EC2 simulator. It needs root. */
export const awsBoot: Benchmark = {
    names: ["boot_overhead_ratio"],
    async measure(rounds: number): Promise<Figure[]> {
        let figures: Figure[] = [];
        await AwsStack.use(async (aws) => {
            figures = await measure(aws, rounds);
        });
        return figures;
    },
};

async function measure(aws: AwsStack, rounds: number): Promise<Figure[]> {
    say("one machine boots");
    await aws.up({ size: 1 });
    let rolls = 0;
    const seconds = await interleaved(rounds, {
        library: () => launchToServing(aws, `roll ${++rolls}`),
        bareBoot: () => bareBoot(aws),
        byHand: () => startByHand(aws),
    });
    const peer = median(seconds.bareBoot) + median(seconds.byHand);
    return [
        atMost(1.3, "boot_overhead_ratio", median(seconds.library) / peer, "ratio", {
            peer: "the boot of a machine without user data, and ZooKeeper started by hand where Java and jars are in place",
            librarySeconds: spread(seconds.library),
            bareBootSeconds: spread(seconds.bareBoot),
            startByHandSeconds: spread(seconds.byHand),
        }),
    ];
}

/** Of the machine that replaces the one there: it has its data, so that it waits for no word. */
async function launchToServing(aws: AwsStack, restartTrigger: string): Promise<number> {
    const { address, instanceId } = aws.server(1);
    const served = untilServing(aws, instanceId!, `${address}:2181`);
    await Promise.all([served, aws.up({ size: 1, lifecycle: { restartTrigger } })]);
    return served;
}

async function untilServing({ cloud }: AwsStack, oldId: string, address: string): Promise<number> {
    const end = Date.now() + serveLimitMs;
    for (;;) {
        const launched = cloud.instances({ "zookeeper-ensemble:server": "1" }).find(({ id }) => id !== oldId);
        if (launched && (await statusOf(address))) {
            return (Date.now() - launched.launchTime.getTime()) / 1000;
        }
        if (Date.now() > end) {
            throw new Error(`${address} does not serve after ${serveLimitMs} ms`);
        }
        await pause(50);
    }
}

/** Until cloud-init has ended, which has nothing to do. */
async function bareBoot({ cloud, network }: AwsStack): Promise<number> {
    const [{ imageId, instanceType } = { imageId: "", instanceType: "" }] = cloud.instances();
    const card = await cloud.create("aws:ec2/networkInterface:NetworkInterface", { subnetId: network.subnetIds[0] });
    const start = performance.now();
    const { id } = await cloud.create("aws:ec2/instance:Instance", {
        ami: imageId,
        instanceType,
        primaryNetworkInterface: { networkInterfaceId: card.id },
        metadataOptions: { httpTokens: "required", httpEndpoint: "enabled" },
        userDataBase64: Buffer.from("#cloud-config\n{}\n").toString("base64"),
    });
    try {
        await mustRun(cloud, id, "cloud-init status --wait");
        return (performance.now() - start) / 1000;
    } finally {
        await cloud.terminateByHand(id);
        await cloud.delete("aws:ec2/networkInterface:NetworkInterface", card.id);
    }
}

/** On the ensemble's own machine, beside its server: the same Java, the same jars, the same disk. */
async function startByHand(aws: AwsStack): Promise<number> {
    const output = await mustRun(
        aws.cloud,
        aws.instanceId(1),
        [
            'folder=$(mktemp -d); cfg="$folder/zoo.cfg"',
            `zk() { ZOO_LOG_DIR="$folder" ZOOPIDFILE="$folder/pid" /opt/zookeeper-${version}/bin/zkServer.sh "$@" "$cfg"; }`,
            `printf 'dataDir=%s\\nclientPort=12181\\nadmin.enableServer=false\\n' "$folder" >"$cfg"`,
            "begin=$(date +%s%N); zk start >/dev/null 2>&1",
            "for try in $(seq 2000); do echo srvr | nc -w 1 127.0.0.1 12181 | grep -q '^Mode' && break; sleep 0.03; done",
            'end=$(date +%s%N); zk stop >/dev/null 2>&1; rm -rf "$folder"',
            '[ "$try" -lt 2000 ] && echo $((end - begin))',
        ].join("\n"),
    );
    return Number(output.trim()) / 1e9;
}

async function mustRun(cloud: AwsStack["cloud"], instanceId: string, script: string): Promise<string> {
    const { exitCode, output, errors } = await cloud.shell(instanceId, script);
    if (exitCode !== 0) {
        throw new Error(`a command on ${instanceId} ended with ${exitCode}: ${errors || output}`);
    }
    return output;
}

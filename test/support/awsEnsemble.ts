import { AwsSpec } from "../../lib/spec/awsSpec";
import { AwsEnsembleSpec } from "../../lib/spec/ensembleSpec";
import { specOf } from "./specs";

const aws: AwsSpec = {
    singleMachine: false,
    operatingSystem: "amazonLinux2023",
    architecture: "arm64",
    instanceType: "t4g.medium",
    rootVolumeGiB: 8,
    volumes: {
        retention: "retain",
        protect: false,
        data: { type: "gp3", sizeGiB: 20, deviceName: "/dev/sdf" },
        log: { type: "gp3", sizeGiB: 10, deviceName: "/dev/sdg" },
    },
    distribution: {
        url: "https://archive.apache.org/dist/zookeeper/zookeeper-3.9.5/apache-zookeeper-3.9.5-bin.tar.gz",
    },
    subnetCount: 3,
    subnetIndexes: [0, 1, 2],
    clients: { cidrs: [], securityGroupCount: 1, prefixListCount: 0 },
    monitoring: { cidrs: [], securityGroupCount: 0, prefixListCount: 0 },
    egressCidrs: [],
    detailedMonitoring: false,
    terminationProtection: false,
    swapMiB: 0,
    transparentHugePages: false,
    tags: {},
    stopGraceSeconds: 30,
};

/** The specification of an ensemble on EC2, its plain part as the renderers get it. */
export function awsEnsemble(changes: Partial<AwsSpec> = {}, args: object = {}): AwsEnsembleSpec {
    const { jvm, ...spec } = specOf({ docker: {}, ...args });
    const given = (args as { jvm?: { heapMiB?: number } }).jvm?.heapMiB;
    return {
        ...spec,
        docker: undefined,
        jvm: given === undefined ? { flags: jvm.flags } : jvm,
        servers: spec.servers.map((server) => ({ ...server, address: "", hostPort: undefined })),
        aws: { ...aws, ...changes },
    };
}

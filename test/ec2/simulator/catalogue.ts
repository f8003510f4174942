import { AwsError, unsupported } from "./awsError";

type Architecture = "x86_64" | "arm64";

export interface Image {
    readonly id: string;
    readonly name: string;
    readonly owner: string;
    readonly architecture: Architecture;
    /** Public parameter of Systems Manager that names it. */
    readonly parameter: string;
}

/**
 * Images of the three systems. Whichever is asked for, the machine is the simulator's one: Debian with systemd and
 * cloud-init; what differs between the systems (package managers, SELinux) is not simulated.
 */
export const images: readonly Image[] = (["x86_64", "arm64"] as const).flatMap((architecture, index) => {
    const debianName = { x86_64: "amd64", arm64: "arm64" }[architecture];
    const ubuntu = "ubuntu-noble-24.04";
    return [
        {
            id: `ami-0a2023000000000${index}0`,
            name: `al2023-ami-2023.9.20260101.0-kernel-6.1-${architecture}`,
            owner: "amazon",
            architecture,
            parameter: `/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${architecture}`,
        },
        {
            id: `ami-0b2404000000000${index}0`,
            name: `ubuntu/images/hvm-ssd-gp3/${ubuntu}-${debianName}-server-20260101`,
            owner: "099720109477",
            architecture,
            parameter: `/aws/service/canonical/ubuntu/server/24.04/stable/current/${debianName}/hvm/ebs-gp3/ami-id`,
        },
        {
            id: `ami-0d0012000000000${index}0`,
            name: `debian-12-${debianName}-20260101-0000`,
            owner: "136693071363",
            architecture,
            parameter: `/aws/service/debian/release/12/latest/${debianName}`,
        },
    ];
});

export interface InstanceType {
    readonly architecture: Architecture;
    readonly memoryMiB: number;
    readonly cpus: number;
    readonly hypervisor: "nitro" | "xen";
}

const nitro = (architecture: Architecture, cpus: number, memoryGiB: number): InstanceType => ({
    architecture,
    cpus,
    memoryMiB: memoryGiB * 1024,
    hypervisor: "nitro",
});

const instanceTypes: Readonly<Record<string, InstanceType>> = {
    "t3.micro": nitro("x86_64", 2, 1),
    "t3.small": nitro("x86_64", 2, 2),
    "t3.medium": nitro("x86_64", 2, 4),
    "t3.large": nitro("x86_64", 2, 8),
    "t4g.micro": nitro("arm64", 2, 1),
    "t4g.small": nitro("arm64", 2, 2),
    "t4g.medium": nitro("arm64", 2, 4),
    "m5.large": nitro("x86_64", 2, 8),
    "m6i.large": nitro("x86_64", 2, 8),
    "m6i.xlarge": nitro("x86_64", 4, 16),
    "m7i.large": nitro("x86_64", 2, 8),
    "m7i.xlarge": nitro("x86_64", 4, 16),
    "m6g.large": nitro("arm64", 2, 8),
    "m7g.medium": nitro("arm64", 1, 4),
    "m7g.large": nitro("arm64", 2, 8),
    "m7g.xlarge": nitro("arm64", 4, 16),
    "r7g.large": nitro("arm64", 2, 16),
    "t2.small": { architecture: "x86_64", cpus: 1, memoryMiB: 2048, hypervisor: "xen" },
};

export function instanceType(name: unknown): InstanceType {
    const type = instanceTypes[String(name)];
    if (type === undefined) {
        const looksRight = /^[a-z][a-z0-9-]*\.[a-z0-9]+$/.test(String(name));
        throw looksRight
            ? unsupported(`the instance type ${String(name)}`)
            : new AwsError("InvalidParameterValue", `Invalid value '${String(name)}' for InstanceType.`);
    }
    return type;
}

/** An image that starts on machines of the type. */
export function imageFor(id: unknown, typeName: unknown): Image {
    const image = images.find((one) => one.id === id);
    if (image === undefined) {
        throw new AwsError("InvalidAMIID.NotFound", `The image id '[${String(id)}]' does not exist`);
    }
    const { architecture } = instanceType(typeName);
    if (image.architecture !== architecture) {
        throw new AwsError(
            "InvalidParameterValue",
            `The architecture '${architecture}' of the specified instance type does not match the architecture ` +
                `'${image.architecture}' of the specified AMI.`,
        );
    }
    return image;
}

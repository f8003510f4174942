import { EnsembleSpec } from "../../../model/ensembleSpec";

/** An ensemble that runs as containers. */
export type DockerEnsembleSpec = EnsembleSpec & { readonly docker: DockerSpec };

export function isOnDocker(spec: EnsembleSpec): spec is DockerEnsembleSpec {
    return "docker" in spec;
}

/** The plain part of an ensemble of containers. The image and the network's name are inputs: they stay arguments. */
export interface DockerSpec {
    /** Host address that published client ports are bound to. */
    readonly publishAddress: string;
    /** IPv4 subnet in CIDR form that the addresses are from. */
    readonly subnet: string;
    /** The part of it that Docker gives addresses to other containers from, where the network is the component's. */
    readonly rangeForOthers: string;
    /** Whether the default subnet is the one for ids that the usual one has no room for. */
    readonly largeByDefault?: true;
    /** True when the network is the user's own, made elsewhere. */
    readonly networkExists: boolean;
    readonly memoryMiB: number;
    readonly restart: "no" | "on-failure" | "always" | "unless-stopped";
    readonly destroyGraceSeconds: number;
    readonly logging: { readonly maxSizeMiB: number; readonly maxFiles: number };
    readonly labels: Readonly<Record<string, string>>;
    readonly volumes: {
        readonly retainOnDelete: boolean;
        readonly data: DockerVolumeSpec;
        readonly log: DockerVolumeSpec;
    };
}

export interface DockerVolumeSpec {
    readonly driver: string;
    readonly driverOpts: Readonly<Record<string, string>>;
}

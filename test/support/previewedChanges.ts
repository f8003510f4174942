import { ZookeeperEnsembleArgs } from "../../lib";
import { ServerRole } from "../../lib/args/ensemble";
import { paperSubnets } from "./paperCloud";

type AwsArgs = NonNullable<ZookeeperEnsembleArgs["aws"]>;

/** What every ensemble of these previews has, beside its places. */
export const previewedOnDocker = { size: 3, version: "3.9.5", jvm: { heapMiB: 128 } } as const;
export const previewedOnAws = { version: "3.9.5" } as const;

/** The changes whose previews are golden files, by the name of the file. */
export const dockerPreviews: Record<string, { args: ZookeeperEnsembleArgs; docker?: ZookeeperEnsembleArgs["docker"] }> =
    {
        nothing: { args: {} },
        "size-3-to-5": { args: { size: 5 } },
        "observer-added": { args: { observers: 1 } },
        "configuration-key": { args: { config: { tickTimeMs: 1000 } } },
        version: { args: { version: "3.9.6" } },
        heap: { args: { jvm: { heapMiB: 136 } } },
        memory: { args: {}, docker: { memoryMiB: 448 } },
        chroot: { args: { chroot: "/orders" } },
        "host-port": { args: {}, docker: { firstHostPort: 31181 } },
        "restart-trigger": { args: { lifecycle: { restartTrigger: "new certificates" } } },
        "serving-timeout": { args: { lifecycle: { servingTimeoutSeconds: 400 } } },
        "server-replaced-by-another-id": {
            args: { size: undefined, servers: [{ id: 1 }, { id: 2 }, { id: 4, role: ServerRole.Participant }] },
        },
    };

/** The same on AWS. */
export const awsPreviews: Record<string, { args?: ZookeeperEnsembleArgs; aws?: Partial<AwsArgs> }> = {
    nothing: {},
    "size-3-to-5": { args: { size: 5 } },
    "configuration-key": { args: { config: { tickTimeMs: 2500 } } },
    version: { args: { version: "3.9.6" } },
    "instance-type": { aws: { instanceType: "m7g.large" } },
    "volume-size": { aws: { volumes: { data: { sizeGiB: 40 } } } },
    "client-source-added": { aws: { clients: { cidrs: ["10.1.0.0/16", "10.2.0.0/16"] } } },
    "subnets-in-another-order": { aws: { subnetIds: [...paperSubnets].reverse() } },
};

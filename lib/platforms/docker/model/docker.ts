import { RestartPolicy, VolumeRetention } from "../../../args/docker";
import { DockerSpec, DockerVolumeSpec } from "./dockerSpec";
import { SMALLEST_MEMORY_MIB } from "../../../model/jvm";
import { isDeferred, show } from "../../../model/faults";
import { Identity } from "../../../model/names";
import { PORT } from "../../../model/ports";
import { Section } from "../../../model/section";
import { parseSubnet, Subnet } from "../../../model/subnet";
import { defaultSubnet } from "./subnet";
import { isIPv4 } from "node:net";

/** Labels by which the component finds its own containers. */
export const OWN_LABEL_PREFIX = "zookeeper-ensemble.";

export interface ResolvedDocker {
    readonly spec: DockerSpec;
    readonly subnet: Subnet;
    readonly publish: boolean;
    readonly firstHostPort: number;
}

export function resolveDocker(args: Section, identity: Identity): ResolvedDocker {
    const docker = args.section("docker");
    checkName(docker, "image", /^[^\s]+$/, 'is not the name of an image: give one such as "zookeeper:3.9.5"');
    const network = resolveNetwork(docker, identity);
    const logging = docker.section("logging");
    const spec: DockerSpec = {
        publishAddress: publishAddress(docker),
        subnet: network.subnet.text,
        networkExists: network.exists,
        memoryMiB: docker.integer("memoryMiB", { min: SMALLEST_MEMORY_MIB, max: 4_194_304 }) ?? 1024,
        restart: docker.oneOf("restart", Object.values(RestartPolicy)) ?? RestartPolicy.UnlessStopped,
        destroyGraceSeconds: docker.integer("destroyGraceSeconds", { min: 1, max: 3600 }) ?? 30,
        logging: {
            maxSizeMiB: logging.integer("maxSizeMiB", { min: 1, max: 10_240 }) ?? 10,
            maxFiles: logging.integer("maxFiles", { min: 1, max: 100 }) ?? 3,
        },
        labels: labels(docker),
        volumes: resolveVolumes(docker),
    };
    const publish = docker.boolean("publish") ?? true;
    const firstHostPort = docker.integer("firstHostPort", PORT) ?? 2181;
    logging.refuseUnknown();
    docker.refuseUnknown();
    return { spec, subnet: network.subnet, publish, firstHostPort };
}

function resolveNetwork(docker: Section, identity: Identity): { subnet: Subnet; exists: boolean } {
    const network = docker.section("network");
    const exists = network.has("name");
    checkName(
        network,
        "name",
        /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/,
        "is not the name of a Docker network: give the name of one",
    );
    const text = network.text("subnet");
    const parsed = text === undefined ? defaultSubnet(identity) : parseSubnet(text);
    if (typeof parsed === "string") {
        network.fault("subnet", `${show(text)} ${parsed}`);
    } else if (exists && !network.has("subnet")) {
        const fix = "give the network's subnet, as docker network inspect shows it";
        network.fault("subnet", `is missing, and servers on an existing network need fixed addresses in it: ${fix}`);
    }
    network.refuseUnknown();
    return { subnet: typeof parsed === "string" ? defaultSubnet(identity) : parsed, exists };
}

function checkName(section: Section, field: string, pattern: RegExp, fault: string): void {
    const value = section.textInput(field);
    if (value !== undefined && !isDeferred(value) && !pattern.test(value as string)) {
        section.fault(field, `${show(value)} ${fault}`);
    }
}

function publishAddress(docker: Section): string {
    const address = docker.text("publishAddress") ?? "127.0.0.1";
    if (!isIPv4(address)) {
        const fix = 'give one of the Docker host, such as "127.0.0.1", or "0.0.0.0" for all';
        docker.fault("publishAddress", `${show(address)} is not an IPv4 address: ${fix}`);
    }
    return address;
}

function labels(docker: Section): Record<string, string> {
    const entries = docker.textMap("labels");
    for (const [key] of entries) {
        if (key.trim() === "" || key.startsWith(OWN_LABEL_PREFIX)) {
            const fault =
                key.trim() === "" ? "the label has no name: give it one" : "is the component's own: take another name";
            docker.fault(`labels.${key.trim() === "" ? JSON.stringify(key) : key}`, fault);
        }
    }
    return Object.fromEntries(entries);
}

function resolveVolumes(docker: Section): DockerSpec["volumes"] {
    const volumes = docker.section("volumes");
    const retention = volumes.oneOf("retention", Object.values(VolumeRetention)) ?? VolumeRetention.Retain;
    const spec = {
        retainOnDelete: retention === VolumeRetention.Retain,
        data: resolveVolume(volumes.section("data")),
        log: resolveVolume(volumes.section("log")),
    };
    volumes.refuseUnknown();
    return spec;
}

function resolveVolume(volume: Section): DockerVolumeSpec {
    const driver = volume.text("driver") ?? "local";
    if (!/^[^\s]+$/.test(driver)) {
        volume.fault("driver", `${show(driver)} is not the name of a volume driver: give one such as "local"`);
    }
    const spec = { driver, driverOpts: Object.fromEntries(volume.textMap("driverOpts")) };
    volume.refuseUnknown();
    return spec;
}

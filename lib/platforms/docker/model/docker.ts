import { RestartPolicy, VolumeRetention } from "../../../args/docker";
import { DockerSpec, DockerVolumeSpec } from "./dockerSpec";
import { SMALLEST_MEMORY_MIB } from "../../../model/jvm";
import { show } from "../../../model/faults";
import { Identity } from "../../../model/names";
import { PORT } from "../../../model/portRange";
import { Section } from "../../../model/section";
import { parseSubnet, Subnet } from "../../../model/subnet";
import { isVersionFault, knownVersion } from "../../../model/version";
import { ZooKeeperVersion } from "../../../zookeeper/version";
import { heldVersion, isPartOf } from "./heldVersion";
import { parseImageReference } from "./imageReference";
import { hasLargeIds } from "./dockerServers";
import { addressBeside, defaultSubnet, rangeForOthers } from "./subnet";
import { isIPv4 } from "node:net";

/** Labels by which the component finds its own containers. */
export const OWN_LABEL_PREFIX = "zookeeper-ensemble.";

export interface ResolvedDocker {
    readonly spec: DockerSpec;
    /** All addresses that the servers may have. */
    readonly subnet: Subnet;
    /** What the default addresses of servers are counted in, and whose upper half is for other containers. */
    readonly counted: Subnet;
    /** The default address of a server whose id has no room there; nothing in a network of the user's choosing. */
    readonly beside: ((id: number) => string) | undefined;
    readonly publish: boolean;
    readonly firstHostPort: number;
}

export function resolveDocker(args: Section, identity: Identity, version: ZooKeeperVersion): ResolvedDocker {
    const docker = args.section("docker");
    checkImage(docker, args, version);
    const network = resolveNetwork(docker, identity, hasLargeIds(args));
    const logging = docker.section("logging");
    const spec: DockerSpec = {
        publishAddress: publishAddress(docker),
        subnet: network.subnet.text,
        rangeForOthers: rangeForOthers(network.counted),
        networkExists: network.exists,
        ...(network.beside && { largeByDefault: true }),
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
    const { subnet, counted, beside } = network;
    return { spec, subnet, counted, beside, publish, firstHostPort };
}

type Network = Pick<ResolvedDocker, "subnet" | "counted" | "beside"> & { readonly exists: boolean };

function resolveNetwork(docker: Section, identity: Identity, hasLargeIds: boolean): Network {
    const network = docker.section("network");
    const exists = network.has("name");
    checkNetworkName(network);
    const text = network.text("subnet");
    const byDefault = defaultSubnet(identity);
    const parsed = text === undefined ? byDefault.usual : parseSubnet(text);
    if (typeof parsed === "string") {
        network.fault("subnet", `${show(text)} ${parsed}`);
    } else if (exists && !network.has("subnet")) {
        const fix = "give the network's subnet, as docker network inspect shows it";
        network.fault("subnet", `is missing, and servers on an existing network need fixed addresses in it: ${fix}`);
    }
    network.refuseUnknown();
    const counted = typeof parsed === "string" ? byDefault.usual : parsed;
    return text === undefined && hasLargeIds && !exists
        ? { subnet: byDefault.large, counted, beside: (id) => addressBeside(byDefault, id), exists }
        : { subnet: counted, counted, beside: undefined, exists };
}

/** An image that is known is checked by the grammar of names, and against the version that it is to hold. */
function checkImage(docker: Section, args: Section, version: ZooKeeperVersion): void {
    const text = docker.textInput("image");
    if (typeof text !== "string") {
        return;
    }
    const reference = parseImageReference(text);
    if (typeof reference === "string") {
        docker.fault("image", `${show(text)} ${reference}`);
        return;
    }
    const held = heldVersion(reference);
    if (held === undefined || isVersionFault(args) || isPartOf(held.text, version.text)) {
        return;
    }
    const wanted = knownVersion(args, version.text);
    if (held.isCertain) {
        const set = `set version to ${held.text.split(".").length === 3 ? `"${held.text}"` : `the ${held.text} that it holds`}`;
        const why = `holds ZooKeeper ${held.text} by its tag, and version is ${wanted}`;
        docker.fault("image", `${show(text)} ${why}: ${set}, or take an image of ${version.text}`);
    } else {
        const why = `looks as if it held ZooKeeper ${held.text}, and version is ${wanted}`;
        docker.warn("image", `${show(text)} ${why}: set version to what the image holds`);
    }
}

/** Docker knows a network that is there by any name; only on one of the user's own may servers have fixed addresses. */
function checkNetworkName(network: Section): void {
    const name = network.textInput("name");
    if (typeof name !== "string") {
        return;
    }
    if (["bridge", "host", "none", "default"].includes(name) || name.startsWith("container:")) {
        const why = "is Docker's own, and servers get fixed addresses on networks of a user's own only";
        network.fault("name", `${show(name)} ${why}: give the name of one that docker network create made`);
    } else if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name)) {
        network.fault("name", `${show(name)} is not the name of a Docker network: give the name of one`);
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
    // A plugin has the name of an image; one that is a file on the host may have capital letters.
    if (typeof parseImageReference(driver.toLowerCase()) === "string") {
        const fix = 'give one such as "local", or that of a plugin, as docker plugin ls shows it';
        volume.fault("driver", `${show(driver)} is not the name of a volume driver: ${fix}`);
    }
    const entries = volume.textMap("driverOpts");
    checkDriverOpts(volume, driver, entries);
    volume.refuseUnknown();
    return { driver, driverOpts: Object.fromEntries(entries) };
}

/** What Docker's own driver takes, and which others an option needs. Plugins have options of their own. */
const LOCAL_OPTIONS: Readonly<Record<string, readonly string[]>> = {
    type: ["device"],
    o: ["type", "device"],
    device: ["type"],
    size: [],
};

function checkDriverOpts(volume: Section, driver: string, entries: readonly [string, string][]): void {
    const names = entries.map(([name]) => name);
    for (const [name, value] of entries) {
        const path = `driverOpts.${/^[\w.-]+$/.test(name) ? name : JSON.stringify(name)}`;
        const needed = LOCAL_OPTIONS[name];
        if (driver === "local" && needed === undefined) {
            const known = Object.keys(LOCAL_OPTIONS).join(", ");
            volume.fault(path, `is no option of Docker's driver "local", which takes ${known}: take it out`);
        } else if (driver === "local") {
            const missing = needed?.filter((other) => !names.includes(other)) ?? [];
            const fix = `give ${missing.length > 1 ? "them" : "it"}, or leave ${name} out`;
            if (missing.length > 0) {
                volume.fault(path, `needs ${missing.join(" and ")} beside it in Docker's driver "local": ${fix}`);
            }
        }
        if (/password$/i.test(name) || /(^|,)\s*pass(word)?=/i.test(value)) {
            volume.warn(path, "the password in it stands in clear in the Pulumi state and in docker volume inspect");
        }
    }
}

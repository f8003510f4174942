// A container's inputs, in the words of the Docker Engine API.
import tar from "tar-stream";
import { toNanoseconds } from "./goDuration.mjs";
import { labelMap } from "./labels.mjs";

const mebibyte = 1024 * 1024;

export function creationRequest(inputs) {
    if (inputs.command?.includes("")) throw new Error("values for command may not be empty");
    const portKeys = (inputs.ports ?? []).map(portKey);
    const paths = (inputs.volumes ?? []).filter((volume) => volume.containerPath);
    return {
        name: inputs.name,
        Image: inputs.image,
        Hostname: inputs.hostname,
        Domainname: inputs.domainname,
        User: inputs.user,
        WorkingDir: inputs.workingDir,
        Tty: inputs.tty,
        OpenStdin: inputs.stdinOpen,
        Env: inputs.envs,
        Cmd: inputs.command?.length ? inputs.command : undefined,
        Entrypoint: inputs.entrypoints?.length ? inputs.entrypoints : undefined,
        Labels: labelMap(inputs.labels),
        ExposedPorts: Object.fromEntries(portKeys.map((key) => [key, {}])),
        Volumes: Object.fromEntries(paths.map((volume) => [volume.containerPath, {}])),
        Healthcheck: inputs.healthcheck && healthcheckOf(inputs.healthcheck),
        StopSignal: inputs.stopSignal,
        StopTimeout: inputs.stopTimeout,
        HostConfig: hostConfig(inputs),
    };
}

function hostConfig(inputs) {
    return {
        ...limits(inputs),
        Privileged: inputs.privileged,
        PublishAllPorts: inputs.publishAllPorts,
        AutoRemove: inputs.rm,
        ReadonlyRootfs: inputs.readOnly,
        LogConfig: { Type: inputs.logDriver, Config: inputs.logOpts },
        ...storage(inputs),
        PortBindings: portBindings(inputs.ports ?? []),
        ExtraHosts: inputs.hosts?.map(({ host, ip }) => `${host}:${ip}`),
        Ulimits: inputs.ulimits?.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard })),
        CapAdd: inputs.capabilities?.adds,
        CapDrop: inputs.capabilities?.drops,
        Dns: inputs.dns,
        DnsOptions: inputs.dnsOpts,
        DnsSearch: inputs.dnsSearches,
        SecurityOpt: inputs.securityOpts,
        ShmSize: inputs.shmSize && inputs.shmSize * mebibyte,
        NetworkMode: inputs.networkMode,
        UsernsMode: inputs.usernsMode,
        PidMode: inputs.pidMode,
        IpcMode: inputs.ipcMode,
        Sysctls: inputs.sysctls,
        GroupAdd: inputs.groupAdds,
        Init: inputs.init,
    };
}

/** What a living container can be given too. */
export function limits(inputs) {
    const swap = inputs.memorySwap;
    return {
        RestartPolicy: { Name: inputs.restart, MaximumRetryCount: inputs.maxRetryCount ?? 0 },
        CpuShares: inputs.cpuShares ?? 0,
        CpusetCpus: inputs.cpuSet ?? "",
        NanoCpus: inputs.cpus ? Math.round(Number(inputs.cpus) * 1e9) : 0,
        Memory: (inputs.memory ?? 0) * mebibyte,
        MemorySwap: swap ? (swap > 0 ? swap * mebibyte : swap) : undefined,
    };
}

function storage({ volumes = [], mounts, tmpfs }) {
    const named = volumes.filter(({ volumeName, hostPath }) => volumeName || hostPath);
    return {
        Binds: named.map(bindOf),
        VolumesFrom: volumes.flatMap(({ fromContainer }) => (fromContainer ? [fromContainer] : [])),
        Mounts: mounts?.map(mountOf),
        Tmpfs: tmpfs,
    };
}

function bindOf({ volumeName, hostPath, containerPath, readOnly }) {
    return `${volumeName || hostPath}:${containerPath}:${readOnly ? "ro" : "rw"}`;
}

/** The official plugin's rule for an entry of `volumes`. */
export function checkVolumes(volumes = []) {
    for (const { fromContainer, containerPath } of volumes) {
        if (!fromContainer && !containerPath) {
            throw new Error("Unable to parse volumes: volume entry without container path or source container");
        }
        if (fromContainer && containerPath) {
            throw new Error("Unable to parse volumes: both a container and a path specified in a volume entry");
        }
    }
}

function mountOf({ type, target, source, readOnly, bindOptions, volumeOptions, tmpfsOptions }) {
    return {
        Type: type,
        Target: target,
        Source: source,
        ReadOnly: readOnly ?? false,
        BindOptions: type === "bind" && bindOptions ? { Propagation: bindOptions.propagation } : undefined,
        VolumeOptions: type === "volume" && volumeOptions ? volumeOptionsOf(volumeOptions) : undefined,
        TmpfsOptions:
            type === "tmpfs" && tmpfsOptions
                ? { SizeBytes: tmpfsOptions.sizeBytes, Mode: tmpfsOptions.mode }
                : undefined,
    };
}

function volumeOptionsOf({ noCopy, labels, driverName, driverOptions }) {
    const driver = driverName || driverOptions ? { Name: driverName ?? "", Options: driverOptions } : undefined;
    return { NoCopy: noCopy ?? false, Labels: labelMap(labels), DriverConfig: driver };
}

function portKey({ internal, protocol }) {
    return `${internal}/${protocol}`;
}

function portBindings(ports) {
    const bindings = {};
    for (const port of ports) {
        const binding = { HostIp: port.ip, HostPort: `${port.external ?? 0}` };
        (bindings[portKey(port)] ??= []).push(binding);
    }
    return bindings;
}

function healthcheckOf({ tests, interval, timeout, startPeriod, startInterval, retries }) {
    return {
        Test: tests,
        Interval: toNanoseconds(interval),
        Timeout: toNanoseconds(timeout),
        StartPeriod: toNanoseconds(startPeriod),
        // Older engines would drop it silently: only asked for when wanted.
        StartInterval: toNanoseconds(startInterval) || undefined,
        Retries: retries ?? 0,
    };
}

/** The endpoint of one entry of `networksAdvanced`. */
export function endpointOf({ aliases, ipv4Address, ipv6Address }) {
    return { Aliases: aliases, IPAMConfig: { IPv4Address: ipv4Address, IPv6Address: ipv6Address } };
}

/** All uploads as one archive for the container's root folder. */
export async function uploadArchive(uploads) {
    const pack = tar.pack();
    for (const upload of uploads) {
        // The whole entry is at hand, so the archive is written without waiting for a reader.
        pack.entry({ name: upload.file, mode: modeOf(upload), mtime: new Date() }, contentOf(upload));
    }
    pack.finalize();
    const chunks = [];
    for await (const chunk of pack) chunks.push(chunk);
    return Buffer.concat(chunks);
}

function modeOf({ permissions, executable }) {
    if (permissions) return Number.parseInt(permissions, 8);
    return executable ? 0o744 : 0o644;
}

function contentOf({ content, contentBase64 }) {
    const choices = "'content', 'content_base64', or 'source'";
    if (!content && !contentBase64) throw new Error(`error with upload content: one of ${choices} must be set`);
    if (content && contentBase64) throw new Error(`error with upload content: only one of ${choices} can be set`);
    return content ? Buffer.from(content, "utf8") : Buffer.from(contentBase64, "base64");
}

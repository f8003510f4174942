// What Docker says of a container, in the words of the resource's properties.
import { fromNanoseconds } from "./goDuration.mjs";
import { labelList } from "./labels.mjs";

const mebibyte = 1024 * 1024;

/**
 * Everything that can be read. Environment and labels are not: Docker mixes the image's own in, and the official
 * plugin does not look at them either; nor at uploads, volumes and networksAdvanced.
 */
export function liveProperties(found, state) {
    const { Config: config, HostConfig: host, State: running } = found;
    return {
        name: found.Name.replace(/^\//, ""),
        image: found.Image,
        // A stopped container shows as a change of mustRun, which starts it again.
        mustRun: running.Running ? (state.mustRun ?? true) : false,
        exitCode: running.Running ? undefined : running.ExitCode,
        hostname: config.Hostname,
        domainname: config.Domainname,
        command: config.Cmd ?? [],
        entrypoints: config.Entrypoint ?? [],
        user: config.User,
        workingDir: config.WorkingDir,
        tty: config.Tty,
        stdinOpen: config.OpenStdin,
        stopSignal: config.StopSignal ?? "",
        stopTimeout: config.StopTimeout ?? 0,
        healthcheck: config.Healthcheck?.Test?.length ? healthcheckOf(config.Healthcheck) : undefined,
        ...resourcesOf(host, state),
        ...isolationOf(host),
        rm: host.AutoRemove,
        tmpfs: host.Tmpfs ?? {},
        mounts: (host.Mounts ?? []).map(mountOf),
        logDriver: host.LogConfig.Type,
        logOpts: host.LogConfig.Config ?? {},
        ...networkingOf(found, state),
    };
}

function healthcheckOf(check) {
    return {
        tests: check.Test,
        interval: fromNanoseconds(check.Interval),
        timeout: fromNanoseconds(check.Timeout),
        startPeriod: fromNanoseconds(check.StartPeriod),
        startInterval: fromNanoseconds(check.StartInterval),
        retries: check.Retries ?? 0,
    };
}

function resourcesOf(host, state) {
    const swap = host.MemorySwap;
    return {
        restart: host.RestartPolicy.Name || "no",
        maxRetryCount: host.RestartPolicy.MaximumRetryCount,
        memory: Math.floor(host.Memory / mebibyte),
        memorySwap: swap > 0 ? Math.floor(swap / mebibyte) : swap,
        shmSize: Math.floor(host.ShmSize / mebibyte),
        cpuShares: host.CpuShares,
        cpuSet: host.CpusetCpus,
        cpus: cpusOf(host.NanoCpus, state.cpus),
        ulimits: (host.Ulimits ?? []).map(({ Name, Soft, Hard }) => ({ name: Name, soft: Soft, hard: Hard })),
    };
}

/** "1.50" stays "1.50" as long as Docker has that much. */
function cpusOf(nanoCpus = 0, recorded = "") {
    if (Math.round(Number(recorded) * 1e9) === nanoCpus) return recorded;
    return nanoCpus ? `${nanoCpus / 1e9}` : "";
}

function isolationOf(host) {
    const { CapAdd: adds, CapDrop: drops } = host;
    return {
        privileged: host.Privileged,
        readOnly: host.ReadonlyRootfs,
        init: host.Init ?? false,
        capabilities: adds?.length || drops?.length ? { adds: adds ?? [], drops: drops ?? [] } : undefined,
        securityOpts: host.SecurityOpt ?? [],
        sysctls: host.Sysctls ?? {},
        pidMode: host.PidMode,
        ipcMode: host.IpcMode,
        usernsMode: host.UsernsMode,
        groupAdds: host.GroupAdd ?? [],
        runtime: host.Runtime,
    };
}

function mountOf(mount) {
    const { BindOptions: bind, VolumeOptions: volume, TmpfsOptions: tmpfs } = mount;
    return {
        type: mount.Type,
        target: mount.Target,
        source: mount.Source,
        readOnly: mount.ReadOnly,
        bindOptions: bind && { propagation: bind.Propagation },
        volumeOptions: volume && {
            noCopy: volume.NoCopy,
            labels: labelList(volume.Labels),
            driverName: volume.DriverConfig?.Name,
            driverOptions: volume.DriverConfig?.Options,
        },
        tmpfsOptions: tmpfs && { sizeBytes: tmpfs.SizeBytes, mode: tmpfs.Mode },
    };
}

function networkingOf({ HostConfig: host, NetworkSettings: settings, State: running }, state) {
    return {
        networkMode: host.NetworkMode,
        publishAllPorts: host.PublishAllPorts,
        dns: host.Dns ?? [],
        dnsOpts: host.DnsOptions ?? [],
        dnsSearches: host.DnsSearch ?? [],
        hosts: (host.ExtraHosts ?? []).map(hostOf),
        bridge: settings.Bridge ?? "",
        // A container that does not run has no port of the host: what it was made with still holds.
        ports: running.Running ? portsOf(settings.Ports) : (state.ports ?? portsOf(host.PortBindings)),
        networkDatas: Object.entries(settings.Networks ?? {})
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(networkDataOf),
    };
}

function hostOf(entry) {
    const colon = entry.indexOf(":");
    return { host: entry.slice(0, colon), ip: entry.slice(colon + 1) };
}

function portsOf(published) {
    return Object.entries(published ?? {})
        .flatMap(([key, bindings]) => (bindings ?? []).map((binding) => portOf(key, binding)))
        .sort((a, b) => a.internal - b.internal || a.external - b.external);
}

function portOf(key, { HostIp, HostPort }) {
    const [internal, protocol] = key.split("/");
    return { internal: Number(internal), external: Number(HostPort), ip: HostIp, protocol };
}

function networkDataOf([networkName, endpoint]) {
    return {
        networkName,
        ipAddress: endpoint.IPAddress,
        ipPrefixLength: endpoint.IPPrefixLen,
        gateway: endpoint.Gateway,
        globalIpv6Address: endpoint.GlobalIPv6Address,
        globalIpv6PrefixLength: endpoint.GlobalIPv6PrefixLen,
        ipv6Gateway: endpoint.IPv6Gateway,
        macAddress: endpoint.MacAddress,
    };
}

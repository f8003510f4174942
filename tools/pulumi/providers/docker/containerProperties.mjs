// What docker:index/container:Container takes and gives. `inPlace` marks what reaches a living container: the
// official plugin shows changes of healthcheck, init and tmpfs as updates too, and they never get there.
import { durationPattern } from "./goDuration.mjs";
import { labels } from "./labels.mjs";
import { boolean, computed, list, map, number, object, replace, required, set, string } from "../shared/schema.mjs";

const output = { output: true };
const both = { ...replace, ...computed };
const strings = (options) => list(string(), options);
const stringSet = (options) => set(string(), options);
const duration = () => string({ default: "0s", pattern: durationPattern });
const onlyFalse = () => boolean({ refuse: (value) => value });

const uploads = object({
    content: string(),
    contentBase64: string({ pattern: /^[A-Za-z0-9+/]*={0,2}$/ }),
    file: string(required),
    executable: boolean(),
    permissions: string({ pattern: /^0[0-7]{3}$/ }),
});

const ports = object({
    internal: number(required),
    external: number(computed),
    ip: string({ default: "0.0.0.0" }),
    protocol: string({ default: "tcp" }),
});

const volumes = object({
    volumeName: string(),
    containerPath: string(),
    hostPath: string({ pattern: /^\// }),
    fromContainer: string(),
    readOnly: boolean(),
});

const mounts = object({
    type: string({ ...required, pattern: /^(bind|volume|tmpfs)$/ }),
    target: string(required),
    source: string(),
    readOnly: boolean(),
    bindOptions: object({ propagation: string({ pattern: /^r?(private|shared|slave)$/ }) }),
    volumeOptions: object({ noCopy: boolean(), labels: labels(), driverName: string(), driverOptions: map() }),
    tmpfsOptions: object({ sizeBytes: number(), mode: number() }),
});

const networks = object({
    name: string(required),
    aliases: stringSet(),
    ipv4Address: string(),
    ipv6Address: string(),
});

const healthcheck = {
    tests: strings(required),
    interval: duration(),
    timeout: duration(),
    startPeriod: duration(),
    startInterval: duration(),
    retries: number({ least: 0 }),
};

const networkData = object({
    networkName: string(),
    ipAddress: string(),
    ipPrefixLength: number(),
    gateway: string(),
    globalIpv6Address: string(),
    globalIpv6PrefixLength: number(),
    ipv6Gateway: string(),
    macAddress: string(),
});

const replaced = {
    name: string(replace),
    image: string({ ...replace, ...required }),
    hostname: string(both),
    domainname: string(replace),
    command: strings(both),
    entrypoints: strings(both),
    envs: stringSet(both),
    labels: labels(computed),
    uploads: set(uploads, replace),
    // A set here: the official plugin suppresses differences of order, and Docker sorts.
    ports: set(ports, replace),
    publishAllPorts: boolean(replace),
    volumes: set(volumes, replace),
    mounts: set(mounts, replace),
    networksAdvanced: set(networks, replace),
    networkMode: string({ ...replace, default: "bridge" }),
    user: string({ ...replace, keepsWhenDropped: true }),
    workingDir: string({ ...replace, keepsWhenDropped: true }),
    logDriver: string(both),
    logOpts: map(replace),
    ulimits: set(object({ name: string(required), soft: number(required), hard: number(required) }), replace),
    capabilities: object({ adds: stringSet(), drops: stringSet() }, replace),
    dns: stringSet(replace),
    dnsOpts: stringSet(replace),
    dnsSearches: stringSet(replace),
    hosts: set(object({ host: string(required), ip: string(required) }), replace),
    sysctls: map(replace),
    shmSize: number({ ...both, least: 0 }),
    stopSignal: string(both),
    stopTimeout: number(both),
    privileged: boolean(replace),
    readOnly: boolean(replace),
    tty: boolean(replace),
    stdinOpen: boolean(replace),
    pidMode: string(replace),
    ipcMode: string(both),
    usernsMode: string(replace),
    groupAdds: stringSet(replace),
    securityOpts: stringSet(both),
};

const updated = {
    restart: string({ default: "no", pattern: /^(no|on-failure|always|unless-stopped)$/, inPlace: true }),
    maxRetryCount: number({ inPlace: true }),
    memory: number({ least: 0, inPlace: true }),
    memorySwap: number({ least: -1, inPlace: true }),
    cpuShares: number({ least: 0, inPlace: true }),
    cpuSet: string({ pattern: /^\d+([,-]\d+)*$/, inPlace: true }),
    cpus: string({ pattern: /^\d+(\.\d+)?$/, inPlace: true }),
    healthcheck: object(healthcheck, computed),
    init: boolean(computed),
    tmpfs: map(),
    mustRun: boolean({ default: true }),
    start: boolean({ default: true }),
    wait: boolean(),
    waitTimeout: number({ default: 60 }),
    destroyGraceSeconds: number(),
    removeVolumes: boolean({ default: true }),
    rm: boolean(),
    attach: onlyFalse(),
    logs: onlyFalse(),
    containerReadRefreshTimeoutMilliseconds: number({ default: 15_000 }),
};

const outputs = {
    bridge: string(output),
    containerLogs: string(output),
    exitCode: number(output),
    networkDatas: list(networkData, output),
    runtime: string(output),
};

export const containerProperties = { ...replaced, ...updated, ...outputs };

export const inPlaceProperties = Object.keys(updated).filter((name) => updated[name].inPlace);

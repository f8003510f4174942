import { readFileSync } from "node:fs";
import * as path from "node:path";
import { ALL_SERVERS } from "../model/awsHosts";
import { AwsEnsembleSpec, AwsSpec } from "../model/awsSpec";
import { ServerSpec } from "../../../model/ensembleSpec";
import { firstPorts } from "../model/oneMachine";
import { logbackXml } from "../../../member/logging";
import { memberEnvironment, sharedEnvironment } from "../../../member/environment";
import { memberScript, strip } from "../../../member/script";
import { Places } from "../../../member/places";
import { zooCfgTemplate, zooCfgWithoutPorts } from "../../../member/zooCfg";
import { hashOf } from "../../digests";
import { environmentFile } from "./environmentFile";
import { answeringScript, library, machinePlaces, memberCommand, serverFolder, serversCommand } from "./machinePlaces";
import { needsAgent, units } from "./units";

/** A file of the machine, owned by root. */
export interface MachineFile {
    readonly path: string;
    readonly mode: "0644" | "0755";
    readonly text: string;
}

const JRE_PACKAGES: Readonly<Record<AwsSpec["operatingSystem"], string>> = {
    amazonLinux2023: "java-17-amazon-corretto-headless",
    ubuntu2404: "openjdk-17-jre-headless",
    debian12: "openjdk-17-jre-headless",
};

/**
 * Ubuntu's unattended upgrades restart services whose libraries are new, on all machines in the same hour: that could
 * cost the quorum. Without needrestart nobody reads the file.
 */
const needrestart = data(
    "/etc/needrestart/conf.d/zookeeper-ensemble.conf",
    "# ZooKeeper is restarted by its deployer only, one server at a time.\n$nrconf{override_rc}{qr(^zookeeper)} = 0;\n",
);

/**
 * Everything that the machine needs beside its operating system, in the order in which it is written. Without a server
 * it is for all of them.
 */
export function machineFiles(spec: AwsEnsembleSpec, server: ServerSpec | undefined): MachineFile[] {
    const scripts = ["common.sh", "install.sh", "machine.sh", "host.sh", ...(needsAgent(spec.aws) ? ["agent.sh"] : [])];
    return [
        // The scripts side by side, the longest first: gzip finds in them what they have in common.
        program(`${library}/member.sh`, memberScript("machine")),
        ...scripts.map((name) => program(`${library}/${name}`, script(name))),
        program(memberCommand, script("zk-member.sh")),
        ...(server ? filesOfOne(spec, server) : filesOfAll(spec)),
        data(`${machinePlaces.files}/logback.xml`, logbackXml()),
        ...(spec.aws.operatingSystem === "amazonLinux2023" ? [] : [needrestart]),
        ...units(spec, server?.id, machinePlaces).map(({ name, text }) => data(`/etc/systemd/system/${name}`, text)),
    ];
}

/**
 * What a machine needs only to answer, in the order in which it is written: its deployer brings it, once in a machine's
 * life, because the user data has no room for it and a machine starts its server without it. `zk-member` goes by the
 * last one.
 */
export function broughtFiles(): MachineFile[] {
    return [
        program("/usr/local/bin/zk-status", script("zk-status.sh")),
        program(answeringScript, memberScript("deployer")),
    ];
}

/** The environment is also that of the scripts that prepare the machine, which adds its address and its heap. */
function filesOfOne(spec: AwsEnsembleSpec, server: ServerSpec): MachineFile[] {
    const environment = {
        ...memberEnvironment(spec, server, machinePlaces),
        ...machineEnvironment(spec),
        SERVER_PORTS: `${server.ports.peer}:${server.ports.election}`,
        ZOO_LOG_DIR: machinePlaces.logs,
    };
    return [
        data(`${machinePlaces.files}/environment`, environmentFile(environment)),
        data(`${machinePlaces.files}/zoo.cfg`, zooCfgTemplate(spec, server, machinePlaces)),
    ];
}

/** Stands for a server's id in what is the same for all servers of a machine: see `several.sh`. */
const anyServer = "@SERVER@";

/** Each server has folders of its own below those of the machine. */
const placesOfAny: Places = {
    data: `${machinePlaces.data}/${anyServer}`,
    log: `${machinePlaces.log}/${anyServer}`,
    files: serverFolder(anyServer),
    logs: `${machinePlaces.logs}/${anyServer}`,
    run: `${serverFolder(anyServer)}/run`,
};

/** Nothing here says how many servers there are: then one more would be another machine. */
function filesOfAll(spec: AwsEnsembleSpec): MachineFile[] {
    const { client, peer, election, admin, metrics } = firstPorts(spec.servers[0]!);
    const environment = {
        ...machineEnvironment(spec),
        DATA_DIR: machinePlaces.data,
        ENSEMBLE_ID: spec.ensembleId,
        FIRST_PORTS: [client, peer, election, admin, ...(spec.config.metricsEnabled ? [metrics] : [])].join(" "),
        LOG_DIR: machinePlaces.log,
        SERVER_ID: ALL_SERVERS,
        SERVER_PORTS: `${peer}:${election}`,
        ZOOKEEPER_USER: "zookeeper",
        ZOO_LOG_DIR: machinePlaces.logs,
    };
    const ofAny = {
        ...sharedEnvironment(spec, placesOfAny),
        REQUIRE_MOUNTS: "parent",
        SERVER_ID: anyServer,
        ZOO_LOG_DIR: placesOfAny.logs,
    };
    return [
        program(`${library}/several.sh`, script("several.sh")),
        program(serversCommand, script("zk-server.sh")),
        data(`${machinePlaces.files}/environment`, environmentFile(environment)),
        data(`${machinePlaces.files}/server.environment`, environmentFile(ofAny)),
        data(`${machinePlaces.files}/zoo.cfg`, zooCfgWithoutPorts(spec, placesOfAny)),
    ];
}

/**
 * How the machine is prepared. Nobody reads the digest of what it is brought: with it, other scripts make other user
 * data and so another machine, as its own scripts do, and a machine never has scripts of two versions.
 */
function machineEnvironment({ aws, version, jvm }: AwsEnsembleSpec): Record<string, string> {
    const home = `/opt/zookeeper-${version.text}`;
    return {
        DISTRIBUTION_URL: aws.distribution.url,
        ...(aws.distribution.sha512 === undefined ? {} : { DISTRIBUTION_SHA512: aws.distribution.sha512 }),
        ...(jvm.heapMiB === undefined ? {} : { HEAP_MIB: String(jvm.heapMiB) }),
        BROUGHT: hashOf(broughtFiles()),
        JRE_PACKAGE: JRE_PACKAGES[aws.operatingSystem],
        PATH: `${home}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
        STEP_DOWN: "setpriv --reuid=zookeeper --regid=zookeeper --init-groups --inh-caps=-all",
        SWAP_MIB: String(aws.swapMiB),
        TRANSPARENT_HUGE_PAGES: aws.transparentHugePages ? "yes" : "no",
        ZOOKEEPER_HOME: home,
        ZOOKEEPER_VERSION: version.text,
    };
}

function data(file: string, text: string): MachineFile {
    return { path: file, mode: "0644", text };
}

function program(file: string, text: string): MachineFile {
    return { path: file, mode: "0755", text };
}

/** The scripts stand beside this file, also after a build. */
function script(name: string): string {
    const known = scripts.get(name);
    const text = known ?? strip(readFileSync(path.join(__dirname, name), "utf8"));
    scripts.set(name, text);
    return text;
}

/** Asked for by every server of every ensemble. */
const scripts = new Map<string, string>();

import { AwsEnsembleSpec, AwsSpec } from "../model/awsSpec";
import { Places } from "../../../member/places";
import { library, preparationUnits, serversCommand, state } from "./machinePlaces";

/** A unit of systemd. User data is read once in a machine's life; what stands in units happens at every start. */
export interface Unit {
    readonly name: string;
    readonly text: string;
}

const agentUnit = "zookeeper-agent.service";

/** What the machine starts by itself, at its first start and at every later one; all others are needed by these. */
export function enabledUnits(aws: AwsSpec): string[] {
    return ["zookeeper.service", "zookeeper-grow.timer", ...(needsAgent(aws) ? [agentUnit] : [])];
}

/** Debian's image is the only one that does not bring the Systems Manager agent. */
export function needsAgent(aws: AwsSpec): boolean {
    return aws.operatingSystem === "debian12";
}

/** Without an id the machine is for all servers. */
export function units(spec: AwsEnsembleSpec, id: number | undefined, places: Places): Unit[] {
    const agent = needsAgent(spec.aws) ? [agentService()] : [];
    return [
        ...(id === undefined ? servicesOfAll(spec, places) : [zookeeperService(spec, ownServer(id), places)]),
        preparation("install", "Java and ZooKeeper", "install.sh", "network-online.target"),
        preparation(
            "machine",
            "Address and volumes of the ZooKeeper server",
            "machine.sh prepare",
            "network-online.target",
        ),
        preparation("host", "Kernel settings for ZooKeeper", "host.sh"),
        mount(places.data, "data", "Data volume of ZooKeeper"),
        mount(places.log, "log", "Transaction log volume of ZooKeeper"),
        growService(places),
        growTimer(),
        ...agent,
    ];
}

function unit(name: string, sections: Readonly<Record<string, readonly string[]>>): Unit {
    const text = Object.entries(sections)
        .map(([section, lines]) => [`[${section}]`, ...lines, ""].join("\n"))
        .join("\n");
    return { name, text };
}

/**
 * Started as root, so that the member script may give the volumes' files to ZooKeeper's user, whatever number that user
 * has on this machine; the script then becomes that user for good. Without both volumes nothing starts.
 */
function zookeeperService(spec: AwsEnsembleSpec, { name, id, command, install }: OneServer, places: Places): Unit {
    return unit(`${name}.service`, {
        Unit: [
            `Description=ZooKeeper server ${id} of ensemble ${spec.ensembleId}`,
            ...afterPreparation(places),
            "StartLimitIntervalSec=0",
        ],
        Service: [
            "Type=exec",
            `EnvironmentFile=${places.files}/environment`,
            `EnvironmentFile=${state}/environment`,
            `ExecStart=/bin/bash ${command}`,
            "SyslogIdentifier=zookeeper",
            "Restart=always",
            "RestartSec=1",
            "KillMode=mixed",
            `TimeoutStopSec=${spec.aws.stopGraceSeconds}`,
            // How a JVM ends that was asked to.
            "SuccessExitStatus=143",
            "LimitNOFILE=65536",
            "OOMScoreAdjust=-500",
            ...hardening(places),
        ],
        ...install,
    });
}

/** What differs between the unit of a machine's one server and that of several, whose ids systemd puts in. */
interface OneServer {
    readonly name: string;
    readonly id: string;
    readonly command: string;
    readonly install: Readonly<Record<string, readonly string[]>>;
}

function ownServer(id: number): OneServer {
    return { name: "zookeeper", id: String(id), command: `${library}/member.sh run`, install: atBoot };
}

const atBoot = { Install: ["WantedBy=multi-user.target"] };

/** Servers are started and stopped one by one, by `zk-server`; at a start of the machine all that were not stopped. */
function servicesOfAll(spec: AwsEnsembleSpec, places: Places): Unit[] {
    const any: OneServer = { name: "zookeeper@", id: "%i", command: `${serversCommand} run %i`, install: {} };
    const starter = unit("zookeeper.service", {
        Unit: [`Description=Starts the ZooKeeper servers of ensemble ${spec.ensembleId}`, ...afterPreparation(places)],
        Service: [
            "Type=oneshot",
            "RemainAfterExit=yes",
            `ExecStart=/bin/bash ${serversCommand} boot`,
            "SyslogIdentifier=zookeeper",
        ],
        ...atBoot,
    });
    return [starter, zookeeperService(spec, any, places)];
}

function afterPreparation(places: Places): string[] {
    const needed = preparationUnits.join(" ");
    return [
        `Requires=${needed}`,
        "Wants=network-online.target zookeeper-host.service",
        `After=${needed} network-online.target zookeeper-host.service`,
        `RequiresMountsFor=${places.data} ${places.log}`,
        `AssertPathIsMountPoint=${places.data}`,
        `AssertPathIsMountPoint=${places.log}`,
    ];
}

/**
 * What a JVM lives with; MemoryDenyWriteExecute would end it. The folder above the mount points is made writable, not
 * the mount points: systemd would make each of them a mount of its own, and an unmounted volume would look mounted.
 */
function hardening(places: Places): string[] {
    const parent = places.data.replace(/\/[^/]*$/, "");
    return [
        "ProtectSystem=strict",
        `ReadWritePaths=${parent} ${state} ${places.logs}`,
        ...["PrivateTmp", "PrivateDevices", "ProtectHome", "ProtectClock", "ProtectControlGroups", "ProtectHostname"],
        ...["ProtectKernelLogs", "ProtectKernelModules", "ProtectKernelTunables", "NoNewPrivileges", "LockPersonality"],
        ...["RestrictNamespaces", "RestrictRealtime", "RestrictSUIDSGID"],
        "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK",
        "SystemCallArchitectures=native",
        "SystemCallFilter=@system-service",
        "SystemCallErrorNumber=EPERM",
        // For the member script; nothing of it is left when ZooKeeper's user runs.
        "CapabilityBoundingSet=CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_SETGID CAP_SETUID",
    ].map((line) => (line.includes("=") ? line : `${line}=yes`));
}

function preparation(what: string, description: string, command: string, after?: string): Unit {
    return unit(`zookeeper-${what}.service`, {
        Unit: [`Description=${description}`, ...(after ? [`Wants=${after}`, `After=${after}`] : [])],
        Service: [
            "Type=oneshot",
            "RemainAfterExit=yes",
            `ExecStart=/bin/bash ${library}/${command}`,
            `SyslogIdentifier=zookeeper-${what}`,
            // The scripts limit their own waits, and say what they waited for.
            "TimeoutStartSec=infinity",
        ],
    });
}

/**
 * By a link that the preparation makes below /run: systemd waits for devices that it knows by udev, and the volume's
 * id is known only on the machine. Not part of local-fs.target, or a missing volume would keep the machine from
 * starting, and the deployer could not even ask it.
 */
function mount(folder: string, volume: "data" | "log", description: string): Unit {
    return unit(`${folder.slice(1).replaceAll("/", "-")}.mount`, {
        Unit: [
            `Description=${description}`,
            "DefaultDependencies=no",
            "Requires=zookeeper-machine.service",
            "After=zookeeper-machine.service",
            "Conflicts=umount.target",
            "Before=umount.target",
        ],
        Mount: [`What=${state}/volumes/${volume}`, `Where=${folder}`, "Options=noatime"],
    });
}

/** A volume grows in place while the machine runs; its filesystem follows by this. */
function growService(places: Places): Unit {
    return unit("zookeeper-grow.service", {
        Unit: [
            "Description=Filesystems of ZooKeeper as large as their volumes",
            `ConditionPathIsMountPoint=${places.data}`,
            `ConditionPathIsMountPoint=${places.log}`,
        ],
        Service: ["Type=oneshot", `ExecStart=/bin/bash ${library}/machine.sh grow`, "SyslogIdentifier=zookeeper-grow"],
    });
}

function growTimer(): Unit {
    return unit("zookeeper-grow.timer", {
        Unit: ["Description=Looks whether ZooKeeper's volumes have grown"],
        Timer: ["OnActiveSec=1min", "OnUnitInactiveSec=5min"],
        Install: ["WantedBy=timers.target"],
    });
}

function agentService(): Unit {
    return unit(agentUnit, {
        Unit: [
            "Description=Brings the Systems Manager agent",
            "Wants=network-online.target",
            "After=network-online.target",
        ],
        // Nobody waits for it, least of all a machine that starts again.
        Service: [
            "Type=exec",
            "RemainAfterExit=yes",
            `ExecStart=/bin/bash ${library}/agent.sh`,
            "SyslogIdentifier=zookeeper-agent",
        ],
        Install: ["WantedBy=multi-user.target"],
    });
}

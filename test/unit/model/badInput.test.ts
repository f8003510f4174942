import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { EnsembleError } from "../../../lib/errors";
import { faultsOf, IDENTITY, onDocker, specOf } from "../../support/specs";

/** Each row: what is wrong, the arguments, and all lines of the error below the first. */
type Row = [string, unknown, string[]];

const netty = "org.apache.zookeeper.server.NettyServerCnxnFactory";
const range = (min: number, max: number) => `give a whole number from ${min} to ${max}`;

const sizes: Row[] = [
    ["size 0", onDocker({ size: 0 }), [`size: 0 is below 1: ${range(1, 255)}`]],
    ["size -0", onDocker({ size: -0 }), [`size: 0 is below 1: ${range(1, 255)}`]],
    ["size 2.5", onDocker({ size: 2.5 }), ["size: 2.5 is not a whole number: give one from 1 to 255"]],
    ["size NaN", onDocker({ size: NaN }), ["size: NaN is not a whole number: give one from 1 to 255"]],
    ["size 1e300", onDocker({ size: 1e300 }), [`size: 1e+300 is above 255: ${range(1, 255)}`]],
    ["size as text", onDocker({ size: "3" }), [`size: "3" is not a number: ${range(1, 255)}, without quotes`]],
    ["size as list", onDocker({ size: [3] }), [`size: a list is not a number: ${range(1, 255)}, without quotes`]],
    ["negative observers", onDocker({ observers: -1 }), [`observers: -1 is below 0: ${range(0, 254)}`]],
    [
        "more servers than ids",
        onDocker({ size: 200, observers: 100, docker: { network: { subnet: "10.1.0.0/16" } } }),
        ["size: 200 voters and 100 observers need ids up to 300, and ids go to 255: take fewer"],
    ],
    [
        "more servers than ids with extended types",
        onDocker({
            size: 255,
            docker: { network: { subnet: "10.1.0.0/16" } },
            config: { znodes: { extendedTypesEnabled: true } },
        }),
        [
            "size: 255 voters and 0 observers need ids up to 255, and ids go to 254 with config.znodes.extendedTypesEnabled: take fewer",
        ],
    ],
];

const servers: Row[] = [
    ["id 0", onDocker({ servers: [{ id: 0 }] }), ["servers[0].id: 0 is not a server id, ids go from 1 to 255"]],
    [
        "id 256",
        onDocker({ servers: [{ id: 1 }, { id: 2 }, { id: 256 }] }),
        ["servers[2].id: 256 is not a server id, ids go from 1 to 255"],
    ],
    [
        "id 255 with extended types",
        onDocker({
            servers: [{ id: 255, address: "10.9.0.5" }],
            docker: { network: { subnet: "10.9.0.0/24" } },
            config: { znodes: { extendedTypesEnabled: true } },
        }),
        ["servers[0].id: 255 is not a server id, ids go from 1 to 254 with config.znodes.extendedTypesEnabled"],
    ],
    [
        "id 128 with the TTL nodes of 3.5.3",
        onDocker({ servers: [{ id: 128 }], config: { znodes: { emulate353TTLNodes: true } } }),
        ["servers[0].id: 128 is not a server id, ids go from 1 to 127 with config.znodes.emulate353TTLNodes"],
    ],
    [
        "duplicate ids",
        onDocker({
            servers: [{ id: 1 }, { id: 1, hostPort: 3001, address: "10.9.0.5", hostname: "b" }],
            docker: { network: { subnet: "10.9.0.0/24" } },
        }),
        ["servers[1].id: 1 is the id of servers[0] already: give each server its own"],
    ],
    [
        "no id",
        onDocker({ servers: [{}] }),
        ["servers[0].id: is missing: give each server a whole number of its own from 1 to 255"],
    ],
    [
        "size and observers with servers",
        onDocker({ size: 3, observers: 1, servers: [{ id: 1 }] }),
        [
            "size: 3 is given together with servers, which say it all: leave one out",
            "observers: 1 is given together with servers, which say it all: leave one out",
        ],
    ],
    [
        "no servers",
        onDocker({ servers: [] }),
        ["servers: 0 servers are listed, but an ensemble needs at least one: list 1 to 255, or give size"],
    ],
    [
        "only observers",
        onDocker({ servers: [{ id: 1, role: "observer" }] }),
        ["servers: all servers are observers, and observers do not vote: make at least one a participant"],
    ],
    [
        "an unknown role",
        onDocker({ servers: [{ id: 1, role: "Participant" }] }),
        ['servers[0].role: "Participant" is not one of "participant", "observer": did you mean "participant"?'],
    ],
    [
        "a name that is no host name",
        onDocker({ servers: [{ id: 1, hostname: "zk_1" }] }),
        [
            'servers[0].hostname: "zk_1" is not a host name: use up to 63 letters, digits, "-" and ".", the first and last a letter or digit',
        ],
    ],
    [
        "a name given twice",
        onDocker({ servers: [{ id: 1, hostname: "zk" }, { id: 2 }, { id: 3, hostname: "ZK" }] }),
        ["servers[2].hostname: hostname zk is given to servers 1 and 3: give each server its own, or leave them out"],
    ],
];

const ports: Row[] = [
    ["port 0", onDocker({ ports: { client: 0 } }), [`ports.client: 0 is below 1: ${range(1, 65535)}`]],
    [
        "port 65536",
        onDocker({ servers: [{ id: 1, ports: { peer: 65536 } }] }),
        [`servers[0].ports.peer: 65536 is above 65535: ${range(1, 65535)}`],
    ],
    [
        "peer = election",
        onDocker({ ports: { peer: 3888 } }),
        ["ports: 3888 is given to peer and to election: give each its own"],
    ],
    [
        "a clash in one server",
        onDocker({ servers: [{ id: 1 }, { id: 2, ports: { client: 8080 } }, { id: 3 }] }),
        ["servers[1].ports: 8080 is given to client and to admin: give each its own"],
    ],
    [
        "a clash with the port for observers",
        onDocker({ config: { observers: { masterPort: 2888 } } }),
        ["ports: 2888 is given to peer and to config.observers.masterPort: give each its own"],
    ],
    [
        "a clash with metrics",
        onDocker({ ports: { metrics: 8080 }, config: { metrics: { enabled: true } } }),
        ["ports: 8080 is given to admin and to metrics: give each its own"],
    ],
    [
        "a clash on the host",
        onDocker({ servers: [{ id: 1 }, { id: 2, hostPort: 2181 }, { id: 3 }] }),
        [
            "servers[1].hostPort: host port 2181 is given to servers 1 and 2: give each server its own, or leave them out",
        ],
    ],
    [
        "host ports beyond the last",
        { docker: { firstHostPort: 65534 } },
        ["docker.firstHostPort: 65534 leaves no port for server 3, which would get 65536: take 65533 or less"],
    ],
    [
        "a host port although nothing is published",
        { docker: { publish: false }, servers: [{ id: 1, hostPort: 2181 }] },
        ["servers[0].hostPort: 2181 is given, but docker.publish is false: leave one out"],
    ],
];

const config: Row[] = [
    [
        "tickTimeMs 0",
        onDocker({ config: { tickTimeMs: 0 } }),
        [`config.tickTimeMs: 0 is below 100: ${range(100, 60000)}`],
    ],
    [
        "limits of 0",
        onDocker({ config: { initLimitTicks: 0, syncLimitTicks: 0 } }),
        [
            `config.initLimitTicks: 0 is below 1: ${range(1, 100000)}`,
            `config.syncLimitTicks: 0 is below 1: ${range(1, 100000)}`,
        ],
    ],
    [
        "a shortest session above the longest",
        onDocker({ config: { sessions: { minSessionTimeoutMs: 9000, maxSessionTimeoutMs: 8000 } } }),
        [
            "config.sessions.minSessionTimeoutMs: 9000 is above maxSessionTimeoutMs (8000), and ZooKeeper would not start: lower it or raise the other",
        ],
    ],
    [
        "a longest session below the default of the shortest",
        onDocker({ config: { sessions: { maxSessionTimeoutMs: 3000 } } }),
        [
            "config.sessions.maxSessionTimeoutMs: 3000 is below minSessionTimeoutMs (4000, its default), and ZooKeeper would not start: raise it or lower the other",
        ],
    ],
    [
        "snapRetainCount 2",
        onDocker({ config: { autopurge: { snapRetainCount: 2 } } }),
        [
            "config.autopurge.snapRetainCount: 2 is below ZooKeeper's minimum of 3, which it would silently use: set 3 or more",
        ],
    ],
    [
        "yes for a boolean",
        onDocker({ config: { transactionLog: { forceSync: "yes" } } }),
        ['config.transactionLog.forceSync: "yes" is not true or false: write true or false, without quotes'],
    ],
    [
        "all four-letter words",
        onDocker({ config: { fourLetterWords: ["*"] } }),
        [
            'config.fourLetterWords: "*" answers every command to everybody, also those that show clients\' data and stop a busy server: name the commands',
        ],
    ],
    [
        "four-letter words without those of the probes",
        onDocker({ config: { fourLetterWords: ["ruok", "srvr"] } }),
        ["config.fourLetterWords: mntr, conf missing, which the component asks itself: add it"],
    ],
    [
        "enforced authentication by a scheme that nobody provides",
        onDocker({ config: { auth: { enforceAuthEnabled: true, enforceAuthSchemes: ["digest", "x509"] } } }),
        [
            "config.auth.enforceAuthSchemes: x509 has no provider, and servers stop when a scheme is not there: leave it out, or name the provider's class in config.extra (authProvider.1)",
        ],
    ],
    [
        "enforced authentication without digest",
        onDocker({ config: { auth: { enforceAuthEnabled: true, enforceAuthSchemes: ["ip"] } } }),
        [
            'config.auth.enforceAuthSchemes: only ip: the component itself authenticates by digest to change the membership: add "digest"',
        ],
    ],
    [
        "an address that is none",
        onDocker({ config: { admin: { serverAddress: "here there" } } }),
        [
            'config.admin.serverAddress: "here there" is not what it takes: give an address or host name, such as "127.0.0.1"',
        ],
    ],
    [
        "a group that is a list",
        onDocker({ config: { sessions: [] } }),
        ["config.sessions: a list is not an object: write its fields in { }"],
    ],
];

const extra: Row[] = [
    [
        "a key of the component",
        onDocker({ config: { extra: { "db.autocreate": "true" } } }),
        [
            "config.extra.db.autocreate: is the component's own: it is always false, so that an empty disk never wins over a full one: leave it out",
        ],
    ],
    [
        "a key of the component in other letters and with the prefix",
        onDocker({ config: { extra: { "zookeeper.skipacl": "yes" } } }),
        [
            "config.extra.zookeeper.skipacl: is the component's own: without ACLs every client could change the membership: leave it out",
        ],
    ],
    [
        "a server line",
        onDocker({ config: { extra: { "server.4": "a:2888:3888" } } }),
        ["config.extra.server.4: is the component's own: membership is what the component is for: use servers"],
    ],
    [
        "a key that has a field",
        onDocker({ config: { extra: { "jute.maxbuffer": "1" } } }),
        ["config.extra.jute.maxbuffer: has a field of its own, which is checked: use config.limits.juteMaxBufferBytes"],
    ],
    [
        "a line break in a value",
        onDocker({ config: { extra: { some: "1\nskipACL=yes" } } }),
        ['config.extra.some: "1\\nskipACL=yes" contains a line break, which cannot stand in one line: take it out'],
    ],
    [
        "a line break in a key",
        onDocker({ config: { extra: { "a\nskipACL": "yes" } } }),
        [
            'config.extra."a\\nskipACL": "a\\nskipACL" contains a line break, which cannot stand in one line: take it out',
        ],
    ],
    [
        "an equals sign in a key",
        onDocker({ config: { extra: { "skipACL=yes #": "" } } }),
        [
            'config.extra."skipACL=yes #": contains a character that ends or changes a key in zoo.cfg (blank, =, :, backslash, not ASCII): take it out',
        ],
    ],
    [
        "a comment",
        onDocker({ config: { extra: { "#a": "1" } } }),
        ['config.extra."#a": starts with #, which makes the line a comment: take it out'],
    ],
    [
        "a blank before a key",
        onDocker({ config: { extra: { " a": "1" } } }),
        ['config.extra." a": the key starts or ends with a blank, which zoo.cfg does not keep: take it out'],
    ],
    [
        "a blank behind a value",
        onDocker({ config: { extra: { a: "1 " } } }),
        ['config.extra.a: "1 " starts or ends with a blank, which zoo.cfg does not keep: take it out'],
    ],
    [
        "a backslash, which would join two lines",
        onDocker({ config: { extra: { a: "1\\" } } }),
        [
            'config.extra.a: "1\\\\" contains a backslash or a character that is not ASCII, which zoo.cfg changes: take it out',
        ],
    ],
    [
        "a key that only the command line knows",
        onDocker({ config: { extra: { "java.security.auth.login.config": "/x" } } }),
        [
            'config.extra.java.security.auth.login.config: is read from the command line only, a line in zoo.cfg does nothing: use jvm.flags with "-Djava.security.auth.login.config=…"',
        ],
    ],
    [
        "a password of Java's, which is none of its flags either",
        onDocker({ config: { extra: { "javax.net.ssl.keyStorePassword": "secret" } } }),
        [
            "config.extra.javax.net.ssl.keyStorePassword: would stand in clear in the Pulumi state: put the password into a file of the image and use ssl.keyStore.passwordPath",
        ],
    ],
    [
        "an algorithm for passwords that the super user's cannot follow",
        onDocker({ config: { extra: { "DigestAuthenticationProvider.digestAlg": "SHA256" } } }),
        [
            'config.extra.DigestAuthenticationProvider.digestAlg: "SHA256" is no algorithm that the component can follow for the super user that changes the membership: give SHA-256, SHA-512, SHA3-256 or another of these families',
        ],
    ],
    [
        "the same in a flag, where the last one counts",
        onDocker({
            jvm: {
                flags: ["SHA3-256", "SHAKE128"].map(
                    (each) => `-Dzookeeper.DigestAuthenticationProvider.digestAlg=${each}`,
                ),
            },
        }),
        [
            'jvm.flags[1]: "SHAKE128" is no algorithm that the component can follow for the super user that changes the membership: give SHA-256, SHA-512, SHA3-256 or another of these families',
        ],
    ],
    [
        "an algorithm that this version of ZooKeeper does not read",
        onDocker({ version: "3.6.4", config: { extra: { "DigestAuthenticationProvider.digestAlg": "SHA-256" } } }),
        [
            "config.extra.DigestAuthenticationProvider.digestAlg: is not read by ZooKeeper 3.6.4, which hashes passwords by SHA1: leave it out",
        ],
    ],
    [
        "a port for TLS that is the client port",
        onDocker({ config: { extra: { secureClientPort: "2181", serverCnxnFactory: netty } } }),
        ["ports: 2181 is given to client and to config.extra.secureClientPort: give each its own"],
    ],
    [
        "a port for TLS that one server has for its peers",
        onDocker({
            servers: [{ id: 1 }, { id: 2, ports: { peer: 2281 } }, { id: 3 }],
            config: { extra: { secureClientPort: "2281", serverCnxnFactory: netty } },
        }),
        ["servers[1].ports: 2281 is given to peer and to config.extra.secureClientPort: give each its own"],
    ],
    [
        "an empty port for TLS",
        onDocker({ config: { extra: { secureClientPort: "" } } }),
        ['config.extra.secureClientPort: "" is not a port: give a whole number from 1 to 65535, or leave the key out'],
    ],
    [
        "a port for TLS that is none",
        onDocker({ config: { extra: { secureClientPort: "65536" } } }),
        [
            'config.extra.secureClientPort: "65536" is not a port: give a whole number from 1 to 65535, or leave the key out',
        ],
    ],
    [
        "a port for TLS without a factory that knows it",
        onDocker({ config: { extra: { secureClientPort: "2281" } } }),
        [
            `config.extra.secureClientPort: 2281 is given, but ZooKeeper's usual factory of connections has no TLS, and servers would not start: add serverCnxnFactory: "${netty}"`,
        ],
    ],
    [
        "a port for TLS with the usual factory",
        onDocker({
            config: { extra: { secureClientPort: "2281" } },
            jvm: { flags: ["-Dzookeeper.serverCnxnFactory=org.apache.zookeeper.server.NIOServerCnxnFactory"] },
        }),
        [
            `config.extra.secureClientPort: 2281 is given, but NIO has no TLS, and servers would not start: add serverCnxnFactory: "${netty}"`,
        ],
    ],
    [
        "values that known keys do not take",
        onDocker({ config: { extra: { sslQuorum: "yes", "quorum.cnxn.threads.size": "many" } } }),
        [
            'config.extra.quorum.cnxn.threads.size: "many" is not a number of threads: give a whole number from 1 to 99999',
            'config.extra.sslQuorum: "yes" is neither true nor false, which is all it takes: write one of them',
        ],
    ],
    [
        "words with the blanks of a list that was split",
        onDocker({
            config: {
                fourLetterWords: "srvr, mntr, conf".split(","),
                auth: { enforceAuthEnabled: true, enforceAuthSchemes: "digest, ip".split(",") },
            },
            jvm: { flags: " -XX:+UseZGC".split(",") },
            version: " 3.9.5",
        }),
        [
            'version: " 3.9.5" starts or ends with a blank: write "3.9.5"',
            'config.auth.enforceAuthSchemes: " ip" starts or ends with a blank: write "ip"',
            'config.fourLetterWords: " mntr" starts or ends with a blank: write "mntr"',
            "config.auth.enforceAuthSchemes:  ip has no provider, and servers stop when a scheme is not there: leave it out, or name the provider's class in config.extra (authProvider.1)",
            'jvm.flags[0]: " -XX:+UseZGC" starts or ends with a blank: write "-XX:+UseZGC"',
        ],
    ],
    [
        "a password",
        onDocker({ config: { extra: { "ssl.keyStore.password": "secret" } } }),
        [
            "config.extra.ssl.keyStore.password: would stand in clear in the Pulumi state: put the password into a file of the image and use ssl.keyStore.passwordPath",
        ],
    ],
    ["a number", onDocker({ config: { extra: { a: 5 } } }), ["config.extra.a: 5 is not text: put it in quotes"]],
];

const jvmAndPaths: Row[] = [
    [
        "a heap above the limit",
        { docker: { memoryMiB: 512 }, jvm: { heapMiB: 512 } },
        [
            "jvm.heapMiB: 512 is not below the memory limit of 512 MiB: the JVM needs memory beside the heap, and changes of the membership 100 MiB for a client, so the heap may take 80 % of the rest at most: set 329 or less, or raise docker.memoryMiB",
        ],
    ],
    [
        "a heap just below the limit",
        { docker: { memoryMiB: 1000 }, jvm: { heapMiB: 721 } },
        [
            "jvm.heapMiB: 721 is too near to the memory limit of 1000 MiB: the JVM needs memory beside the heap, and changes of the membership 100 MiB for a client, so the heap may take 80 % of the rest at most: set 720 or less, or raise docker.memoryMiB",
        ],
    ],
    [
        "-Xmx in the flags",
        onDocker({ jvm: { heapMiB: 256, flags: ["-XX:+UseZGC", "-Xmx1g"] } }),
        ['jvm.flags[1]: "-Xmx1g" sets the heap, which jvm.heapMiB does: leave the flag out'],
    ],
    [
        "a line break in a flag",
        onDocker({ jvm: { flags: ["-Da=b\n-Dc"] } }),
        ['jvm.flags[0]: "-Da=b\\n-Dc" contains a line break, which cannot stand in one line: take it out'],
    ],
    [
        "passwords in flags",
        onDocker({
            jvm: {
                flags: [
                    "-Dzookeeper.ssl.keyStore.password=x",
                    "-Dzookeeper.ssl.quorum.trustStore.password=x",
                    "-Djavax.net.ssl.trustStorePassword=x",
                    "-Dcom.example.password=x",
                ],
            },
        }),
        [
            'jvm.flags[0]: "-Dzookeeper.ssl.keyStore.password=…" sets zookeeper.ssl.keyStore.password, which would stand in clear in the Pulumi state: put the password into a file of the image and use ssl.keyStore.passwordPath in config.extra',
            'jvm.flags[1]: "-Dzookeeper.ssl.quorum.trustStore.password=…" sets zookeeper.ssl.quorum.trustStore.password, which would stand in clear in the Pulumi state: put the password into a file of the image and use ssl.quorum.trustStore.passwordPath in config.extra',
            'jvm.flags[2]: "-Djavax.net.ssl.trustStorePassword=…" sets javax.net.ssl.trustStorePassword, which would stand in clear in the Pulumi state: put the password into a file of the image and use ssl.trustStore.passwordPath in config.extra',
            'jvm.flags[3]: "-Dcom.example.password=…" sets com.example.password, which would stand in clear in the Pulumi state: put the password into a file of the image and use com.example.passwordPath in config.extra',
        ],
    ],
    [
        "a blank in a flag",
        onDocker({ jvm: { flags: ["-Da=b c"] } }),
        ['jvm.flags[0]: "-Da=b c" contains a blank, at which ZooKeeper\'s start script splits it: take it out'],
    ],
    [
        "a flag for a key of the component",
        onDocker({ jvm: { flags: ["-Dzookeeper.snapshot.trust.empty=true"] } }),
        [
            'jvm.flags[0]: "-Dzookeeper.snapshot.trust.empty=true" sets zookeeper.snapshot.trust.empty, which is the component\'s own: trusting a log without its snapshot can lose data: leave it out',
        ],
    ],
    [
        "a flag that is none",
        onDocker({ jvm: { flags: ["UseZGC"] } }),
        ['jvm.flags[0]: "UseZGC" is not a flag: flags start with "-"'],
    ],
    [
        "a chroot without slash",
        onDocker({ chroot: "app" }),
        ['chroot: "app" does not start with a slash, as every path does: write "/app"'],
    ],
    [
        "a chroot with a slash behind",
        onDocker({ chroot: "/app/" }),
        ['chroot: "/app/" ends with a slash, which ZooKeeper refuses: write "/app"'],
    ],
    ["a chroot of a slash", onDocker({ chroot: "/" }), ['chroot: "/" is what clients see anyway: leave it out']],
    [
        "a chroot with an empty part",
        onDocker({ chroot: "/a//b" }),
        ['chroot: "/a//b" has an empty part between two slashes, which ZooKeeper refuses: write one slash'],
    ],
    [
        "a chroot with ..",
        onDocker({ chroot: "/a/../b" }),
        ['chroot: "/a/../b" has a part . or .., which ZooKeeper refuses: write the path without it'],
    ],
    [
        "a chroot with a control character",
        onDocker({ chroot: "/a\u0001" }),
        ['chroot: "/a\\u0001" contains a control character, which cannot stand in one line: take it out'],
    ],
    [
        "a chroot in ZooKeeper's own path",
        onDocker({ chroot: "/zookeeper/x" }),
        ['chroot: "/zookeeper/x" lies in /zookeeper, which is ZooKeeper\'s own: take another path'],
    ],
];

const versions: Row[] = [
    [
        "before 3.6",
        onDocker({ version: "3.5.10" }),
        [
            "version: 3.5.10 has no db.autocreate=false, so that an empty disk could win over a full one: use 3.6 or later, best 3.9.5",
        ],
    ],
    [
        "the version that loses data",
        onDocker({ version: "3.9.3" }),
        ["version: 3.9.3 loses data when a follower synchronizes (ZOOKEEPER-4925, only in this version): use 3.9.5"],
    ],
    [
        "unknown",
        onDocker({ version: "4.0.0" }),
        ["version: 4.0.0 is unknown: this library knows ZooKeeper 3 from 3.6 on: use 3.9.5"],
    ],
    ...["latest", "3.9", "", "v3.9.5", "3.9.5-beta"].map((text): Row => [
        `version ${JSON.stringify(text)}`,
        onDocker({ version: text }),
        [
            `version: ${JSON.stringify(text)} is not a version of ZooKeeper: a complete version is three numbers, so that a new release restarts nothing by itself: give one such as "3.9.5"`,
        ],
    ]),
    ["a number", onDocker({ version: 3.9 }), ["version: 3.9 is not text: put it in quotes"]],
];

const docker: Row[] = [
    [
        "no platform",
        {},
        [
            "docker: is missing, so there is no platform to run on: give docker: {} for containers with defaults, or aws: { vpcId, subnetIds } for machines on EC2",
        ],
    ],
    [
        "two platforms",
        { docker: {}, aws: {} },
        ["aws: is given beside docker, and an ensemble runs on one platform: leave one of the two out"],
    ],
    [
        "AWS's own on Docker",
        onDocker({ servers: [{ id: 1, subnetIndex: 0 }] }),
        [
            "servers[0].subnetIndex: 0 is given, but it is for AWS, and containers of an ensemble share one network: leave it out",
        ],
    ],
    [
        "a subnet that is too small",
        { size: 5, docker: { network: { subnet: "10.1.2.0/28" } } },
        [
            'docker.network.subnet: "10.1.2.0/28" is too small: server 5 gets the network\'s address + 15, which it does not have: take one with a prefix of 27 or shorter, or give addresses in servers',
        ],
    ],
    [
        "a malformed subnet",
        { docker: { network: { subnet: "10.1.2/24" } } },
        [
            'docker.network.subnet: "10.1.2/24" is not an IPv4 subnet: give an address and the length of its prefix, such as "10.17.5.0/24"',
        ],
    ],
    [
        "a subnet that starts in the middle",
        { docker: { network: { subnet: "10.1.2.9/24" } } },
        ['docker.network.subnet: "10.1.2.9/24" does not start at its first address: write "10.1.2.0/24"'],
    ],
    [
        "a reserved subnet",
        { docker: { network: { subnet: "127.0.1.0/24" } } },
        [
            'docker.network.subnet: "127.0.1.0/24" is reserved for other purposes: take a private one, such as "10.17.5.0/24"',
        ],
    ],
    [
        "an existing network without its subnet",
        { docker: { network: { name: "shared" } } },
        [
            "docker.network.subnet: is missing, and servers on an existing network need fixed addresses in it: give the network's subnet, as docker network inspect shows it",
        ],
    ],
    [
        "an address outside the subnet",
        { servers: [{ id: 1, address: "10.2.0.5" }], docker: { network: { subnet: "10.1.2.0/24" } } },
        ['servers[0].address: "10.2.0.5" is outside the subnet 10.1.2.0/24: take one from 10.1.2.2 to 10.1.2.254'],
    ],
    [
        "the gateway's, the network's and the broadcast address",
        {
            servers: [
                { id: 1, address: "10.1.2.1" },
                { id: 2, address: "10.1.2.0" },
                { id: 3, address: "10.1.2.255" },
            ],
            docker: { network: { subnet: "10.1.2.0/24" } },
        },
        [
            'servers[0].address: "10.1.2.1" is the gateway of 10.1.2.0/24: take one from 10.1.2.2 to 10.1.2.254',
            'servers[1].address: "10.1.2.0" is the network address of 10.1.2.0/24: take one from 10.1.2.2 to 10.1.2.254',
            'servers[2].address: "10.1.2.255" is the broadcast address of 10.1.2.0/24: take one from 10.1.2.2 to 10.1.2.254',
        ],
    ],
    [
        "an address given twice, once by default",
        {
            servers: [{ id: 1 }, { id: 2, address: "10.1.2.11" }, { id: 3 }],
            docker: { network: { subnet: "10.1.2.0/24" } },
        },
        [
            "servers[1].address: address 10.1.2.11 is given to servers 1 and 2: give each server its own, or leave them out",
        ],
    ],
    [
        "an image with a blank",
        { docker: { image: "zoo keeper" } },
        ['docker.image: "zoo keeper" holds a blank, which names of images do not: take it out'],
    ],
    [
        "a restart policy in other letters",
        { docker: { restart: "UnlessStopped" } },
        [
            'docker.restart: "UnlessStopped" is not one of "no", "on-failure", "always", "unless-stopped": did you mean "unless-stopped"?',
        ],
    ],
    [
        "a label of the component",
        { docker: { labels: { "zookeeper-ensemble.id": "7" } } },
        ["docker.labels.zookeeper-ensemble.id: is the component's own: take another name"],
    ],
    [
        "a line break in a label",
        { docker: { labels: { team: "a\nb" } } },
        ['docker.labels.team: "a\\nb" contains a line break, which cannot stand in one line: take it out'],
    ],
    [
        "an ensembleId that Docker cannot take in names",
        onDocker({ ensembleId: "-a" }),
        [
            'ensembleId: "-a" cannot stand in the names of machines and volumes: use 2 to 54 letters, digits, ".", "_" and "-", the first a letter or digit',
        ],
    ],
    [
        "an Output where a plain value is needed",
        { docker: { memoryMiB: pulumi.output(512) } },
        [
            "docker.memoryMiB: an Output is known only while resources are made, too late to be checked: give a number itself",
        ],
    ],
];

const misspelled: Row[] = [
    ["a field", onDocker({ sise: 3 }), ["sise: is not a known property: did you mean size?"]],
    [
        "a field of a group",
        onDocker({ config: { tickTime: 2000 } }),
        ["config.tickTime: is not a known property: did you mean tickTimeMs?"],
    ],
    [
        "a field deep inside",
        { docker: { volumes: { data: { drvier: "local" } } } },
        ["docker.volumes.data.drvier: is not a known property: did you mean driver?"],
    ],
    [
        "a field of a server",
        onDocker({ servers: [{ id: 1, adress: "x" }] }),
        ["servers[0].adress: is not a known property: did you mean address?"],
    ],
    [
        "a field that is like none",
        onDocker({ lifecycle: { banana: 1 } }),
        [
            "lifecycle.banana: is not a known property: known are servingTimeoutSeconds, membershipTimeoutSeconds, gates, " +
                "running, acceptDataLoss, acceptRollback, restartTrigger, allowDowngrade",
        ],
    ],
];

const corners: Row[] = [
    [
        "a label without text",
        { docker: { labels: { a: null, "": "x" } } },
        [
            "docker.labels.a: null is not text: give text, or leave the entry out",
            'docker.labels."": the label has no name: give it one',
        ],
    ],
    [
        "an address to publish on that is a name",
        { docker: { publishAddress: "localhost" } },
        [
            'docker.publishAddress: "localhost" is not an IPv4 address: give one of the Docker host, such as "127.0.0.1", or "0.0.0.0" for all',
        ],
    ],
    [
        "a volume driver without a name",
        { docker: { volumes: { log: { driver: "" } } } },
        [
            'docker.volumes.log.driver: "" is not the name of a volume driver: give one such as "local", or that of a plugin, as docker plugin ls shows it',
        ],
    ],
    [
        "a retention in other letters",
        { docker: { volumes: { retention: "Delete" } } },
        ['docker.volumes.retention: "Delete" is not one of "retain", "delete": did you mean "delete"?'],
    ],
    [
        "a flag that is nothing",
        onDocker({ jvm: { flags: [null] } }),
        ["jvm.flags[0]: null is not text: give text, or leave the entry out"],
    ],
    [
        "a key that is empty",
        onDocker({ config: { extra: { "": "x" } } }),
        ['config.extra."": the key is empty: give it a name'],
    ],
    [
        "a prefix that ZooKeeper adds itself",
        onDocker({ config: { extra: { "zookeeper.my.key": "x" } } }),
        ["config.extra.zookeeper.my.key: starts with zookeeper., which ZooKeeper puts in front itself: write my.key"],
    ],
    [
        "an unknown four-letter word",
        onDocker({ config: { fourLetterWords: ["srvr", "mntr", "conf", "rouk"] } }),
        [
            'config.fourLetterWords: "rouk" is not a four-letter command: take those you need of conf, cons, crst, dirs, dump, envi, gtmk, hash, icfg, isro, lead, mntr, orst, ruok, srst, srvr, stat, stmk, wchc, wchp, wchs',
        ],
    ],
    [
        "a chroot at which clients would split",
        onDocker({ chroot: "/a,b" }),
        [
            'chroot: "/a,b" has a blank, comma, quote, backslash or special character, at which clients would split it: leave those out',
        ],
    ],
    [
        "a hostname that is an address",
        onDocker({ servers: [{ id: 1, hostname: "10.1.2.3" }] }),
        ['servers[0].hostname: "10.1.2.3" is an address: give it as address, and a name here'],
    ],
    [
        "a scheme that is no name",
        onDocker({ config: { auth: { enforceAuthSchemes: ["a,b"] } } }),
        ['config.auth.enforceAuthSchemes: "a,b" is not the name of a scheme: give one such as "digest"'],
    ],
];

const everything: [string, Row[]][] = [
    ["sizes", sizes],
    ["servers", servers],
    ["ports", ports],
    ["config", config],
    ["extra", extra],
    ["jvm and chroot", jvmAndPaths],
    ["version", versions],
    ["docker", docker],
    ["misspelled", misspelled],
    ["corners", corners],
];

describe("bad input is refused with path, value, rule and fix", () => {
    for (const [title, rows] of everything) {
        describe(title, () => {
            for (const [what, args, lines] of rows) {
                it(what, () => assert.deepEqual(faultsOf(args), lines));
            }
        });
    }

    it("names that machines cannot have", () => {
        const rule = 'use 1 to 59 letters, digits, ".", "_" and "-", the first a letter or digit';
        for (const name of ["", "my zk", "-a", "a/b", "é", "x".repeat(60), "a\nb"]) {
            const shown = JSON.stringify(name);
            assert.deepEqual(faultsOf({ docker: {} }, { ...IDENTITY, name }), [
                `name: ${shown} cannot stand in the names of machines and volumes: ${rule}`,
            ]);
        }
    });

    it("all faults come in one error, which the CLI prints without a stack", () => {
        try {
            specOf({ docker: {}, size: 0, chroot: "x", version: "3.9.3", config: { tickTimeMs: "2000" } });
            assert.fail("accepted");
        } catch (error) {
            assert.ok(error instanceof EnsembleError);
            assert.ok(pulumi.RunError.isInstance(error));
            assert.deepEqual(error.message.split("\n"), [
                'ZookeeperEnsemble "coordination" cannot be made:',
                "  version: 3.9.3 loses data when a follower synchronizes (ZOOKEEPER-4925, only in this version): use 3.9.5",
                '  config.tickTimeMs: "2000" is not a number: give a whole number from 100 to 60000, without quotes',
                "  size: 0 is below 1: give a whole number from 1 to 255",
                '  chroot: "x" does not start with a slash, as every path does: write "/x"',
            ]);
        }
    });

    it("arguments that are no object at all", () => {
        const missing =
            "docker: is missing, so there is no platform to run on: give docker: {} for containers with defaults, or aws: { vpcId, subnetIds } for machines on EC2";
        assert.deepEqual(faultsOf(undefined), [missing]);
        assert.deepEqual(faultsOf(null), [missing]);
        assert.deepEqual(faultsOf([]), ["arguments: a list is not an object: write its fields in { }", missing]);
        assert.deepEqual(faultsOf("x"), ['arguments: "x" is not an object: write its fields in { }', missing]);
    });

    it("null is the same as left out, as YAML writes it", () => {
        const left = specOf({ docker: {} });
        const nulls = {
            size: null,
            servers: null,
            config: { tickTimeMs: null, extra: null },
            jvm: { flags: null },
            chroot: null,
        };
        assert.deepEqual(specOf({ docker: { image: null, labels: null, network: { name: null } }, ...nulls }), left);
    });
});

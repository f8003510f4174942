import { distance } from "fastest-levenshtein";
import { CONFIG_KEYS } from "./configKeys";

/** Keys that the component owns, and where their subject is decided. N stands for a number. */
const OWNED: Readonly<Record<string, string>> = {
    dataDir: "the data volume is mounted where it points: see docker.volumes",
    dataLogDir: "the log volume is mounted where it points: see docker.volumes",
    clientPort: "it stands in the server's line: use ports.client",
    clientPortAddress: "the client port listens on all addresses of the container: see docker.publishAddress",
    "server.N": "membership is what the component is for: use servers",
    "group.N": "with groups ZooKeeper cannot change one voter at a time: leave it out",
    "weight.N": "with weights ZooKeeper cannot change one voter at a time: leave it out",
    peerType: "the server's line decides: use servers[].role",
    dynamicConfigFile: "the member script chooses the newest one at each start: leave it out",
    standaloneEnabled: "it is always false, so that one server can grow to three: leave it out",
    reconfigEnabled: "it is always true, because membership changes need it: leave it out",
    electionAlg: "only one algorithm is left: leave it out",
    oraclePath: "an oracle can let less than a majority decide: leave it out",
    quorumListenOnAllIPs: "servers listen on their fixed address: leave it out",
    "db.autocreate": "it is always false, so that an empty disk never wins over a full one: leave it out",
    "snapshot.trust.empty": "trusting a log without its snapshot can lose data: leave it out",
    skipACL: "without ACLs every client could change the membership: leave it out",
    leaderServes: "a leader that does not serve does not answer the gates, so no deployment would end: leave it out",
    sessionRequireClientSASLAuth: "the component's own client has no SASL identity: use config.auth",
    "DigestAuthenticationProvider.superDigest": "each server makes a password of its own at each start: leave it out",
    "DigestAuthenticationProvider.enabled": "the component itself authenticates by digest: leave it out",
    "authProvider.digest": "the component itself authenticates by digest: leave it out",
    electionPortBindRetry: "it is always 0, because a container's address may come late: leave it out",
    "multiAddress.enabled": "every server has one fixed address: leave it out",
    "multiAddress.reachabilityCheckTimeoutMs": "every server has one fixed address: leave it out",
    "multiAddress.reachabilityCheckEnabled": "every server has one fixed address: leave it out",
    "admin.serverPort": "use ports.admin",
    "metricsProvider.httpPort": "use ports.metrics",
    "datadir.autocreate": "the member script makes the folders: leave it out",
    version: "it belongs to the dynamic file, which the member script keeps: leave it out",
};

/** Keys that work in `extra`; known so that a misspelled one is found. */
const OTHER_KNOWN_KEYS = [
    "secureClientPort",
    "secureClientPortAddress",
    "serverCnxnFactory",
    "sslQuorum",
    "portUnification",
    "sslQuorumReloadCertFiles",
    "client.portUnification",
    "client.certReload",
    "fips-mode",
    "superUser",
    "DigestAuthenticationProvider.digestAlg",
    "authProvider.N",
    "quorum.cnxn.threads.size",
    "digest.enabled",
    ...["enableSasl", "learnerRequireSasl", "serverRequireSasl", "learner.saslLoginContext"].map(quorumAuth),
    ...["server.saslLoginContext", "kerberos.servicePrincipal"].map(quorumAuth),
    ...["ssl.", "ssl.quorum."].flatMap((prefix) =>
        [
            ...["keyStore.", "trustStore."].flatMap((store) =>
                ["location", "password", "passwordPath", "type"].map((field) => store + field),
            ),
            ...["protocol", "enabledProtocols", "ciphersuites", "clientAuth", "hostnameVerification"],
            ...["clientHostnameVerification", "crl", "ocsp"],
        ].map((field) => prefix + field),
    ),
];

function quorumAuth(field: string): string {
    return `quorum.auth.${field}`;
}

/** Names of Java's own properties. */
const JAVAS = /^(java|javax|sun|com\.sun|jdk)\./;

/** What ZooKeeper reads as true or false, and ends or silently takes for false where it is neither. */
const SWITCHES = new Set(
    [
        ...["sslQuorum", "portUnification", "sslQuorumReloadCertFiles", "client.portUnification", "client.certReload"],
        ...["fips-mode", "digest.enabled", "ssl.quorum.hostnameVerification", "ssl.hostnameVerification"],
        ...["enableSasl", "learnerRequireSasl", "serverRequireSasl"].map(quorumAuth),
        ...["ssl.clientHostnameVerification", "ssl.quorum.clientHostnameVerification"],
        ...["ssl.crl", "ssl.ocsp", "ssl.quorum.crl", "ssl.quorum.ocsp"],
    ].map(folded),
);

/** What is wrong with the value of a known key that has no field of its own; nothing when it is right or unknown. */
export function knownValueFault(key: string, value: string): string | undefined {
    if (SWITCHES.has(folded(key)) && !/^(true|false)$/i.test(value)) {
        return `${JSON.stringify(value)} is neither true nor false, which is all it takes: write one of them`;
    }
    if (folded(key) === folded("quorum.cnxn.threads.size") && !/^[1-9]\d{0,4}$/.test(value)) {
        return `${JSON.stringify(value)} is not a number of threads: give a whole number from 1 to 99999`;
    }
    return undefined;
}

/** Numbers do not matter when keys are compared: server.1 and server.7 are the same key. */
function folded(key: string): string {
    return key
        .toLowerCase()
        .replace(/^zookeeper\./, "")
        .replace(/\d+/g, "n");
}

const OWNED_BY_FOLDED = new Map(Object.entries(OWNED).map(([key, reason]) => [folded(key), reason]));
const TYPED = new Map(CONFIG_KEYS.map((each) => [folded(each.key), each]));

/** Why the user may not give this key as text, and what to do instead; nothing when it is free. */
export function reservedBecause(key: string): string | undefined {
    const name = folded(key);
    const typed = TYPED.get(name);
    if (typed !== undefined) {
        return `has a field of its own, which is checked: use config.${typed.path}`;
    }
    const owned = OWNED_BY_FOLDED.get(name.replace(/^(server|group|weight)\..*/, "$1.n"));
    return owned === undefined ? undefined : `is the component's own: ${owned}`;
}

/** Why the key may not be given anywhere as text, because it is a password; nothing when it is none. */
export function secretBecause(key: string): string | undefined {
    const name = key.replace(/^zookeeper\./i, "");
    if (!/password$/i.test(name)) {
        return undefined;
    }
    const ofJava = /^javax\.net\.ssl\.(keyStore|trustStore)Password$/i.exec(name)?.[1];
    const file = "would stand in clear in the Pulumi state: put the password into a file of the image";
    const path = ofJava === undefined ? `${name}Path` : `ssl.${ofJava}.passwordPath`;
    return JAVAS.test(name) && ofJava === undefined
        ? `${file}, and name that where the key allows it`
        : `${file} and use ${path}`;
}

/** Whether ZooKeeper or Java reads this key from the command line only, so that a line in zoo.cfg does nothing. */
export function isCommandLineOnly(key: string): boolean {
    return JAVAS.test(key) || /^(leader|follower)\.nodelay$|^znode\.container\./.test(key);
}

/** A known key that is one or two letters away; nothing when the key itself is known, or is like none. */
export function misspelled(key: string): string | undefined {
    const name = folded(key);
    const known = [...CONFIG_KEYS.map((each) => each.key), ...OTHER_KNOWN_KEYS, ...Object.keys(OWNED)];
    if (known.some((each) => folded(each) === name)) {
        return undefined;
    }
    const near = known.filter((each) => distance(folded(each), name) <= 2);
    return near.sort((a, b) => distance(folded(a), name) - distance(folded(b), name))[0];
}

import assert from "node:assert/strict";
import { parseReport, Report } from "../../../../lib/lifecycle/observe/report";

/** As a server says it. */
const healthy = `state=member
reason=told why
nonce=n1
generation=abc0
epoch=3
copy=no
zookeeper=running
configVersion=10000000a
config=server.1=10.0.0.1:2888:3888:participant;0.0.0.0:2181
config=server.2=10.0.0.2:2888:3888:participant;0.0.0.0:2181
next=1000000ff
nextConfig=server.1=10.0.0.1:2888:3888:participant;0.0.0.0:2181
lease=host-1-abc
leaseSeconds=17
dataSizeKiB=200000
dataFreeKiB=123456
logFreeKiB=654321
logSizeKiB=700000
asideKiB=42
srvr: Zookeeper version: 3.9.5-abcdef, built on 2026-01-01 00:00 UTC
srvr: Latency min/avg/max: 0/1.5/17
srvr: Received: 100
srvr: Connections: 12
srvr: Zxid: 0x3000000ab
srvr: Mode: follower
srvr: Node count: 5
conf: clientPort=2181
conf: tickTime=2000
conf: initLimit=10
conf: syncLimit=5
conf: server.1=10.0.0.1:2888:3888:participant;0.0.0.0:2181
conf: server.2=10.0.0.2:2888:3888:participant;0.0.0.0:2181
conf: version=10000000a
mntr: zk_version\t3.9.5
mntr: zk_server_state\tfollower
mntr: nonsense
`;
const lines = [1, 2].map((id) => `server.${id}=10.0.0.${id}:2888:3888:participant;0.0.0.0:2181`);

const parsed: Report = {
    disk: "member",
    reason: "told why",
    nonce: "n1",
    life: "n1",
    generation: "abc0",
    isCopy: false,
    isRest: false,
    epoch: 3n,
    processRuns: true,
    processAnswers: true,
    stored: { version: 0x10000000an, lines },
    pendingVersion: 0x1000000ffn,
    pendingLines: [lines[0]!],
    serving: {
        mode: "follower",
        zxid: 0x3000000abn,
        configuration: { version: 0x10000000an, lines },
        monitor: new Map([
            ["zk_version", "3.9.5"],
            ["zk_server_state", "follower"],
        ]),
        zooKeeperVersion: "3.9.5",
        limits: { tickTimeMs: 2000, initLimitTicks: 10 },
        latencyMs: { average: 1.5, max: 17 },
        connections: 12,
    },
    dataFreeKiB: 123456,
    dataSizeKiB: 200000,
    logFreeKiB: 654321,
    logSizeKiB: 700000,
    asideKiB: 42,
    lease: "host-1-abc",
    leaseSeconds: 17,
};

const nothing: Report = {
    disk: "blank",
    reason: "",
    nonce: "",
    life: "",
    generation: "",
    isCopy: false,
    isRest: false,
    epoch: -1n,
    processRuns: false,
    processAnswers: false,
    stored: { version: 0n, lines: [] },
    pendingVersion: undefined,
    pendingLines: [],
    serving: undefined,
    dataFreeKiB: undefined,
    dataSizeKiB: undefined,
    logFreeKiB: undefined,
    logSizeKiB: undefined,
    asideKiB: 0,
    lease: "",
    leaseSeconds: 0,
};

describe("a report", () => {
    it("is read", () => {
        assert.deepEqual(parseReport(healthy), parsed);
    });

    it("names the life that a joiner was told; that of a founder is its founding", () => {
        assert.equal(parseReport("state=member\nnonce=\nlife=n2").life, "n2");
        assert.equal(parseReport("state=member\nnonce=n1").life, "n1");
    });

    it("that says the same is read once, while it is not too long ago", () => {
        const first = parseReport("state=blank\nreason=first");
        for (let at = 0; at < 90; at++) {
            assert.equal(parseReport("state=blank\nreason=first"), first);
            assert.equal(parseReport(`state=blank\nreason=${at}`).reason, String(at));
        }
        for (let at = 0; at < 100; at++) parseReport(`state=blank\nreason=other ${at}`);
        const again = parseReport("state=blank\nreason=first");
        assert.notEqual(again, first, "nothing is kept for ever");
        assert.deepEqual(again, first);
    });

    it("may say little", () => {
        assert.deepEqual(parseReport("state=blank"), nothing);
        const empty = "state=blank\nepoch=-1\nconfigVersion=\nnext=\nnextConfigs\nzookeeper=stopped\ndataFreeKiB=\n";
        assert.deepEqual(parseReport(empty), nothing);
    });

    it("has each state", () => {
        for (const state of ["blank", "bootstrapping", "member", "left", "refused"]) {
            assert.equal(parseReport(`state=${state}`).disk, state);
        }
        for (const text of ["", "state=", "state=founder", "reason=blank", "estate=blank", "state blank"]) {
            assert.throws(() => parseReport(text), {
                message: `the member script's report has no known state: ${JSON.stringify(text)}`,
            });
        }
        const long = `state=x${"y".repeat(1000)}`;
        assert.throws(() => parseReport(long), { message: new RegExp(`state: "${long.slice(0, 400)}"$`) });
    });

    it("of a server that the first release made has other names", () => {
        const { disk, isCopy } = parseReport("state=founding\ncopied=yes");
        assert.deepEqual([disk, isCopy], ["bootstrapping", true]);
        assert.equal(parseReport("state=blank\ncopy=yes\ncopied=no").isCopy, true);
        assert.equal(parseReport("state=blank\ncopy=no").isCopy, false);
        assert.equal(parseReport("state=blank\ncopy=no\nrest=yes").isRest, true);
    });

    it("keeps values with anything in them", () => {
        assert.equal(parseReport("state=refused\nreason=a=b: c").reason, "a=b: c");
    });

    it("is no serving one when an answer is missing, or says that it does not serve", () => {
        const broken = [
            healthy.replace(/srvr: Mode.*\n/, ""),
            healthy.replace(/srvr: Zxid.*\n/, ""),
            healthy.replace(/conf: version.*\n/, ""),
            healthy.replace("Mode: follower", "Mode: looking"),
            healthy.replace("srvr: Mode", "srvr: No Mode"),
            healthy.replace("srvr: Zxid", "srvr: The Zxid"),
            healthy.replace("conf: version", "conf: myversion"),
            healthy
                .replaceAll(/srvr: .*\n/g, "")
                .concat("srvr: This ZooKeeper instance is not currently serving requests\n"),
        ];
        for (const text of broken) {
            assert.equal(parseReport(text).serving, undefined, text);
        }
    });

    it("knows whether ZooKeeper said anything", () => {
        const no = healthy.replaceAll(/(srvr|conf|mntr): .*\n/g, "");
        assert.equal(parseReport(no).processAnswers, false);
        assert.equal(
            parseReport(`${no}srvr: This ZooKeeper instance is not currently serving requests\n`).processAnswers,
            true,
        );
    });

    it("has each mode", () => {
        for (const mode of ["leader", "follower", "observer", "standalone"]) {
            assert.equal(parseReport(healthy.replace("follower", mode)).serving?.mode, mode);
        }
    });

    it("goes without what is only for people", () => {
        const without = healthy.replaceAll(
            /(srvr: (Latency|Connections|Zookeeper)|conf: (tickTime|init)|mntr).*\n/g,
            "",
        );
        assert.deepEqual(parseReport(without).serving, {
            mode: "follower",
            zxid: 0x3000000abn,
            configuration: parsed.serving!.configuration,
            monitor: new Map(),
            zooKeeperVersion: "",
            limits: undefined,
            latencyMs: undefined,
            connections: undefined,
        });
        assert.equal(parseReport(healthy.replace("conf: tickTime", "conf: x")).serving?.limits, undefined);
        assert.equal(parseReport(healthy.replace("conf: initLimit", "conf: x")).serving?.limits, undefined);
        assert.equal(parseReport(healthy.replace("0/1.5/17", "0/1.5/17/3")).serving?.latencyMs, undefined);
        assert.equal(parseReport(healthy.replace("0/1.5/17", "x0/1.5/17")).serving?.latencyMs, undefined);
        assert.deepEqual(parseReport(healthy.replace("0/1.5/17", "0.25/10.5/17.5")).serving?.latencyMs, {
            average: 10.5,
            max: 17.5,
        });
    });

    it("has server lines only where they begin a line of conf", () => {
        const more = healthy.replace(
            "conf: syncLimit",
            "conf: observerMaster=server.9=x\nconf: server.=y\nconf: syncLimit",
        );
        assert.deepEqual(parseReport(more).serving?.configuration.lines, lines);
        assert.equal(
            parseReport(healthy.replaceAll("conf: server.1=", "conf: server.12=")).serving!.configuration.lines.length,
            2,
        );
    });

    it("has no number where there is none", () => {
        const strange = healthy
            .replace("epoch=3", "epoch=3x")
            .replace("asideKiB=42", "asideKiB=x42")
            .replace("next=1000000ff", "next=0x1");
        const { epoch, asideKiB, pendingVersion } = parseReport(strange);
        assert.deepEqual([epoch, asideKiB, pendingVersion], [-1n, 0, undefined]);
        assert.equal(parseReport("state=blank\nnext=12g").pendingVersion, undefined);
        assert.equal(parseReport("state=blank\nepoch=12").epoch, 12n);
    });
});

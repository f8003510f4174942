import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { ScriptMachine } from "./scriptMachine";

const type = (device: string) =>
    execFileSync("blkid", ["-p", "-o", "value", "-s", "TYPE", device], { encoding: "utf8" });
const bytes = (file: string) => execFileSync("sha256sum", [file], { encoding: "utf8" }).slice(0, 64);

/**
 * Growing a mounted filesystem wants CAP_SYS_RESOURCE, which root lacks in many containers: there the call is looked
 * at.
 */
function mayResizeMounted(): boolean {
    const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(fs.readFileSync("/proc/self/status", "utf8"))![1]!;
    return ((BigInt(`0x${effective}`) >> 24n) & 1n) === 1n;
}

describe("the scripts that prepare a machine", () => {
    let machine: ScriptMachine;

    before(async function () {
        this.timeout(600_000);
        // @ts-expect-error the tools are plain JavaScript
        const { ensurePrograms } = await import("../../tools/docker/apt.mjs");
        await ensurePrograms({ sfdisk: "fdisk" }, "to partition volumes of the tests");
    });
    beforeEach(async () => {
        machine = new ScriptMachine();
        await machine.serve();
    });
    afterEach(() => machine.remove());

    describe("volumes", () => {
        it("empty ones are formatted and linked; address and heap complete the environment", async () => {
            const [data, log] = [machine.attach(machine.makeVolume("data")), machine.attach(machine.makeVolume("log"))];
            const { code, output } = await machine.run("machine.sh", "prepare");
            assert.equal(code, 0, output);
            assert.match(output, /formatting volume vol-0d, which is empty/);
            assert.equal(type(data), "ext4\n");
            assert.equal(type(log), "ext4\n");
            assert.equal(fs.realpathSync(path.join(machine.state, "volumes/data")), data);
            assert.equal(fs.realpathSync(path.join(machine.state, "volumes/log")), log);
            assert.match(
                machine.stateFile("environment"),
                /^SERVER_SPEC=10\.0\.0\.11:2888:3888\nZK_SERVER_HEAP=\d+\nDATA_VOLUME=vol-0d\nLOG_VOLUME=vol-0e\n$/,
            );
        });

        it("filled ones are kept to the last byte at every later start", async () => {
            const files = [machine.makeVolume("data"), machine.makeVolume("log")];
            files.forEach((file) => machine.attach(file));
            await machine.run("machine.sh", "prepare");
            const before = files.map(bytes);
            const { code, output } = await machine.run("machine.sh", "prepare");
            assert.equal(code, 0, output);
            assert.doesNotMatch(output, /formatting/);
            assert.deepEqual(files.map(bytes), before);
        });

        it("another filesystem is kept, too", async () => {
            const data = machine.makeVolume("data", (file) => execFileSync("mkfs.ext2", ["-q", "-F", file]));
            machine.attach(data);
            machine.attach(machine.makeVolume("log"));
            const before = bytes(data);
            assert.equal((await machine.run("machine.sh", "prepare")).code, 0);
            assert.equal(bytes(data), before);
        });

        const foreign: [string, (file: string) => void, RegExp][] = [
            [
                "a partition table",
                (file) => execFileSync("sfdisk", ["--quiet", file], { input: "label: gpt\n" }),
                /vol-0d holds no filesystem but something else \(.*PTTYPE=gpt.*\): give it an empty volume/,
            ],
            [
                "swap space",
                (file) => execFileSync("mkswap", [file], { stdio: "ignore" }),
                /vol-0d holds no filesystem but something else/,
            ],
            [
                "data that no tool knows",
                (file) => fs.writeFileSync(file, Buffer.alloc(512, 7), { flag: "r+" }),
                /vol-0d holds data that is no filesystem: give it an empty volume/,
            ],
        ];
        for (const [what, fill, message] of foreign) {
            it(`${what} on a volume is left alone, and nothing goes on`, async () => {
                const data = machine.makeVolume("data", fill);
                machine.attach(data);
                machine.attach(machine.makeVolume("log"));
                const before = bytes(data);
                const { code, output } = await machine.run("machine.sh", "prepare");
                assert.equal(code, 1);
                assert.match(output, message);
                assert.match(machine.stateFile("machine.sh.status"), /^volume vol-0d holds/);
                assert.equal(bytes(data), before);
                assert.equal(fs.existsSync(path.join(machine.state, "volumes/data")), false);
            });
        }

        it("a device that cannot be read is not taken for an empty one", async () => {
            machine.attach(machine.makeVolume("data"));
            machine.attach(machine.makeVolume("log"));
            machine.program("mkfs.ext4", 'touch "$STATE/formatted"');
            machine.program("blkid", 'echo "blkid: error: $4: Input/output error" >&2; exit 2');
            const { code, output } = await machine.run("machine.sh", "prepare");
            assert.equal(code, 1);
            assert.match(output, /Input\/output error/);
            assert.equal(fs.existsSync(path.join(machine.state, "formatted")), false);
        });

        it("one that is attached late is waited for, and said so", async () => {
            machine.attach(machine.makeVolume("data"));
            const log = machine.makeVolume("log");
            const late = () => machine.attach(log);
            const waiting = "waiting for volume vol-0e (log) to be attached";
            const { code, output } = await machine.runUntil(waiting, late, "machine.sh", "prepare");
            assert.equal(code, 0, output);
            assert.match(output, /the volumes are there/);
        });

        it("a tag that comes late is waited for, and one that is no volume's id is refused", async () => {
            const [data, log] = [machine.makeVolume("data"), machine.makeVolume("log")];
            machine.attach(data);
            machine.attach(log);
            const tag = "tags/instance/zookeeper-ensemble:data-volume";
            machine.metadata.delete(tag);
            const set = () => machine.metadata.set(tag, "vol-0d; rm -rf /");
            const waiting = "waiting for the tag zookeeper-ensemble:data-volume";
            const { code, output } = await machine.runUntil(waiting, set, "machine.sh", "prepare");
            assert.equal(code, 1);
            assert.match(output, /is 'vol-0d; rm -rf \/', not the id of a volume/);
        });

        it("that have grown get their filesystem grown while it is mounted, and are left in peace otherwise", async () => {
            const data = machine.makeVolume("data");
            const device = machine.attach(data);
            machine.attach(machine.makeVolume("log"));
            await machine.run("machine.sh", "prepare");
            const folder = machine.variables["DATA_DIR"]!;
            machine.mount(device, folder);
            const real = mayResizeMounted();
            if (!real) machine.program("resize2fs", 'printf "%s\\n" "$*" >>"$STATE/resized"');
            const sizeKiB = () =>
                Number(execFileSync("df", ["--output=size", "-k", folder], { encoding: "utf8" }).split("\n")[1]);
            assert.equal((await machine.run("machine.sh", "grow")).code, 0);
            const before = sizeKiB();
            fs.truncateSync(data, 48 * 1024 * 1024);
            execFileSync("losetup", ["--set-capacity", device]);
            const { code, output } = await machine.run("machine.sh", "grow");
            assert.equal(code, 0, output);
            assert.equal((await machine.run("machine.sh", "grow")).output, "");
            if (real) assert.ok(sizeKiB() > before * 1.8, `${before} KiB became ${sizeKiB()} KiB`);
            else assert.equal(machine.stateFile("resized"), `${device}\n${device}\n`);
        });
    });

    describe("ZooKeeper", () => {
        const release = { "bin/zkServer.sh": "#!/bin/bash\n", "lib/zookeeper-3.9.5.jar": "jar" };
        const home = () => machine.variables["ZOOKEEPER_HOME"]!;

        it("is installed when its checksum is the given one", async () => {
            machine.variables["DISTRIBUTION_SHA512"] = (await machine.publish("zk.tar.gz", release)).toUpperCase();
            const { code, output } = await machine.run("install.sh");
            assert.equal(code, 0, output);
            assert.deepEqual(fs.readdirSync(home()), ["bin", "lib"]);
            assert.deepEqual(machine.asked, ["zk.tar.gz"]);
        });

        for (const [form, text] of [
            ["of sha512sum", (sum: string) => `${sum}  apache-zookeeper-3.9.5-bin.tar.gz\n`],
            [
                "of gpg",
                (sum: string) =>
                    `apache-zookeeper-3.9.5-bin.tar.gz: ${sum
                        .toUpperCase()
                        .replace(/.{8}/g, "$& ")
                        .replace(/(.{72})/g, "$1\n   ")}\n`,
            ],
        ] as const) {
            it(`is installed by the checksum beside the archive, in the form ${form}`, async () => {
                const sum = await machine.publish("zk.tar.gz", release);
                machine.archive.set("zk.tar.gz.sha512", Buffer.from(text(sum)));
                const { code, output } = await machine.run("install.sh");
                assert.equal(code, 0, output);
                assert.ok(fs.existsSync(path.join(home(), "bin/zkServer.sh")));
            });
        }

        it("with a wrong checksum is not installed: nothing is left, and the log says so", async () => {
            const sum = await machine.publish("zk.tar.gz", release);
            machine.variables["DISTRIBUTION_SHA512"] = "0".repeat(128);
            const { code, output } = await machine.run("install.sh");
            assert.equal(code, 1);
            assert.match(output, new RegExp(`has the wrong checksum ${sum}, wanted is 0{128}: nothing of it is used`));
            assert.match(machine.stateFile("install.sh.status"), /has the wrong checksum/);
            assert.deepEqual(
                fs.readdirSync(machine.root).filter((name) => name.startsWith("zookeeper-")),
                [],
            );
            assert.equal(machine.asked.length, 1, "a wrong checksum is no fault of the network");
        });

        it("that is there already is used, and nothing is asked for", async () => {
            await machine.publish("zk.tar.gz", release);
            fs.mkdirSync(path.join(home(), "bin"), { recursive: true });
            fs.writeFileSync(path.join(home(), "bin/zkServer.sh"), "#!/bin/bash\n", { mode: 0o755 });
            const { code, output } = await machine.run("install.sh");
            assert.equal(code, 0, output);
            assert.deepEqual(machine.asked, []);
        });

        it("an archive that does not come at once is tried again", async () => {
            const sum = await machine.publish("zk.tar.gz", release);
            machine.variables["DISTRIBUTION_SHA512"] = sum;
            const archive = machine.archive.get("zk.tar.gz")!;
            machine.archive.delete("zk.tar.gz");
            const put = () => machine.archive.set("zk.tar.gz", archive);
            const { code, output } = await machine.runUntil("failed, trying again in 2 s", put, "install.sh");
            assert.equal(code, 0, output);
            assert.deepEqual(machine.asked, ["zk.tar.gz", "zk.tar.gz"]);
        });

        it("an archive of something else, or of the sources, is refused", async () => {
            const sources = { "zookeeper-server/pom.xml": "<project/>" };
            machine.variables["DISTRIBUTION_SHA512"] = await machine.publish("zk.tar.gz", sources);
            const { code, output } = await machine.run("install.sh");
            assert.equal(code, 1);
            assert.match(output, /holds no bin\/zkServer\.sh: give the URL of a -bin archive/);
            assert.equal(fs.existsSync(home()), false);
        });

        it("an installation that was cut short leaves nothing that counts as one", async () => {
            machine.variables["DISTRIBUTION_SHA512"] = await machine.publish("zk.tar.gz", release);
            fs.mkdirSync(`${home()}.abcdefgh/unpacked/bin`, { recursive: true });
            assert.equal((await machine.run("install.sh")).code, 0);
            assert.deepEqual(
                fs.readdirSync(machine.root).filter((name) => name.startsWith("zookeeper-")),
                ["zookeeper-3.9.5"],
            );
        });

        it("Java that is too old for ZooKeeper's flags is refused by its version", async () => {
            machine.variables["DISTRIBUTION_SHA512"] = await machine.publish("zk.tar.gz", release);
            machine.program("java", `echo 'openjdk version "1.8.0_402"' >&2`);
            const { code, output } = await machine.run("install.sh");
            assert.equal(code, 1);
            assert.match(output, /java on the PATH is version 8, ZooKeeper's flags need 11 or later/);
        });
    });
});

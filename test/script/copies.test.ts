import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { flavours, lines, ScriptServer } from "./scriptServer";

for (const flavour of flavours) {
    describe(`the member script (${flavour}) and copies of its volumes`, () => {
        let server: ScriptServer;
        afterEach(() => server.remove());

        /** A server that joined, was filled, and is stopped: its stamps are the script's own. */
        const filled = async (environment: Record<string, string> = {}) => {
            server = new ScriptServer(flavour, environment);
            await server.startUntil("waiting for the deployer's directive");
            await server.directive(`join 100000009\n${lines(1, 2, 3)}`);
            await server.zooKeeperStarted();
            server.write("data/version-2/snapshot.500000003");
            server.write("data/version-2/currentEpoch", "5");
            server.write("datalog/version-2/log.500000004");
            await server.stop();
        };

        it("its own volumes are none, however often it starts", async () => {
            await filled();
            await server.startZooKeeper();
            await server.restart();
            await server.stop();

            const report = await server.report();
            assert.deepEqual([report["state"], report["copy"]], ["member", "no"], report["reason"]);
        });

        for (const volume of ["data", "datalog"] as const) {
            it(`a copy of ${volume}, made with everything that a copy can keep, counts as blank`, async () => {
                await filled();
                becomeCopy(server, volume);
                const before = server.disks();

                const report = await server.report();

                assert.deepEqual([report["state"], report["copy"]], ["blank", "yes"]);
                assert.match(
                    report["reason"]!,
                    new RegExp(`${volume} is a copy: its files are younger than its stamp`),
                );
                await server.startUntil("younger than its stamp), waiting for the deployer's directive");
                assert.equal((await server.verb("health")).code, 0);
                assert.equal((await server.directive(`bootstrap n1\n${lines(1, 2, 3)}`)).code, 1, "there was data");
                await server.stop();
                assert.equal(server.disks(), before, "nothing is touched before the directive");
            });
        }

        it("a volume made from a snapshot is one by its id, and volumes without ids are not", async () => {
            await filled({ DATA_VOLUME: "vol-1", LOG_VOLUME: "vol-2" });
            assert.equal((await server.report())["state"], "member");

            server.environment["LOG_VOLUME"] = "vol-3";
            const report = await server.report();

            assert.equal(report["state"], "blank");
            assert.match(report["reason"]!, /datalog is a copy: it was made as volume vol-2, this is vol-3$/);
        });

        it("nothing is known where the filesystem does not say when a file was born, or no longer does", async () => {
            const stat = (answer: string) => {
                const program = `#!/bin/bash\n[[ $* != *%.9W* ]] || { echo ${answer}; exit; }\nexec /usr/bin/stat "$@"\n`;
                fs.writeFileSync(path.join(server.root, "bin/stat"), program, { mode: 0o755 });
            };
            await filled();
            stat("0.000000000");
            assert.equal((await server.report())["state"], "member");
            await server.startZooKeeper();
            await server.stop();
            stat("1795295991.298251725");
            assert.equal((await server.report())["state"], "member");
        });

        it("with the directive `join` the data is set aside", async () => {
            await filled();
            becomeCopy(server, "data");
            await server.startUntil("waiting for the deployer's directive");

            assert.equal((await server.directive(`join 600000001\n${lines(1, 2, 3)}`)).code, 0);
            await server.zooKeeperStarted();

            assert.doesNotMatch(server.read("stand-ins/found-disks"), /snapshot/);
            assert.match(server.disks(), /ensemble\/aside\/\S+-version-2\/snapshot\.500000003/);
            assert.equal((await server.report())["copy"], "no");
        });

        it("with the directive `adopt` it starts with its data, and is a member like others after its first quorum", async () => {
            await filled();
            becomeCopy(server, "data");
            becomeCopy(server, "datalog");
            const { generation } = await server.report();
            await server.startUntil("waiting for the deployer's directive");

            assert.equal((await server.directive(`adopt ${generation}`)).code, 0);
            await server.zooKeeperStarted();

            assert.match(server.read("stand-ins/found-disks"), /snapshot\.500000003/);
            let report = await server.report();
            assert.deepEqual([report["state"], report["generation"], report["copy"]], ["member", generation, "yes"]);
            await server.restart();
            assert.equal((await server.directive(`adopt ${generation}`)).code, 0, "given twice");
            server.write("data/version-2/currentEpoch", "6");
            report = await server.report();
            assert.deepEqual([report["state"], report["copy"]], ["member", "no"]);
        });

        it("stopped between the two stamps of an adopted copy, it finds the directive again", async () => {
            await filled();
            becomeCopy(server, "data");
            becomeCopy(server, "datalog");
            const { generation } = await server.report();
            server.write("data/ensemble/directive", `adopt ${generation}\n`);
            const data = server.read("data/ensemble/stamp");
            // As far as it came: the first volume is its own, the other one still a copy.
            const witness = `${server.data}/ensemble/${/^witness=(.*)$/m.exec(data)![1]}`;
            const born = execFileSync("stat", ["-c", "%.9W", witness], { encoding: "utf8" });
            server.write("data/ensemble/stamp", data.replace(/^born=.*$/m, `born=${born.trim()}`));

            await server.startUntil(`the copy of generation ${generation} is adopted`);
            await server.zooKeeperStarted();

            assert.match(server.read("stand-ins/found-disks"), /snapshot\.500000003/);
        });

        it("`adopt` is refused for another generation, and for half a disk", async () => {
            await filled();
            becomeCopy(server, "data");
            const { generation } = await server.report();
            await server.startUntil("waiting for the deployer's directive");

            const other = await server.directive("adopt abcdef");
            assert.equal(other.code, 1);
            assert.match(
                other.stderr,
                /refused: adopt abcdef is for a copy of that generation, this server is blank of/,
            );
            assert.equal((await server.directive("adopt n-1")).code, 2);

            fs.rmSync(server.log, { recursive: true });
            fs.mkdirSync(server.log);
            const report = await server.report();
            assert.deepEqual([report["reason"], report["copy"]], ["generations of data and log volume differ", "no"]);
            assert.equal((await server.directive(`adopt ${generation}`)).code, 1);
        });

        it("a copy from the days of the founding has nothing to keep, and may be told to bootstrap", async () => {
            server = new ScriptServer(flavour);
            await server.startUntil("waiting for the deployer's directive");
            await server.directive(`bootstrap n1\n${lines(1, 2, 3)}`);
            await server.zooKeeperStarted();
            await server.stop();
            becomeCopy(server, "data");

            const report = await server.report();
            assert.deepEqual([report["state"], report["copy"]], ["blank", "no"]);
            await server.startUntil("waiting for the deployer's directive");
            assert.equal((await server.directive(`bootstrap n1\n${lines(1, 2, 3)}`)).code, 0);
        });

        it("files that are put back over the volumes, and the others left, are known when the server ran since", async () => {
            await filled();
            execFileSync("cp", ["-a", server.data, `${server.root}/backup`]);
            await server.startZooKeeper();
            await server.stop();

            // As rsync and tar do it: what is the same stays, what is gone is made, what is more is deleted.
            const stamps = fs.readdirSync(`${server.data}/ensemble`).filter((file) => file.startsWith("witness"));
            execFileSync("cp", ["-a", `${server.root}/backup/.`, server.data]);
            stamps.forEach((file) => fs.rmSync(`${server.data}/ensemble/${file}`));

            assert.deepEqual((await server.report())["copy"], "yes");
        });

        it("a start that was cut short while it renewed a stamp is none", async () => {
            await filled();
            server.write("data/ensemble/witness-00");
            server.write("data/ensemble/stamp.1.tmp", "ensemble=ou");

            await server.startZooKeeper();
            await server.stop();

            assert.equal((await server.report())["state"], "member");
            const left = fs.readdirSync(`${server.data}/ensemble`).filter((file) => file.startsWith("witness"));
            assert.equal(left.length, 1, String(left));
        });

        it("volumes that were stamped before there were witnesses get theirs at the next start", async () => {
            server = new ScriptServer(flavour);
            server.makeMember();
            await server.startZooKeeper();
            await server.stop();
            assert.equal((await server.report())["state"], "member");

            becomeCopy(server, "datalog");
            assert.equal((await server.report())["state"], "blank");
        });

        it("a directive that came with the copy is not obeyed", async () => {
            await filled();
            becomeCopy(server, "data");
            const { generation } = await server.report();
            server.write("data/ensemble/directive", `adopt ${generation}\n`);

            await server.startUntil("waiting for the deployer's directive");

            assert.equal(server.exists("data/ensemble/directive"), false);
            assert.equal((await server.report())["state"], "blank");
        });
    });
}

function becomeCopy(server: ScriptServer, volume: "data" | "datalog"): void {
    const folder = `${server.root}/${volume}`;
    fs.renameSync(folder, `${folder}-original`);
    execFileSync("cp", ["-a", `${folder}-original`, folder]);
    fs.rmSync(`${folder}-original`, { recursive: true });
}

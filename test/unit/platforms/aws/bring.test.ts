import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import type { SSMClient } from "@aws-sdk/client-ssm";
import { Machine } from "../../../../lib/lifecycle/machines";
import { memberScript } from "../../../../lib/member/script";
import { bringCommand } from "../../../../lib/platforms/aws/bring";
import { Connection } from "../../../../lib/platforms/aws/connection";
import { Ec2Machines } from "../../../../lib/platforms/aws/ec2Machines";
import { documentContent, DOCUMENT_LIMIT_BYTES } from "../../../../lib/platforms/aws/files/commandDocument";
import { broughtFiles } from "../../../../lib/platforms/aws/files/machineFiles";

describe("what answers on a machine, when it is brought", () => {
    let folder: string;
    const here = () => broughtFiles().map((file) => ({ ...file, path: path.join(folder, path.basename(file.path)) }));
    const shell = (command: string, environment = {}) =>
        spawnSync("/bin/sh", ["-c", command], { encoding: "utf8", env: { ...process.env, ...environment } });

    beforeEach(() => (folder = fs.mkdtempSync(path.join(tmpdir(), "bring-"))));
    afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

    it("is whole, may be run, and is the member script that a machine has no room for", () => {
        const { status, stderr } = shell(bringCommand(here()));
        assert.equal(status, 0, stderr);
        for (const { path: file, text } of here()) {
            assert.equal(fs.readFileSync(file, "utf8"), text);
            assert.equal(fs.statSync(file).mode & 0o777, 0o755);
        }
        assert.deepEqual(fs.readdirSync(folder), ["deployer.sh", "zk-status"]);
        assert.equal(fs.readFileSync(path.join(folder, "deployer.sh"), "utf8"), memberScript("deployer"));
    });

    it("is whole also when several bring it at the same time", async () => {
        const command = bringCommand(here());
        await Promise.all(Array.from({ length: 5 }, () => promisify(execFile)("/bin/sh", ["-c", command])));
        assert.deepEqual(fs.readdirSync(folder), ["deployer.sh", "zk-status"]);
        assert.equal(fs.readFileSync(path.join(folder, "deployer.sh"), "utf8"), memberScript("deployer"));
    });

    it("that cannot be written leaves nothing, and keeps what was there", () => {
        const programs = path.join(folder, "bin");
        fs.mkdirSync(programs);
        fs.writeFileSync(path.join(folder, "deployer.sh"), "of before");
        fs.writeFileSync(path.join(programs, "sync"), "#!/bin/sh\necho no space >&2; exit 1\n", { mode: 0o755 });
        const { status, stderr } = shell(bringCommand(here()), { PATH: `${programs}:${process.env["PATH"]}` });
        assert.notEqual(status, 0);
        assert.match(stderr, /no space/);
        assert.deepEqual(fs.readdirSync(folder), ["bin", "deployer.sh"]);
        assert.equal(fs.readFileSync(path.join(folder, "deployer.sh"), "utf8"), "of before");
    });

    it("is what zk-member goes by, as the last file", () => {
        const asks = fs.readFileSync("lib/platforms/aws/files/zk-member.sh", "utf8");
        const last = broughtFiles().pop()!.path;
        assert.equal(last, "/usr/local/lib/zookeeper-ensemble/deployer.sh");
        assert.match(asks, /^LIBRARY=\/usr\/local\/lib\/zookeeper-ensemble$/m);
        assert.match(asks, /if \[\[ ! -e \$LIBRARY\/deployer\.sh \]\]; then\n.*\n {4}exit 76\n/);
        assert.match(asks, /exec bash "\$LIBRARY\/deployer\.sh" "\$@"\n$/);
    });

    it("fits into the document of Systems Manager that brings it, with half of it to spare", () => {
        const size = Buffer.byteLength(documentContent());
        assert.ok(size < DOCUMENT_LIMIT_BYTES / 2, `${size} bytes`);
    });
});

describe("a machine that was never asked", () => {
    const machine: Machine = {
        ...{ serverId: 1, machineId: "i-1", name: "i-1", running: true, state: "running" },
        ...{ hasRun: true, specHash: "abc", restarts: 0 },
    };

    it("is brought what answers, once, and then asked again", async () => {
        const { machines, said } = systemsManager(["i-1"]);
        assert.deepEqual(await machines.member(machine, ["report"]), { exitCode: 0, output: "an answer" });
        assert.deepEqual(said, ["i-1 asked", "i-1 brought", "i-1 asked"]);
        await machines.member(machine, ["with-lease", "t", "permit", "stop"]);
        assert.deepEqual(said.slice(3), ["i-1 asked"]);
    });

    it("is brought it by itself, when many are asked together and the others have it", async () => {
        const { machines, said } = systemsManager(["i-2"]);
        const all = ["i-1", "i-2", "i-3"].map((machineId) => ({ ...machine, machineId }));
        const answers = await Promise.all(all.map((each) => machines.member(each, ["report"])));
        assert.deepEqual(
            answers.map(({ exitCode }) => exitCode),
            [0, 0, 0],
        );
        assert.deepEqual(said, ["i-1 i-2 i-3 asked", "i-2 brought", "i-2 asked"]);
    });

    it("that cannot be brought it says why, and is not taken for one that has answered", async () => {
        const { machines } = systemsManager(["i-1"], 1);
        await assert.rejects(
            machines.member(machine, ["report"]),
            /^Error: what answers on i-1 could not be brought there: no space left$/,
        );
    });
});

/** Machines of which some were never asked. */
function systemsManager(without: string[], bringingEnds = 0) {
    const bare = new Set(without);
    const said: string[] = [];
    const codes = new Map<string, number>();
    const answer = ({ input }: { input: Record<string, unknown> }) => {
        if (!("DocumentName" in input)) {
            const code = codes.get(`${input["CommandId"]} ${input["InstanceId"]}`)!;
            const StandardOutputContent =
                code === 0 ? "an answer" : code === 76 ? "nobody has brought" : "no space left";
            return { Status: code === 0 ? "Success" : "Failed", ResponseCode: code, StandardOutputContent };
        }
        const ids = input["InstanceIds"] as string[];
        const bringing = (input["Parameters"] as { verb: string[] }).verb[0] === "bring";
        said.push(`${ids.join(" ")} ${bringing ? "brought" : "asked"}`);
        for (const id of ids) {
            codes.set(`${said.length} ${id}`, bringing ? bringingEnds : bare.has(id) ? 76 : 0);
            if (bringing && bringingEnds === 0) bare.delete(id);
        }
        return { Command: { CommandId: String(said.length) } };
    };
    const ssm = { send: async (command: never) => answer(command) } as unknown as SSMClient;
    const connection = { ssm } as unknown as Connection;
    return { machines: new Ec2Machines(async () => connection, "e", 30, [1]), said };
}

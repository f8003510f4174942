import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zkCliScript } from "../../../lib/member/zkCliScript";

/** Says how it was called, and what was typed, as zkCli.sh answers when its stdin is no terminal. */
const standIn = `#!/bin/bash
printf '%s\\n' "arguments $*" "heap $ZK_CLIENT_HEAP" "flags $CLIENT_JVMFLAGS"
[[ ! -p /dev/stdin ]] || { echo 'Welcome to ZooKeeper!'; while read -r line; do echo "[zk: localhost:2181(CONNECTED) 0] typed $line"; done; }
exit "\${CODE:-0}"
`;

describe("zkCli.sh beside a server", () => {
    let folder: string;
    beforeEach(() => {
        folder = fs.mkdtempSync(join(tmpdir(), "zk-cli-"));
        fs.writeFileSync(join(folder, "zkCli.sh"), standIn, { mode: 0o755 });
    });
    afterEach(() => fs.rmSync(folder, { recursive: true }));

    const run = (words: string[], { zooCfg = "", ...more }: Record<string, string> = {}) => {
        fs.writeFileSync(join(folder, "zoo.cfg"), `tickTime=2000\n${zooCfg}\n`);
        const { status, stdout, stderr } = spawnSync("bash", ["-c", zkCliScript(), "zkCli.sh", ...words], {
            env: {
                PATH: `${folder}:${process.env.PATH}`,
                ENSEMBLE_FILES: folder,
                CLIENT_SPEC: "0.0.0.0:2181",
                ...more,
            },
            input: undefined,
            stdio: ["ignore", "pipe", "pipe"],
            encoding: "utf8",
        });
        return { status, lines: stdout.trimEnd().split("\n"), stderr };
    };
    const quick = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

    it("gets the command as it is, and a small heap", () => {
        assert.deepEqual(run(["create", "/a", "by hand"]).lines, [
            "arguments -server localhost:2181 create /a by hand",
            "heap 64",
            `flags ${quick}`,
        ]);
        assert.equal(run([], { SERVER_JVMFLAGS: "-Xmx1g" }).lines[0], "arguments -server localhost:2181");
        assert.equal(run(["get", "/missing"], { CODE: "3" }).status, 3);
    });

    it("takes nodes as large as the server does", () => {
        const limited = (bytes: number) =>
            run(["get", "/a"], { SERVER_JVMFLAGS: `-Dx=1 -Djute.maxbuffer=${bytes} -Xlog:gc*` }).lines.slice(1);
        assert.deepEqual(limited(4_194_304), ["heap 80", `flags ${quick} -Djute.maxbuffer=4194304`]);
        assert.deepEqual(limited(2_147_483_647), ["heap 256", `flags ${quick} -Djute.maxbuffer=2147483647`]);
    });

    it("authenticates first where servers cut off whoever does not", () => {
        const zooCfg = "enforce.auth.enabled=true";
        const { lines, status } = run(["create", "/a b", 'say "it"', ""], { zooCfg });
        assert.deepEqual(
            [lines[0], ...lines.slice(3)],
            [
                "arguments -waitforconnection -server localhost:2181",
                "typed addauth digest nobody:nothing",
                `typed "create" "/a b" 'say "it"' ""`,
            ],
        );
        assert.equal(status, 0);
        assert.equal(run(["get", "/missing"], { zooCfg, CODE: "3" }).status, 3);
        const impossible = run(["create", "/a", `"it's"`], { zooCfg });
        assert.deepEqual([impossible.status, /cannot be given "it's" beside/.test(impossible.stderr)], [2, true]);
        assert.equal(run(["ls", "/"], { zooCfg: "enforce.auth.enabled=false" }).lines.length, 3);
    });
});

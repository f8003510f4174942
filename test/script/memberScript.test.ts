import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { memberScript, strip } from "../../lib/member/script";

const original = path.join(__dirname, "../../lib/member/scripts/member.sh");

describe("the member script's text", () => {
    it("is stripped of comments, blank lines and indentation, and still bash", () => {
        const lines = memberScript().split("\n");
        assert.equal(lines[0], "#!/usr/bin/env bash");
        assert.equal(lines.pop(), "");
        assert.deepEqual(
            lines.slice(1).filter((line) => /^(\s|#|$)/.test(line)),
            [],
        );
        for (const carrier of ["image", "machine", "deployer"] as const) {
            execFileSync("bash", ["-n"], { input: memberScript(carrier) });
        }
    });

    it("of a machine's own start calls nothing that only an answer needs", () => {
        const functions = (text: string) => [...text.matchAll(/^(\w+)\(\) [{(]/gm)].map(([, name]) => name!);
        const own = memberScript("machine");
        const missing = functions(memberScript("deployer")).filter((name) => !functions(own).includes(name));
        assert.ok(missing.includes("report") && missing.includes("as_super"), missing.join(" "));
        // Where a command stands: a message may have the same word.
        const called = (name: string) => new RegExp(`(^|[;|&(!{}]|then|else|do|if|until)\\s*${name}(?![\\w=-])`, "m");
        assert.match(own, called("look"));
        assert.deepEqual(
            missing.filter((name) => called(name).test(own)),
            [],
        );
        assert.doesNotMatch(own, /^\. /m);
    });

    it("of a machine's own start answers nobody, and starts no second server when it is asked", () => {
        const environment = {
            ENSEMBLE_ID: "ours",
            SERVER_ID: "2",
            SERVER_SPEC: "10.0.0.2:1:2",
            CLIENT_SPEC: "0.0.0.0:1",
        };
        for (const words of [["report"], ["run", "report"], []]) {
            const { status, stdout, stderr } = spawnSync("bash", ["-s", ...words], {
                encoding: "utf8",
                env: { PATH: process.env["PATH"], ...environment },
                input: memberScript("machine"),
            });
            assert.deepEqual([status, stdout], [2, ""], stderr);
            assert.match(stderr, /^member: this only starts the server: zk-member answers$/m);
        }
    });

    it("is short enough for the state of every server", () => {
        assert.ok(memberScript().length < 28_000, `${memberScript().length} characters`);
    });

    it("a here-document, which stripping would change, is refused", () => {
        assert.throws(() => strip("#!/bin/bash\ncat <<-END\n  text\nEND\n"), /here-document.*cat <<-END.*use printf/);
        assert.equal(strip('#!/bin/bash\n# a <<\n  cat <<<"text"\n\n'), '#!/bin/bash\ncat <<<"text"\n');
        assert.equal(
            strip("#!/bin/bash\nsay() { # what\n  echo #1 # 2\n}\n"),
            "#!/bin/bash\nsay() {\necho #1 # 2\n}\n",
        );
    });

    it("has all its parts", () => {
        const parts = readdirSync(path.join(path.dirname(original), "parts"));
        const taken = [...readFileSync(original, "utf8").matchAll(/\/parts\/(\w+\.sh)"$/gm)].map(([, part]) => part);
        assert.deepEqual(taken.sort(), parts.sort());
        assert.doesNotMatch(memberScript(), /^\. /m);
    });

    it("is clean under shellcheck", async function () {
        this.timeout(120_000);
        // @ts-expect-error the tools are plain JavaScript
        const { ensurePrograms } = await import("../../tools/docker/apt.mjs");
        await ensurePrograms({ shellcheck: "shellcheck" }, "to check the script");
        const words = ["--external-sources", "--shell", "bash", original];
        const { error, status, stdout } = spawnSync("shellcheck", words, { encoding: "utf8" });
        assert.equal(error, undefined);
        assert.equal(status, 0, stdout);
    });
});

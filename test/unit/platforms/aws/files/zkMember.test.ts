import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { conditionOf } from "../../../../../lib/lifecycle/observe/condition";
import { parseReport } from "../../../../../lib/lifecycle/observe/report";
import { observation } from "../../../../support/lifecycle/observations";

/** The report of a machine whose preparation has failed, with its server's unit in this state. */
function reportWith(unitState: string): string {
    const folder = mkdtempSync(path.join(tmpdir(), "zk-member-"));
    try {
        const states = `case \${!#} in zookeeper-install.*) echo active ;; zookeeper.*) echo ${unitState} ;; *) echo failed ;; esac`;
        writeFileSync(path.join(folder, "systemctl"), `#!/bin/bash\n${states}\n`, { mode: 0o755 });
        const env = { PATH: `${folder}:${process.env["PATH"]}` };
        const script = "lib/platforms/aws/files/zk-member.sh";
        return execFileSync("bash", [script, "report"], { encoding: "utf8", env });
    } finally {
        rmSync(folder, { recursive: true });
    }
}

describe("a machine whose preparation has failed", () => {
    const { machine } = observation("1 leader").servers.get(1)!;
    const condition = (unitState: string) => conditionOf(machine, { report: parseReport(reportWith(unitState)) });

    it("refuses, and says where to read why", () => {
        const refused = condition("inactive");
        assert.ok(refused.is === "refused");
        assert.equal(refused.report.reason, "journalctl -u zookeeper-machine.service says why");
        assert.equal(condition("failed").is, "refused");
    });

    it("is not taken for one whose server is down while that still runs: nobody has asked it", () => {
        for (const state of ["active", "deactivating"]) {
            assert.equal(condition(state).is, "silent", state);
        }
    });
});

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import type { SSMClient } from "@aws-sdk/client-ssm";
import { quoted, runCommand, sharedCommand } from "../../../../lib/platforms/aws/runCommand";

interface Sent {
    InstanceIds: string[];
    DocumentName: string;
    TimeoutSeconds: number;
    Parameters: { commands: string[]; executionTimeout: string[] };
}

describe("a command by Systems Manager", () => {
    it("answers with the command's output and exit code", async () => {
        const { ssm, sent } = systemsManager();
        assert.deepEqual(await runCommand(ssm, "i-1", "echo yes; echo no >&2; exit 3", 20), {
            exitCode: 3,
            output: "yes\nno",
        });
        assert.deepEqual(sent[0]!.InstanceIds, ["i-1"]);
        assert.equal(sent[0]!.DocumentName, "AWS-RunShellScript");
        assert.deepEqual(sent[0]!.Parameters.executionTimeout, ["20"]);
    });

    it("waits while the invocation does not exist yet, and while it runs", async () => {
        const { ssm, asked } = systemsManager({
            before: ["InvocationDoesNotExist", "Pending", "InProgress", "Delayed"],
        });
        assert.equal((await runCommand(ssm, "i-1", "echo yes", 20)).output, "yes");
        assert.equal(asked(), 5);
    });

    it("an answer longer than Systems Manager keeps comes whole", async () => {
        const { ssm } = systemsManager();
        const lines = "seq -f 'server.%g=10.0.0.1:2888:3888:participant;0.0.0.0:2181' 1 2000";
        const { output, exitCode } = await runCommand(ssm, "i-1", lines, 20);
        assert.equal(exitCode, 0);
        assert.equal(output, execFileSync("/bin/sh", ["-c", lines], { encoding: "utf8" }).trimEnd());
        assert.ok(output.length > 100_000);
    });

    it("an answer that does not fit even so is an error, not half an answer", async () => {
        const { ssm } = systemsManager();
        await assert.rejects(runCommand(ssm, "i-1", "head -c 60000 /dev/urandom | base64", 20), /longer than/);
    });

    it("words reach the command as they are", async () => {
        const { ssm } = systemsManager();
        const words = ["add=server.4=10.0.0.4:2888:3888:participant;0.0.0.0:2181", "it's", '$HOME `id` "x" \\', ""];
        const { output } = await runCommand(ssm, "i-1", ["printf '<%s>'", ...words.map(quoted)].join(" "), 20);
        assert.equal(output, words.map((word) => `<${word}>`).join(""));
    });

    it("a machine that is not there yet is told so", async () => {
        const { ssm } = systemsManager({ unknown: ["i-1"] });
        await assert.rejects(runCommand(ssm, "i-1", "true", 20), /its agent has not come up yet/);
    });

    it("one command for many machines is one call", async () => {
        const { ssm, sent } = systemsManager();
        const ask = sharedCommand(ssm, "echo yes", 20);
        const answers = await Promise.all(["i-1", "i-2", "i-3"].map(ask));
        assert.deepEqual(
            answers.map(({ output }) => output),
            ["yes", "yes", "yes"],
        );
        assert.deepEqual(
            sent.map(({ InstanceIds }) => InstanceIds),
            [["i-1", "i-2", "i-3"]],
        );
        await ask("i-2");
        assert.deepEqual(sent[1]!.InstanceIds, ["i-2"], "what is asked later is asked anew");
    });

    it("one machine that is not there does not keep the others from answering", async () => {
        const { ssm } = systemsManager({ unknown: ["i-2"] });
        const ask = sharedCommand(ssm, "echo yes", 20);
        const answers = await Promise.allSettled(["i-1", "i-2", "i-3"].map(ask));
        assert.deepEqual(
            answers.map(({ status }) => status),
            ["fulfilled", "rejected", "fulfilled"],
        );
    });

    for (const status of ["TimedOut", "Cancelled", "Undeliverable"]) {
        it(`a command that ended as ${status} has no answer`, async () => {
            const { ssm } = systemsManager({ before: [status] });
            await assert.rejects(runCommand(ssm, "i-1", "true", 20), new RegExp(`a command ended as ${status}`));
        });
    }
});

/** Runs commands here, as /bin/sh, and cuts what they print as Systems Manager does. */
function systemsManager({ before = [], unknown = [] }: { before?: string[]; unknown?: string[] } = {}) {
    const sent: Sent[] = [];
    const states = [...before];
    let asked = 0;
    const answer = (command: { constructor: { name: string }; input: unknown }) => {
        if (command.constructor.name === "SendCommandCommand") {
            const input = command.input as Sent;
            if (input.InstanceIds.some((id) => unknown.includes(id))) {
                throw Object.assign(new Error("refused"), { name: "InvalidInstanceId" });
            }
            sent.push(input);
            return { Command: { CommandId: "c-1" } };
        }
        asked++;
        const state = states.shift();
        if (state === "InvocationDoesNotExist") {
            throw Object.assign(new Error("not yet"), { name: state });
        }
        if (state) {
            return { Status: state, StatusDetails: state, ResponseCode: -1 };
        }
        const { status, stdout, stderr } = spawnSync("/bin/sh", ["-c", sent[0]!.Parameters.commands.join("\n")], {
            encoding: "utf8",
            maxBuffer: 10_000_000,
        });
        return {
            Status: status === 0 ? "Success" : "Failed",
            ResponseCode: status,
            StandardOutputContent: stdout.slice(0, 24_000),
            StandardErrorContent: stderr.slice(0, 8_000),
        };
    };
    const ssm = { send: async (command: never) => answer(command) } as unknown as SSMClient;
    return { ssm, sent, asked: () => asked };
}

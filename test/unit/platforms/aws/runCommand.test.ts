import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import type { SSMClient } from "@aws-sdk/client-ssm";
import { documentContent, Question, verbs } from "../../../../lib/platforms/aws/files/commandDocument";
import { preparationUnits } from "../../../../lib/platforms/aws/files/machinePlaces";
import { ask, sharedQuestion } from "../../../../lib/platforms/aws/runCommand";
import { checkedDocument, checkedParameters, scriptOf } from "../../../ec2/simulator/documents";

interface Sent {
    InstanceIds: string[];
    DocumentName: string;
    TimeoutSeconds: number;
    Parameters: Record<string, string[]>;
}

const report: Question = { verb: "report" };

describe("a question by Systems Manager", () => {
    let folder: string;
    beforeEach(() => (folder = fs.mkdtempSync(path.join(tmpdir(), "machine-"))));
    afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

    it("answers with the command's output and exit code", async () => {
        const { asking, sent } = systemsManager({ "zk-member": "echo yes; echo no >&2; exit 3" });
        assert.deepEqual(await ask(asking, "i-1", report, 20), { exitCode: 3, output: "yes\nno" });
        assert.deepEqual(sent[0]!.InstanceIds, ["i-1"]);
        assert.equal(sent[0]!.DocumentName, "zookeeper-ensemble-e");
        assert.deepEqual(sent[0]!.Parameters.executionTimeout, ["20"]);
    });

    it("waits while the invocation does not exist yet, and while it runs", async () => {
        const before = ["InvocationDoesNotExist", "Pending", "InProgress", "Delayed"];
        const { asking, asked } = systemsManager({ "zk-member": "echo yes" }, { before });
        assert.equal((await ask(asking, "i-1", report, 20)).output, "yes");
        assert.equal(asked(), 5);
    });

    it("an answer longer than Systems Manager keeps comes whole", async () => {
        const lines = "seq -f 'server.%g=10.0.0.1:2888:3888:participant;0.0.0.0:2181' 1 2000";
        const { asking } = systemsManager({ "zk-member": lines });
        const { output, exitCode } = await ask(asking, "i-1", report, 20);
        assert.equal(exitCode, 0);
        assert.equal(output, spawnSync("/bin/sh", ["-c", lines], { encoding: "utf8" }).stdout.trimEnd());
        assert.ok(output.length > 100_000);
    });

    it("an answer that does not fit even so is an error, not half an answer", async () => {
        const { asking } = systemsManager({ "zk-member": "head -c 60000 /dev/urandom | base64" });
        await assert.rejects(ask(asking, "i-1", report, 20), /longer than/);
    });

    const words = [
        "add=server.4=10.0.0.4:2888:3888:participant;0.0.0.0:2181",
        "it's",
        '$HOME `id` "x" \\',
        "",
        "a\nb ",
    ];

    it("words reach the member script as they are", async () => {
        const { asking } = systemsManager({ "zk-member": "printf '<%s>' \"$@\"" });
        const { output } = await ask(asking, "i-1", { verb: "with-lease", words }, 20);
        assert.equal(output, ["with-lease", ...words].map((word) => `<${word}>`).join(""));
        const none = await ask(asking, "i-1", { ...report, serverId: 2 }, 20);
        assert.equal(none.output, "<2><report>");
    });

    it("and ZooKeeper's client, as the user that the server's environment names", async () => {
        const { asking } = systemsManager({ "zk-member": "" });
        const environment = "STEP_DOWN='env WHO=zookeeper'\nCLIENT_SPEC=0.0.0.0:2181\nENSEMBLE_FILES=/none\n";
        fs.writeFileSync(path.join(folder, "environment"), environment);
        program("zkCli.sh", 'printf \'<%s>\' "$WHO" "$@"');
        const { output } = await ask(asking, "i-1", { verb: "client", words: ["create", "/a b", "it's $HOME"] }, 20);
        assert.equal(output, "<zookeeper><-server><localhost:2181><create></a b><it's $HOME>");
    });

    it("every verb that the document takes is one that its script knows, and the lifecycle's are among them", async () => {
        const known = ["zk-member", "zk-server", "journalctl", "zkCli.sh"].map((name) => [name, "true"]);
        const { asking } = systemsManager(Object.fromEntries(known));
        fs.writeFileSync(path.join(folder, "environment"), "STEP_DOWN=\nCLIENT_SPEC=:2181\nENSEMBLE_FILES=/none\n");
        for (const verb of verbs.filter((each) => each !== "bring")) {
            const { exitCode, output } = await ask(asking, "i-1", { verb, words: ["1"] }, 20);
            assert.equal(exitCode, 0, `${verb}: ${output}`);
        }
        assert.ok(
            ["report", "lease", "with-lease", "leave", "directive"].every((verb) => verbs.some((v) => v === verb)),
        );
    });

    it("servers of one machine are listed, started and stopped", async () => {
        const { asking } = systemsManager({ "zk-server": "printf '<%s>' \"$@\"" });
        for (const [question, expected] of [
            [{ verb: "list" }, "<list>"],
            [{ verb: "start", serverId: 7 }, "<start><7>"],
            [{ verb: "stop", serverId: 255 }, "<stop><255>"],
        ] as const) {
            assert.equal((await ask(asking, "i-1", question, 20)).output, expected);
        }
    });

    it("logs are those of the server's unit and of the machine's preparation, so many lines", async () => {
        const { asking } = systemsManager({ journalctl: "printf '%s ' \"$@\"" });
        const { output } = await ask(asking, "i-1", { verb: "logs", words: ["50"] }, 20);
        const units = ["zookeeper.service", ...preparationUnits].map((unit) => `-u ${unit}`).join(" ");
        assert.equal(output, `${units} -n 50 -o cat --no-pager `);
        const ofTwo = await ask(asking, "i-1", { verb: "logs", words: ["50"], serverId: 2 }, 20);
        assert.match(ofTwo.output, /^-u zookeeper@2\.service /);
        const odd = await ask(asking, "i-1", { verb: "logs", words: ["1 --file=/etc/shadow"] }, 20);
        assert.equal(odd.exitCode, 2);
    });

    it("nothing but its verbs can be asked for, and no parameter is ever a part of a script", () => {
        const document = checkedDocument(documentContent());
        const given = { verb: ["report"], words: [""], server: [""], executionTimeout: ["20"] };
        assert.ok(checkedParameters(document, given));
        assert.deepEqual(document.parameters.verb!.allowedValues, verbs);
        const bad = ["'; id; '", "$(id)", "`id`", "a b", "\n", "a'", '"', "{{ verb }}", "../x", "-1", "0"];
        for (const name of ["verb", "words", "server", "executionTimeout"]) {
            for (const value of bad) {
                // Base 64 has digits, too: they are harmless between quotes.
                if (name === "words" && /^[\dA-Za-z+/]*$/.test(value)) continue;
                const odd = { ...given, [name]: [value] };
                assert.throws(
                    () => checkedParameters(document, odd),
                    { name: "InvalidParameters" },
                    `${name} ${value}`,
                );
            }
        }
        assert.throws(() => checkedParameters(document, { ...given, commands: ["id"] }), { name: "InvalidParameters" });
    });

    it("a machine that is not there yet is told so", async () => {
        const { asking } = systemsManager({}, { unknown: ["i-1"] });
        await assert.rejects(ask(asking, "i-1", report, 20), /its agent has not come up yet/);
    });

    it("a document that is not there is named, with the way to have it again", async () => {
        const { asking } = systemsManager({}, { documents: [] });
        await assert.rejects(
            ask(asking, "i-1", report, 20),
            /the document zookeeper-ensemble-e of Systems Manager, .* `pulumi up --refresh`/,
        );
    });

    it("one question to many machines is one call", async () => {
        const { asking, sent } = systemsManager({ "zk-member": "echo yes" });
        const askAll = sharedQuestion(asking, report, 20);
        const answers = await Promise.all(["i-1", "i-2", "i-3"].map(askAll));
        assert.deepEqual(
            answers.map(({ output }) => output),
            ["yes", "yes", "yes"],
        );
        assert.deepEqual(
            sent.map(({ InstanceIds }) => InstanceIds),
            [["i-1", "i-2", "i-3"]],
        );
        await askAll("i-2");
        assert.deepEqual(sent[1]!.InstanceIds, ["i-2"], "what is asked later is asked anew");
    });

    it("one machine that is not there does not keep the others from answering", async () => {
        const { asking } = systemsManager({ "zk-member": "echo yes" }, { unknown: ["i-2"] });
        const answers = await Promise.allSettled(["i-1", "i-2", "i-3"].map(sharedQuestion(asking, report, 20)));
        assert.deepEqual(
            answers.map(({ status }) => status),
            ["fulfilled", "rejected", "fulfilled"],
        );
    });

    for (const status of ["TimedOut", "Cancelled", "Undeliverable"]) {
        it(`a command that ended as ${status} has no answer`, async () => {
            const { asking } = systemsManager({}, { before: [status] });
            await assert.rejects(ask(asking, "i-1", report, 20), new RegExp(`a command ended as ${status}`));
        });
    }

    function program(name: string, script: string): void {
        fs.writeFileSync(path.join(folder, name), `#!/bin/bash\n${script}\n`, { mode: 0o755 });
    }

    interface Behaviour {
        readonly before?: string[];
        readonly unknown?: string[];
        readonly documents?: string[];
    }

    /** Runs the document here, as /bin/sh, with these programs, and cuts what they print as Systems Manager does. */
    function systemsManager(programs: Record<string, string>, behaviour: Behaviour = {}) {
        const { before = [], unknown = [], documents = ["zookeeper-ensemble-e"] } = behaviour;
        Object.entries(programs).forEach(([name, script]) => program(name, script));
        const sent: Sent[] = [];
        const states = [...before];
        let asked = 0;
        const refuse = (name: string) => {
            throw Object.assign(new Error("refused"), { name });
        };
        const answer = (command: { constructor: { name: string }; input: unknown }) => {
            if (command.constructor.name === "SendCommandCommand") {
                const input = command.input as Sent;
                if (!documents.includes(input.DocumentName)) refuse("InvalidDocument");
                if (input.InstanceIds.some((id) => unknown.includes(id))) refuse("InvalidInstanceId");
                sent.push(input);
                return { Command: { CommandId: "c-1" } };
            }
            asked++;
            const state = states.shift();
            if (state === "InvocationDoesNotExist") refuse(state);
            if (state) {
                return { Status: state, StatusDetails: state, ResponseCode: -1 };
            }
            return played(sent.at(-1)!);
        };
        const ssm = { send: async (command: never) => answer(command) } as unknown as SSMClient;
        return { asking: { ssm, document: "zookeeper-ensemble-e" }, sent, asked: () => asked };
    }

    function played({ Parameters }: Sent) {
        const document = checkedDocument(documentContent());
        const { script } = scriptOf(document, checkedParameters(document, Parameters));
        const { status, stdout, stderr } = spawnSync("/bin/sh", ["-c", script], {
            encoding: "utf8",
            maxBuffer: 10_000_000,
            env: {
                PATH: `${folder}:${process.env["PATH"]}`,
                ...{ BIN: folder, STATE: folder, CONFIGURATION: folder },
            },
        });
        return {
            Status: status === 0 ? "Success" : "Failed",
            ResponseCode: status,
            StandardOutputContent: stdout.slice(0, 24_000),
            StandardErrorContent: stderr.slice(0, 8_000),
        };
    }
});

import assert from "node:assert/strict";
import { CommandError, parseCommand, usage } from "../../../lib/cli/command";
import { run } from "../../../lib/cli/run";

const here = { cwd: ".", stack: undefined, ensemble: undefined };

function faultOf(...args: string[]): string {
    try {
        parseCommand(args);
    } catch (error) {
        assert.ok(error instanceof CommandError, String(error));
        return error.message;
    }
    return assert.fail(`${args.join(" ")} was taken`);
}

describe("the command line", () => {
    it("takes status with its options", () => {
        const where = { cwd: "infra", stack: "dev", ensemble: "orders" };
        const wanted = { what: "status", where, watch: true, json: true };
        const options = ["--stack", "dev", "--cwd", "infra", "--ensemble", "orders", "--watch", "--json"];
        assert.deepEqual(parseCommand(["status", ...options]), wanted);
        assert.deepEqual(parseCommand(["status"]), { what: "status", where: here, watch: false, json: false });
    });

    it("takes logs with a server's id", () => {
        assert.deepEqual(parseCommand(["logs", "3"]), { what: "logs", where: here, id: 3, lines: 100 });
        assert.deepEqual(parseCommand(["logs", "--lines", "7", "3"]), { what: "logs", where: here, id: 3, lines: 7 });
    });

    it("hands everything behind -- to zkCli.sh, options included", () => {
        assert.deepEqual(parseCommand(["cli", "2", "--", "ls", "-R", "/"]), {
            what: "cli",
            where: here,
            id: 2,
            words: ["ls", "-R", "/"],
        });
        assert.deepEqual(parseCommand(["cli"]), { what: "cli", where: here, id: undefined, words: [] });
    });

    it("says what is wrong and how it is right", () => {
        assert.match(faultOf(), /the command comes first\n\nusage: /);
        assert.match(faultOf("--stack", "dev", "status"), /the command comes first/);
        assert.match(faultOf("state"), /"state" is no command: use status, logs or cli/);
        assert.match(faultOf("status", "--wach"), /--wach/);
        assert.match(faultOf("status", "orders"), /status does not take "orders"/);
        assert.match(faultOf("status", "--", "x"), /takes nothing after --/);
        assert.match(faultOf("logs"), /needs the id of a server: zookeeper-ensemble logs 1/);
        assert.match(faultOf("logs", "256"), /from 1 to 255, not "256"/);
        assert.match(faultOf("logs", "1", "--lines", "-1"), /--lines/);
        assert.match(faultOf("cli", "ls", "/"), /stands after --: zookeeper-ensemble cli -- ls \//);
        assert.match(faultOf("cli", "1", "2"), /one id only, not 1 2: zookeeper-ensemble cli 1$/);
    });

    it("ends with 0 after --help, with 2 after a mistake, and with 2 outside of a project", async () => {
        const said: string[] = [];
        const say = (text: string) => void said.push(text);
        const untilInterrupted = () => AbortSignal.abort();
        const console = { print: say, complain: say, clear: () => {}, untilInterrupted };
        assert.equal(await run(["logs", "--help"], console), 0);
        assert.deepEqual(said.splice(0), [usage]);
        assert.equal(await run(["nothing"], console), 2);
        assert.match(said.splice(0).join(), /^zookeeper-ensemble: "nothing" is no command/);
        assert.equal(await run(["status", "--cwd", "/"], console), 2);
        assert.match(said.splice(0).join(), /\/ is no Pulumi project \(no Pulumi\.yaml\): name its folder by --cwd/);
    });
});

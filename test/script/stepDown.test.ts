import assert from "node:assert/strict";
import { ScriptServer } from "./scriptServer";

/** Run as root the script becomes ZooKeeper's user; run as that user there is nothing to step down from. */
describe("the member script steps down from root", () => {
    let server: ScriptServer;
    afterEach(() => server.remove());

    for (const [what, environment, asked] of [
        ["by gosu, as the official image has it", {}, undefined],
        ["by the command that a machine without gosu gives", { STEP_DOWN: "gosu another-user" }, "another-user"],
    ] as const) {
        it(what, async () => {
            server = new ScriptServer("stripped", environment);
            server.makeMember();
            await server.startZooKeeper();
            const user = asked ?? server.environment["ZOOKEEPER_USER"];
            assert.equal(
                server.exists("stand-ins/gosu") ? server.read("stand-ins/gosu") : undefined,
                process.getuid?.() === 0 ? user : undefined,
            );
        });
    }
});

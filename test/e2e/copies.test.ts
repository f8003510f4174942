import assert from "node:assert/strict";
import { docker, runScript } from "../support/dockerWorld";
import { typeAsInGuide } from "../support/operationsGuide";
import { StackUnderTest } from "../support/stackUnderTest";
import { allServe, everybody, nameOf, three } from "../support/threeServers";
import { ZkClient } from "../support/zkClient";

const image = "zookeeper:3.9.5";

describe("an ensemble whose volumes are given back from a backup", function () {
    this.timeout(600_000);

    it("fills one server that got its own anew, and adopts what is there, with consent, when all got theirs", () =>
        StackUnderTest.use(async (stack) => {
            await stack.up(three(stack));
            await ZkClient.use(stack.host(1), (client) => client.create("/before", "in the backup"));
            await stack.up(three(stack, { running: false }));
            await Promise.all(everybody.map((id) => backUp(stack, id)));
            await stack.up(three(stack));
            await allServe(stack);
            await ZkClient.use(stack.host(1), (client) => client.create("/after", "not in the backup"));

            await docker.getContainer(nameOf(stack, 2)).stop({ t: 10 });
            await restore(stack, 2);
            const one = await stack.up(three(stack));
            assert.match(one.text, /server 2 is told to join \(blank \(\S+ is a copy: .*\), waits for its directive\)/);
            await allServe(stack);
            assert.equal(await read(stack, 2, "/after"), "not in the backup");

            await stack.up(three(stack, { running: false }));
            await restore(stack, 1, 3);
            const text = await stack.failingUp(three(stack));
            assert.match(
                text,
                /server 1, 3 lost all data \(server 1, 3 has a copy: all get one, or none\), which is a majority/,
            );
            await Promise.all(everybody.map((id) => docker.getContainer(nameOf(stack, id)).stop({ t: 10 })));
            await restore(stack, 1, 2, 3);
            assert.match(
                await stack.failingUp(three(stack)),
                /the volumes of server 1, 2, 3 are copies, and nothing newer is left: .* set lifecycle.acceptRollback/s,
            );
            const consent = { acceptRollback: "the backup of this test" };
            const all = await stack.up(three(stack, consent));
            assert.match(
                all.text,
                /server 1, 2, 3 is told to adopt the copy that its volumes are: what was acknowledged/,
            );
            await allServe(stack);
            for (const id of everybody) {
                assert.equal(await read(stack, id, "/before"), "in the backup");
            }
            assert.equal(await ZkClient.use(stack.host(1), (client) => client.exists("/after")), false);

            await ZkClient.use(stack.host(3), (client) => client.create("/after", "written anew"));
            assert.deepEqual((await stack.up(three(stack, consent))).steps, []);
            assert.equal(await read(stack, 2, "/after"), "written anew");
            await docker.getVolume(backupOf(stack)).remove();
        }));
});

function backupOf(stack: StackUnderTest): string {
    return `${stack.project}-backup`;
}

async function backUp(stack: StackUnderTest, id: number): Promise<void> {
    for (const what of ["data", "log"]) {
        await runScript(image, `tar --create --directory /volume --file /backup/${id}-${what}.tar .`, {
            binds: [`${nameOf(stack, id)}-${what}:/volume:ro`, `${backupOf(stack)}:/backup`],
        });
    }
}

async function restore(stack: StackUnderTest, ...ids: number[]): Promise<void> {
    await typeAsInGuide("Give an ensemble back from a backup", {
        "shop-dev-coordination-d2bf": stack.project,
        "1 2 3": ids.join(" "),
        "--volume /backup:": `--volume ${backupOf(stack)}:`,
    });
}

function read(stack: StackUnderTest, id: number, path: string): Promise<string> {
    return ZkClient.use(stack.host(id), (client) => client.read(path));
}

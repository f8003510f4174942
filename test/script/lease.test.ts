import assert from "node:assert/strict";
import { flavours, ScriptServer } from "./scriptServer";

const uptimeSeconds = () => Math.floor(process.hrtime()[0]);

for (const flavour of flavours) {
    describe(`the lease of the member script (${flavour})`, () => {
        let server: ScriptServer;
        beforeEach(() => (server = new ScriptServer(flavour)));
        afterEach(() => server.remove());

        const lease = async (what: string, token: string) => {
            const { code, stdout } = await server.verb("lease", what, token);
            // Between the take and the word of it a busy machine lets a second or two go by.
            return `${code} ${stdout.trim().split("\n").join(" ")}`.replace(/leaseSeconds=1[789]\b/, "leaseSeconds=20");
        };
        /** As if this long had gone by since the last take: the end moves back. */
        const age = (seconds: number) => {
            const [token, end, changes] = server.read("run/lease").trim().split(" ");
            server.write("run/lease", `${token} ${Number(end) - seconds} ${changes}\n`);
        };

        it("belongs to one token at a time, and goes on as long as it is renewed", async () => {
            assert.equal(await lease("take", "one"), "0 lease=one leaseSeconds=20 leaseChanges=1");
            age(15);
            assert.match(await lease("take", "two"), /^1 lease=one leaseSeconds=[2-5] leaseChanges=1$/);
            assert.equal(await lease("take", "one"), "0 lease=one leaseSeconds=20 leaseChanges=1");
        });

        it("is free again after its time, and its first holder sees that another one had it", async () => {
            await lease("take", "one");
            age(21);
            assert.equal(await lease("take", "two"), "0 lease=two leaseSeconds=20 leaseChanges=2");
            assert.match(await lease("take", "one"), /^1 lease=two /);
            await lease("release", "two");
            assert.equal(await lease("take", "one"), "0 lease=one leaseSeconds=20 leaseChanges=3");
        });

        it("is not changed by a pause in which nobody took it", async () => {
            await lease("take", "one");
            age(60);
            assert.equal(await lease("take", "one"), "0 lease=one leaseSeconds=20 leaseChanges=1");
        });

        it("is released by its holder only", async () => {
            await lease("take", "one");
            assert.match(await lease("release", "two"), /^0 lease=one /);
            assert.equal(await lease("release", "one"), "0 lease= leaseSeconds=0 leaseChanges=1");
            assert.match(await lease("take", "two"), /^0 lease=two /);
        });

        it("of an earlier boot, or damaged, is nobody's", async () => {
            server.write("run/lease", `one ${uptimeSeconds() + 1_000_000} 1\n`);
            assert.match(await lease("take", "two"), /^0 lease=two /);
            for (const text of ["", "one", "one x 1\n", "one 5\n"]) {
                server.write("run/lease", text);
                assert.match(await lease("take", "two"), /^0 lease=two leaseSeconds=20 /, JSON.stringify(text));
            }
        });

        it("goes to one of many that ask at the same moment", async () => {
            const tokens = ["a", "b", "c", "d", "e", "f"];
            const answers = await Promise.all(tokens.map((token) => lease("take", token)));
            assert.equal(answers.filter((answer) => answer.startsWith("0 ")).length, 1, answers.join("\n"));
        });

        it("is told by the report, and is not on the volumes", async () => {
            const before = server.disks();
            await lease("take", "one");
            assert.match((await server.verb("report")).stdout, /^lease=one\nleaseSeconds=(20|1[789])$/m);
            assert.equal(server.disks(), before);
        });

        it("refuses what is no token", async () => {
            for (const words of [[], ["take"], ["take", "a b"], ["keep", "a"], ["take", "a\nb"]]) {
                assert.equal((await server.verb("lease", ...words)).code, 2, JSON.stringify(words));
            }
        });
    });
}

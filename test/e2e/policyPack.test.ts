import assert from "node:assert/strict";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ZookeeperEnsemble, ZookeeperEnsembleArgs } from "../../lib";
import { linkModules } from "../support/linkedModules";
import { StackUnderTest } from "../support/stackUnderTest";

describe("the policy pack in the engine, at a preview", function () {
    this.timeout(300_000);
    let pack = "";
    before(async () => {
        pack = await mkdtemp(join(tmpdir(), "policy-pack-"));
        await cp(resolve("policy"), pack, { recursive: true });
        await linkModules(pack);
        await writeFile(join(pack, "config.json"), '{ "odd-size-in-production": { "production": "^t$" } }');
    });
    after(() => rm(pack, { recursive: true, force: true }));

    const preview = async (args: ZookeeperEnsembleArgs, config?: string): Promise<string> => {
        const text: string[] = [];
        await StackUnderTest.use(async ({ stack }) => {
            const program = async () => void new ZookeeperEnsemble("coordination", args);
            const policies = {
                policyPacks: [pack],
                policyPackConfigs: config === undefined ? [] : [join(pack, config)],
            };
            await stack
                .preview({ program, ...policies, onOutput: (chunk) => text.push(chunk) })
                .catch((error: Error) => text.push(`FAILED ${error.message}`));
        });
        return text.join("");
    };

    it("lets an ensemble as it is by default pass", async () => {
        const text = await preview({ docker: {} });
        assert.doesNotMatch(text, /FAILED|\[(mandatory|advisory)\]/, text);
        assert.match(text, /Policies:\s+✅ zookeeper-ensemble@/, text);
    });

    it("fails with the value, the rule and the way out, and reads its configuration", async () => {
        const text = await preview({ size: 4, docker: { publishAddress: "0.0.0.0" } }, "config.json");
        assert.match(text, /FAILED/);
        assert.match(text, /no-public-client-port.*\n.*ZooKeeper has no authentication/, text);
        assert.match(
            text,
            /host port 2181 is published on 0\.0\.0\.0.*leave docker\.publishAddress at 127\.0\.0\.1/,
            text,
        );
        assert.match(text, /odd-size-in-production/, text);
    });
});

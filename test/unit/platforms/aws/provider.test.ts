import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EnsembleError } from "../../../../lib/errors";
import { loadAwsProvider } from "../../../../lib/platforms/aws/provider";

const root = join(__dirname, "../../../..");

describe("the AWS provider's package", () => {
    it("is found beside the library, and all that is used of it is there", () => {
        const loaded = Object.entries(loadAwsProvider());
        assert.equal(loaded.length, 16);
        loaded.forEach(([name, value]) => assert.equal(typeof value, "function", name));
    });

    it("says how to get it when it is not installed", () => {
        inFolder((folder) => {
            assert.throws(() => loadAwsProvider([join(folder, "program.js")]), {
                name: "EnsembleError",
                message: /@pulumi\/aws is not installed.*npm install @pulumi\/aws/,
            });
        });
    });

    it("is refused when it is older than what the component needs", () => {
        inFolder((folder) => {
            const installed = join(folder, "node_modules/@pulumi/aws");
            mkdirSync(installed, { recursive: true });
            writeFileSync(join(installed, "package.json"), JSON.stringify({ name: "@pulumi/aws", version: "6.83.0" }));
            assert.throws(
                () => loadAwsProvider([join(folder, "program.js")]),
                (error) =>
                    error instanceof EnsembleError && /version 6\.83\.0, .* needs 7 or later/.test(error.message),
            );
        });
    });

    it("is never loaded whole, and not at all for an ensemble on Docker", () => {
        const program = (platform: string) => `
            require("./lib");
            ${platform};
            const files = Object.keys(require.cache).filter((file) => file.includes("/@pulumi/aws/"));
            console.log(JSON.stringify(files));`;
        const filesOf = (platform: string) =>
            JSON.parse(
                execFileSync(process.execPath, ["--require", "tsx/cjs", "--eval", program(platform)], {
                    cwd: root,
                    encoding: "utf8",
                }),
            ) as string[];
        const docker = `require("./lib/platforms/docker/dockerPlatform")`;
        assert.deepEqual(filesOf(docker), []);
        const aws = filesOf(`require("./lib/platforms/aws/provider").loadAwsProvider()`);
        assert.ok(aws.some((file) => file.endsWith("/ec2/instance.js")));
        assert.ok(!aws.some((file) => /aws\/(ec2\/|iam\/|ebs\/)?index\.js$/.test(file)), aws.join("\n"));
    });
});

function inFolder(action: (folder: string) => void): void {
    const folder = mkdtempSync(join(tmpdir(), "provider-"));
    try {
        action(folder);
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

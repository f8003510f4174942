import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { codeBlocks, documentOf } from "../support/documents";
import { packageFolder, pulumi } from "../support/packageProgram";

/** The documents' example with a secret; a wrong one must not compile, or compiling proves nothing. */
function goProgram(role: string): string {
    const [example = ""] = codeBlocks(documentOf("docs/languages.md"), "go");
    const image = `Docker: &zookeeperensemble.DockerArgsArgs{Image: secretImage, `;
    const parts = ["zookeeperensemble.ServerRoleObserver", "Docker:  &zookeeperensemble.DockerArgsArgs{"];
    parts.forEach((part) => assert.ok(example.includes(part), `the example has changed: ${part} is not there`));
    return `package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/pulumi-zookeeper-ensemble/sdk/go/zookeeperensemble"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		secretImage := pulumi.ToSecret(pulumi.String("zookeeper:3.9.5")).(pulumi.StringOutput).ToStringPtrOutput()
		${example.replace(parts[0]!, role).replace(parts[1]!, image)}
		if err != nil {
			return err
		}
		ctx.Export("connectionString", ensemble.ConnectionString)
		return nil
	})
}
`;
}

const typescriptProgram = (role: string) => `
import * as pulumi from "@pulumi/pulumi";
import { types, ZookeeperEnsemble } from "./index";

const ensemble = new ZookeeperEnsemble("coordination", {
    chroot: "/shop",
    servers: [{ id: 1, role: ${role} }],
    docker: { image: pulumi.secret("zookeeper:3.9.5") },
});
export const ports: pulumi.Output<number[]> = ensemble.servers.apply((all) => all.map((each) => each.clientPort));
export const kinds = types.enums.ServerRole;
`;

describe("the SDKs generated for other languages", function () {
    this.timeout(900_000);
    let folder: string;

    before(async () => {
        folder = await mkdtemp(join(tmpdir(), "zookeeper-ensemble-sdks-"));
        const { code, output } = await pulumi(folder, ["package", "get-schema", packageFolder]);
        assert.equal(code, 0, output);
        // As `pulumi package add` has them generated.
        const schema = { ...(JSON.parse(output) as object), meta: { supportPack: true } };
        await writeFile(join(folder, "schema.json"), JSON.stringify(schema));
    });
    after(() => rm(folder, { recursive: true, force: true }));

    async function generate(language: string): Promise<string> {
        const args = ["package", "gen-sdk", join(folder, "schema.json"), "--language", language, "--out", folder];
        const { code, output } = await pulumi(folder, args);
        assert.equal(code, 0, output);
        return join(folder, language);
    }

    /** What the command said, and how it ended. */
    async function run(cwd: string, command: string, ...args: string[]): Promise<{ code: number; output: string }> {
        const env = { ...process.env, GOWORK: "off", GOFLAGS: "-buildvcs=false -mod=readonly" };
        const options = { cwd, env, maxBuffer: 16 * 1024 * 1024 };
        return promisify(execFile)(command, args, options).then(
            ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
            (error: Error & { code: number; stdout: string; stderr: string }) => ({
                code: error.code,
                output: error.message + error.stdout,
            }),
        );
    }

    it("compile in TypeScript, with a program that uses enums, nested inputs, secrets and outputs", async () => {
        const sdk = await generate("nodejs");
        await symlink(join(packageFolder, "node_modules"), join(sdk, "node_modules"));
        const tsc = join(packageFolder, "node_modules/typescript/bin/tsc");
        const options = ["--noEmit", "--strict", "--skipLibCheck", "--target", "es2020", "--module", "node16"];
        const compile = async (role: string) => {
            await writeFile(join(sdk, "program.ts"), typescriptProgram(role));
            return run(sdk, process.execPath, tsc, ...options, "--types", "node", "program.ts");
        };
        const right = await compile("types.enums.ServerRole.Observer");
        assert.equal(right.code, 0, right.output);
        assert.match((await compile("7")).output, /program\.ts.*Type 'number' is not assignable to type 'ServerRole/);
    });

    it("compile in Python", async () => {
        const sdk = await generate("python");
        const { code, output } = await run(sdk, "python3", "-m", "compileall", "-q", ".");
        assert.equal(code, 0, output);
    });

    it("compile in Go, with a program that uses enums, nested inputs, secrets and outputs", async () => {
        // @ts-expect-error the tools are plain JavaScript
        const { ensurePrograms } = await import("../../tools/docker/apt.mjs");
        await ensurePrograms({ go: "golang-go" }, "to compile the Go SDK");
        const sdk = await generate("go");
        // The modules that the CLI is built from, which are known to fit together, in place of whatever is newest
        // today.
        const cli = join(packageFolder, "tools/pulumi/cli");
        const modules = await readFile(join(cli, "go.mod"), "utf8");
        const module = /^module .*$/m.exec(await readFile(join(sdk, "go.mod"), "utf8"))![0];
        await writeFile(join(sdk, "go.mod"), modules.replace(/^module .*$/m, module).replace(/^tool .*$/m, ""));
        await cp(join(cli, "go.sum"), join(sdk, "go.sum"));
        await mkdir(join(sdk, "program"));
        const compile = async (role: string) => {
            await writeFile(join(sdk, "program/main.go"), goProgram(role));
            // Without the folder's name in what is built the second run has it in Go's cache.
            return run(sdk, "go", "build", "-trimpath", "./...");
        };
        const right = await compile("zookeeperensemble.ServerRoleObserver");
        assert.equal(right.code, 0, right.output);
        assert.match((await compile("7")).output, /main\.go/);
    });
});

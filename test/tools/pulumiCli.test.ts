// Which Pulumi CLI and Docker plugin the tools choose, on networks of every kind. The CLIs here are scripts that answer
// what the tools ask them; the release site is a server of this test.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

const cliModule = pathToFileURL(path.resolve("tools/pulumi/cli.mjs")).href;
const pluginPath = "plugins/resource-docker-v5.2.0/pulumi-resource-docker";
const nowhere = "http://127.0.0.1:1/releases";
const execute = promisify(execFile);

describe("the choice of the Pulumi CLI and its Docker plugin", function () {
    this.timeout(120_000);
    let root: string;
    let bin: string;
    let home: string;
    let site: Server;
    let requests: string[];

    beforeEach(async () => {
        root = await mkdtemp(path.join(tmpdir(), "pulumi-cli-test-"));
        bin = path.join(root, "bin");
        home = path.join(root, "user-home");
        await mkdir(path.join(root, "cache"), { recursive: true });
        await mkdir(bin);
        for (const name of ["node", "npm", "sh", "tar", "gzip", "dirname", "mkdir", "touch", "chmod"]) {
            const { stdout } = await execute("sh", ["-c", `command -v ${name}`]);
            await symlink(stdout.trim(), path.join(bin, name));
        }
        requests = [];
    });

    afterEach(async () => {
        site?.closeAllConnections();
        site?.close();
        await rm(root, { recursive: true, force: true });
    });

    async function script(file: string, ...lines: string[]): Promise<void> {
        await mkdir(path.dirname(file), { recursive: true });
        await writeFile(file, `#!/bin/sh\n${lines.join("\n")}\n`);
        await chmod(file, 0o755);
    }

    /** A CLI that tells its version and "installs" plugins into its PULUMI_HOME. */
    async function cliIn(folder: string, version: string): Promise<void> {
        const plugin = `"$PULUMI_HOME/${pluginPath}"`;
        const install = `mkdir -p "$(dirname ${plugin})" && touch ${plugin} && chmod +x ${plugin}`;
        const answers = [`case "$*" in`, `version) echo ${version};;`];
        answers.push(`"plugin install resource docker v5.2.0") ${install};;`, "*) exit 2;;", "esac");
        await script(path.join(folder, "pulumi"), ...answers);
        await script(path.join(folder, "pulumi-language-nodejs"), "exit 0");
    }

    /** The release site with one archive for this machine; its address. */
    async function releaseSite(): Promise<string> {
        const name = `pulumi-v3.250.0-${process.platform}-${process.arch}.tar.gz`;
        await cliIn(path.join(root, "release", "pulumi"), "v3.250.0");
        await execute("tar", ["-czf", path.join(root, name), "-C", path.join(root, "release"), "pulumi"]);
        const archive = await readFile(path.join(root, name));
        site = createServer((request, response) => {
            requests.push(`${request.method} ${request.url}`);
            if (request.url === `/releases/sdk/${name}`) response.end(archive);
            else response.writeHead(404).end();
        });
        await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
        return `http://127.0.0.1:${(site.address() as AddressInfo).port}/releases`;
    }

    async function ensurePulumi(releases: string, { choice = "", elsePlugin = "stand-in" } = {}) {
        const call = `ensurePulumi({ elsePlugin: "${elsePlugin}" })`;
        const program = `import { ensurePulumi } from "${cliModule}"; console.log(JSON.stringify(await ${call}));`;
        const env = {
            PATH: bin,
            HOME: root,
            PULUMI_HOME: home,
            PULUMI_BACKEND_URL: `file://${root}`,
            ZOOKEEPER_ENSEMBLE_CACHE: path.join(root, "cache"),
            ZOOKEEPER_ENSEMBLE_PULUMI_RELEASES: releases,
            ZOOKEEPER_ENSEMBLE_DOCKER_PLUGIN: choice,
        };
        const { stdout, stderr } = await execute(process.execPath, ["--input-type=module", "-e", program], { env });
        return { ...JSON.parse(stdout), said: stderr };
    }

    it("takes the user's CLI and home when both are complete, and asks nobody", async () => {
        await cliIn(bin, "v3.238.0");
        await script(path.join(home, pluginPath), "exit 0");
        const found = await ensurePulumi(await releaseSite());
        assert.deepEqual(found.origin, { cli: "path", dockerPlugin: "official" });
        assert.equal(found.command, path.join(bin, "pulumi"));
        assert.equal(found.environment.PULUMI_HOME, home);
        assert.equal(found.environment.PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION, undefined);
        assert.equal(found.environment.ZOOKEEPER_ENSEMBLE_DOCKER_PLUGIN, "official");
        assert.deepEqual(requests, []);
    });

    it("takes the Docker plugin that is chosen by hand, also where the official one is installed", async () => {
        await cliIn(bin, "v3.238.0");
        await script(path.join(home, pluginPath), "exit 0");
        await shareNodePackages();
        const found = await ensurePulumi(nowhere, { choice: "stand-in", elsePlugin: "built" });
        assert.equal(found.origin.dockerPlugin, "stand-in");
        assert.equal(found.environment.ZOOKEEPER_ENSEMBLE_DOCKER_PLUGIN, "stand-in");
        assert.match(
            found.said,
            /^Docker plugin v5\.2\.0: the stand-in .*, as ZOOKEEPER_ENSEMBLE_DOCKER_PLUGIN says$/m,
        );
    });

    it("does not take a home of the stand-in for one with the official plugin", async () => {
        await cliIn(bin, "v3.238.0");
        home = path.join(root, "cache", "pulumi-home", "stand-in");
        await script(path.join(home, pluginPath), "exit 0");
        await assert.rejects(ensurePulumi(nowhere, { choice: "official" }), {
            stderr: /is not installed and cannot be/,
        });
    });

    it("never takes another plugin than the chosen one in silence", async () => {
        await cliIn(bin, "v3.238.0");
        const refusals = {
            official:
                /DOCKER_PLUGIN is "official", and the official Docker plugin v5\.2\.0 is not installed and cannot be/,
            built: /cannot get the Docker plugin v5\.2\.0, and building it needs Go, which is missing/,
            offical: /DOCKER_PLUGIN is "offical": it must be one of official, built, stand-in/,
        };
        for (const [choice, stderr] of Object.entries(refusals)) {
            await assert.rejects(ensurePulumi(nowhere, { choice }), { stderr });
        }
        await assert.rejects(ensurePulumi(nowhere, { elsePlugin: "built" }), { stderr: refusals.built });
    });

    it("installs the official plugin into the user's home where the network gives it", async () => {
        await cliIn(bin, "v4.0.0");
        const found = await ensurePulumi(await releaseSite());
        assert.deepEqual(found.origin, { cli: "path", dockerPlugin: "official" });
        assert.equal(found.home, home);
        assert.ok(existsSync(path.join(home, pluginPath)));
    });

    /** The stand-in's packages may be there already; what is tested here needs no second installation. */
    async function shareNodePackages() {
        // @ts-expect-error the tools are plain JavaScript
        const { cacheRoot } = await import("../../tools/shared/cache.mjs");
        await mkdir(path.join(cacheRoot(), "node-packages"), { recursive: true });
        await symlink(path.join(cacheRoot(), "node-packages"), path.join(root, "cache", "node-packages"));
    }

    it("never puts the stand-in into the user's home", async () => {
        await cliIn(bin, "v3.300.1");
        await shareNodePackages();
        const found = await ensurePulumi(nowhere);
        assert.deepEqual(found.origin, { cli: "path", dockerPlugin: "stand-in" });
        assert.equal(found.home, path.join(root, "cache", "pulumi-home", "stand-in"));
        assert.equal(found.environment.PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION, "true");
        assert.ok(!existsSync(home));
        assert.match(
            await readFile(path.join(found.home, pluginPath), "utf8"),
            /exec node "\$\(dirname "\$0"\)\/.*main\.mjs"/,
        );
    });

    it("downloads the release once when the user's CLI is too old", async () => {
        await cliIn(bin, "v3.237.9");
        const releases = await releaseSite();
        const found = await ensurePulumi(releases);
        assert.match(found.said, /not using .*: its version v3\.237\.9 is below 3\.238\.0/);
        assert.deepEqual(found.origin, { cli: "release", dockerPlugin: "official" });
        assert.ok(!existsSync(home), "the user's home is left alone");
        assert.ok(found.environment.PATH.startsWith(path.dirname(found.command)));

        requests.length = 0;
        assert.equal((await ensurePulumi(releases)).command, found.command);
        assert.deepEqual(requests, []);
    });

    it("downloads the release when the user's CLI has no Node.js language host", async () => {
        await cliIn(bin, "v3.300.0");
        await rm(path.join(bin, "pulumi-language-nodejs"));
        const found = await ensurePulumi(await releaseSite());
        assert.match(found.said, /pulumi-language-nodejs is neither beside it nor on the PATH/);
        assert.equal(found.origin.cli, "release");
    });

    it("says what to install where nothing can be had, and asks the network once a day", async () => {
        const missing = /building it needs Go, which is missing: install Go .*, or Pulumi v3\.250\.0 or newer/;
        await assert.rejects(ensurePulumi(nowhere), (error: { stderr: string }) => {
            assert.match(error.stderr, missing);
            assert.match(error.stderr, /cannot reach http:\/\/127\.0\.0\.1:1\/releases/);
            return true;
        });
        await assert.rejects(ensurePulumi(await releaseSite()), missing);
        assert.deepEqual(requests, []);
    });
});

import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { answerScript } from "../../lib/platforms/aws/files/commandDocument";
import { broughtFiles, machineFiles } from "../../lib/platforms/aws/files/machineFiles";
import { cloudConfig } from "../../lib/platforms/aws/files/userData";
import { hostsOf } from "../../lib/platforms/aws/model/awsHosts";
import { AwsEnsembleSpec } from "../../lib/platforms/aws/model/awsSpec";
import { awsEnsemble } from "../support/awsEnsemble";
import { fullConfig } from "../support/examples";

const ensembles: Record<string, AwsEnsembleSpec> = {
    "Amazon Linux 2023": awsEnsemble(),
    "Ubuntu 24.04": awsEnsemble({ operatingSystem: "ubuntu2404" }),
    "Debian 12": awsEnsemble({ operatingSystem: "debian12" }),
    "all servers on one machine": awsEnsemble({ singleMachine: true, operatingSystem: "debian12" }),
    "every option": awsEnsemble(
        {
            swapMiB: 512,
            transparentHugePages: true,
            distribution: { url: "http://m/zk.tar.gz", sha512: "a0".repeat(64) },
        },
        { config: fullConfig(), jvm: { heapMiB: 700, flags: ["-XX:+UseZGC", '-Dmy.own="$1"'] } },
    ),
};

/**
 * The checkers that judge what a machine is told; those of cloud-init and systemd run in a machine of the simulator.
 */
describe("what a machine is told at its first start", () => {
    let folder: string;
    let image: string;

    before(async function () {
        this.timeout(600_000);
        folder = fs.mkdtempSync(path.join(tmpdir(), "cloud-init-"));
        // @ts-expect-error the tools are plain JavaScript
        const { ensurePrograms } = await import("../../tools/docker/apt.mjs");
        await ensurePrograms({ shellcheck: "shellcheck" }, "to check the machines' scripts");
        // @ts-expect-error the tools are plain JavaScript
        const { ensureMachineImage } = await import("../../tools/ec2/machineImage.mjs");
        image = await ensureMachineImage();
    });
    after(() => fs.rmSync(folder, { recursive: true, force: true }));

    /** Runs a command in a container of the machine's image that sees the files under /told. */
    function inMachine(files: Record<string, string>, command: string): Promise<{ code: number; output: string }> {
        const told = fs.mkdtempSync(path.join(folder, "told-"));
        fs.chmodSync(told, 0o755);
        for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(told, name), text);
        const options = ["--rm", "--network", "none", "--entrypoint", "bash", "--volume", `${told}:/told:ro`];
        return new Promise((resolve) =>
            execFile("docker", ["run", ...options, image, "-c", command], (error, stdout, stderr) =>
                resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
            ),
        );
    }

    for (const [name, spec] of Object.entries(ensembles)) {
        const { server } = hostsOf(spec)[0]!;

        it(`${name}: is valid by cloud-init's schema`, async () => {
            const files = { "user-data": cloudConfig(spec, server) };
            const { code, output } = await inMachine(files, "cloud-init schema --config-file /told/user-data");
            assert.equal(code, 0, output);
            assert.match(output, /Valid cloud-config/);
        });

        it(`${name}: its units are what systemd takes, without a cycle or an unknown setting`, async () => {
            const units = machineFiles(spec, server).filter(({ path }) => path.startsWith("/etc/systemd/system/"));
            const files = Object.fromEntries(units.map(({ path: file, text }) => [path.basename(file), text]));
            const { code, output } = await inMachine(
                files,
                "cp /told/* /etc/systemd/system/ && systemd-analyze verify --man=no multi-user.target /told/*",
            );
            const ours = output.split("\n").filter((line) => /zookeeper|cycle/i.test(line));
            assert.deepEqual(ours, []);
            assert.equal(code, 0, output);
        });
    }

    it("a setting that systemd does not know is found by that", async () => {
        const { output } = await inMachine(
            { "zookeeper.service": "[Service]\nExecStart=/bin/true\nReadWritePath=/x\n" },
            "systemd-analyze verify --man=no /told/zookeeper.service",
        );
        assert.match(output, /zookeeper\.service.*ReadWritePath/);
    });

    it("its scripts are clean under shellcheck, as written and as the machine gets them", () => {
        const sources = fs.readdirSync("lib/platforms/aws/files").filter((name) => name.endsWith(".sh"));
        const written = sources.map((name) => path.join("lib/platforms/aws/files", name));
        check(["--external-sources", ...written]);
        const told = ["Debian 12", "all servers on one machine"]
            .flatMap((name) => machineFiles(ensembles[name]!, hostsOf(ensembles[name]!)[0]!.server))
            .concat(broughtFiles(), { path: "answer.sh", mode: "0755", text: answerScript() });
        const got = new Map(told.filter(({ mode }) => mode === "0755").map((file) => [file.path, file]));
        assert.equal(
            got.size,
            sources.length + 2,
            "every script is told, brought or asked by, and both forms of member.sh",
        );
        const scripts = [...got.values()].map(({ path: file, text }) => {
            const target = path.join(folder, path.basename(file));
            fs.writeFileSync(target, text);
            return target;
        });
        // Stripped of the directives that say where a sourced file is.
        check(["--severity", "warning", "--exclude", "SC1090", ...scripts]);
    });

    function check(args: string[]): void {
        const { status, stdout, error } = spawnSync("shellcheck", ["--shell", "bash", ...args], { encoding: "utf8" });
        if (error) throw error;
        assert.equal(status, 0, stdout);
    }
});

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { parse } from "yaml";
import { EnsembleError } from "../../../../../lib/errors";
import { environmentFile } from "../../../../../lib/platforms/aws/files/environmentFile";
import { hashOf } from "../../../../../lib/platforms/digests";
import { broughtFiles, machineFiles } from "../../../../../lib/platforms/aws/files/machineFiles";
import { cloudConfig, USER_DATA_LIMIT_BYTES, userDataBase64 } from "../../../../../lib/platforms/aws/files/userData";
import { AwsEnsembleSpec, AwsSpec } from "../../../../../lib/platforms/aws/model/awsSpec";
import { awsEnsemble, longDistribution } from "../../../../support/awsEnsemble";
import { fullConfig } from "../../../../support/examples";
import { holds } from "../../../../support/fuzz";

const first = (spec: AwsEnsembleSpec) => userDataBase64(spec, spec.servers[0]!);
const largest = () =>
    awsEnsemble(
        { operatingSystem: "debian12", distribution: longDistribution },
        { config: fullConfig(), jvm: { flags: ["-XX:+UseZGC", "-Dmy.own=1"] } },
    );

describe("user data", () => {
    it("is gzip of the cloud-config, and the same at every rendering", () => {
        const spec = awsEnsemble();
        const text = gunzipSync(Buffer.from(first(spec), "base64")).toString();
        assert.equal(text, cloudConfig(spec, spec.servers[0]!));
        assert.equal(first(awsEnsemble()), first(spec));
        // Of the gzip header: no time, no name.
        assert.equal(Buffer.from(first(spec), "base64").subarray(0, 9).toString("hex"), "1f8b08000000000002");
    });

    it("holds exactly the files and commands, under keys that every cloud-init knows", () => {
        const spec = largest();
        const document = parse(cloudConfig(spec, spec.servers[0]!)) as Record<string, unknown>;
        assert.deepEqual(Object.keys(document), ["write_files", "runcmd"]);
        assert.deepEqual(
            document["write_files"],
            machineFiles(spec, spec.servers[0]!).map(({ path, mode, text }) => ({
                path,
                permissions: mode,
                content: text,
            })),
        );
    });

    it("fits into what EC2 takes with every option, with room for what comes", () => {
        const bytes = Buffer.from(first(largest()), "base64").length;
        assert.ok(bytes < USER_DATA_LIMIT_BYTES - 4096, `${bytes} bytes`);
    });

    it("has nothing of what only answers, but is another one when that changes", () => {
        const spec = largest();
        const files = machineFiles(spec, spec.servers[0]!);
        const brought = broughtFiles();
        assert.deepEqual(
            files.filter(({ path }) => brought.some((each) => each.path === path)),
            [],
        );
        assert.doesNotMatch(files.map(({ text }) => text).join("\n"), /as_super|addauth/);
        const { runcmd } = parse(cloudConfig(spec, spec.servers[0]!)) as { runcmd: string[][] };
        assert.deepEqual(runcmd[0], ["rm", "-f", brought[brought.length - 1]!.path], "not of an image either");
        const environment = files.find(({ path }) => path === "/etc/zookeeper-ensemble/environment")!.text;
        assert.match(environment, new RegExp(`^BROUGHT="${hashOf(brought)}"$`, "m"));
    });

    it("that is too large is refused with its size and the way out", () => {
        // Random text does not get smaller.
        const extra = Object.fromEntries(
            Array.from({ length: 300 }, (_, n) => [`my.key${n}`, `${Math.sin(n)}${Math.cos(n)}`]),
        );
        assert.throws(
            () => first(awsEnsemble({}, { config: { extra } })),
            (error: unknown) =>
                error instanceof EnsembleError &&
                /aws: the user data of server 1 has \d{5} bytes when compressed, EC2 takes 16384: shorten config.extra/.test(
                    error.message,
                ),
        );
    });

    it("names no other server, so that a change of the membership replaces no machine", () => {
        const three = awsEnsemble();
        const five = awsEnsemble({ subnetCount: 5, subnetIndexes: [0, 1, 2, 3, 4] }, { size: 5, observers: 2 });
        assert.equal(first(five), first(three));
        const files = machineFiles(five, five.servers[0]!).filter(({ text }) => !text.startsWith("#!"));
        assert.equal(
            files.find(({ text }) => /server\.\d+=/.test(text)),
            undefined,
        );
    });

    it("does not depend on what is changed without a new machine", () => {
        const changes: Partial<AwsSpec>[] = [
            { instanceType: "m7g.large", rootVolumeGiB: 30, detailedMonitoring: true, tags: { team: "a" } },
            { clients: { cidrs: ["10.0.0.0/8"], securityGroupCount: 2, prefixListCount: 1 } },
            {
                volumes: {
                    retention: "delete",
                    protect: true,
                    data: { type: "io2", sizeGiB: 400, iops: 9000, deviceName: "/dev/sdf" },
                    log: { type: "gp3", sizeGiB: 50, deviceName: "/dev/sdg" },
                },
            },
        ];
        for (const change of changes) {
            assert.equal(first(awsEnsemble(change)), first(awsEnsemble()), JSON.stringify(change));
        }
    });

    it("differs between two servers only in the server's id", () => {
        const spec = awsEnsemble();
        const [one, two] = spec.servers.map((server) => cloudConfig(spec, server).split("\n"));
        const different = two!.filter((line, index) => line !== one![index]).map((line) => line.trim());
        assert.deepEqual(different, ['SERVER_ID="2"', `Description=ZooKeeper server 2 of ensemble ${spec.ensembleId}`]);
    });

    it("holds no secret: nothing in it is random, and the super password is made on the machine", () => {
        const spec = largest();
        const files = machineFiles(spec, spec.servers[0]!);
        const plain = files.filter(({ text }) => !text.startsWith("#!")).map(({ text }) => text);
        assert.deepEqual(
            plain.filter((text) => /password|secret|superDigest|credential|private.?key/i.test(text)),
            [],
        );
    });

    it("brings the Systems Manager agent to Debian only, whose image lacks it", () => {
        for (const operatingSystem of ["amazonLinux2023", "ubuntu2404", "debian12"] as const) {
            const spec = awsEnsemble({ operatingSystem });
            const paths = machineFiles(spec, spec.servers[0]!).map(({ path }) => path);
            const brings = paths.filter((path) => path.includes("agent"));
            assert.equal(brings.length, operatingSystem === "debian12" ? 2 : 0);
        }
    });

    const value = fc.string({ maxLength: 40 }).map((text) => text.replace(/[\p{Cc}\u{d800}-\u{dfff}]/gu, ""));
    holds(
        "its variables are read by bash exactly as they were given, and nothing in them is run",
        fc.dictionary(fc.stringMatching(/^[A-Z][A-Z_]{3,8}9$/), value, { maxKeys: 5 }),
        (variables) => {
            const script = `${environmentFile(variables)}${Object.keys(variables)
                .map((name) => `printf '%s\\0' "$${name}"`)
                .join("\n")}`;
            const output = execFileSync("bash", ["--norc", "-c", script], { encoding: "utf8", env: {} });
            assert.deepEqual(output.split("\0").slice(0, -1), Object.values(variables));
        },
        60,
    );
});

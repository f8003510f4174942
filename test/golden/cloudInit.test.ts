import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { cloudConfig } from "../../lib/platforms/aws/files/userData";
import { hostsOf } from "../../lib/platforms/aws/model/awsHosts";
import { AwsSpec } from "../../lib/platforms/aws/model/awsSpec";
import { awsArgs, SUBNETS } from "../support/awsArgs";
import { awsEnsemble } from "../support/awsEnsemble";
import { fullConfig } from "../support/examples";

/** What a machine is told at its first start; the scripts stand in lib. UPDATE_GOLDEN=1 writes them anew. */
const FILES = join(__dirname, "cloud-init");

const everyPort = { client: 12181, peer: 12888, election: 13888, admin: 18080, metrics: 17000 };

const machines: Record<string, [Partial<AwsSpec>, object?]> = {
    "amazon-linux-2023": [{}],
    "ubuntu-24.04": [{ operatingSystem: "ubuntu2404" }],
    "debian-12": [{ operatingSystem: "debian12" }],
    "every-option": [
        {
            architecture: "x86_64",
            distribution: {
                url: "http://mirror.internal/zookeeper-3.9.5.tar.gz",
                sha512: "0123456789abcdef".repeat(8),
            },
            swapMiB: 512,
            transparentHugePages: true,
            stopGraceSeconds: 75,
        },
        {
            config: fullConfig(),
            jvm: { heapMiB: 700, flags: ["-XX:+UseZGC", '-Dmy.own="$1`2\\3"'] },
            ports: everyPort,
        },
    ],
    "one-machine": [
        {},
        {
            aws: awsArgs({ singleMachine: true, subnetIds: SUBNETS.slice(0, 1) }),
            jvm: { heapMiB: 256 },
            config: { metrics: { enabled: true } },
        },
    ],
};

interface Document {
    write_files: { path: string; permissions: string; content: string }[];
}

/** The whole document, with each script's name only, and nothing that follows from a script's text. */
function shown(spec: [Partial<AwsSpec>, object?]): string {
    const ensemble = awsEnsemble(...spec);
    const document = parse(cloudConfig(ensemble, hostsOf(ensemble)[0]!.server)) as Document;
    for (const file of document.write_files) {
        const isScript = file.permissions === "0755";
        file.content = isScript ? "(lib)" : file.content.replace(/^(BROUGHT=)"[0-9a-f]{16}"$/m, '$1"(lib)"');
    }
    return stringify(document, { lineWidth: 0 });
}

describe("cloud-init", () => {
    for (const [name, spec] of Object.entries(machines)) {
        it(`${name}: a machine is told what the golden file shows`, () => {
            const file = join(FILES, `${name}.yaml`);
            const text = shown(spec);
            if (process.env.UPDATE_GOLDEN === "1") {
                mkdirSync(FILES, { recursive: true });
                writeFileSync(file, text);
            }
            assert.equal(text, readFileSync(file, "utf8"));
        });
    }

    it("is shown for nothing that is no longer there", () => {
        const wanted = Object.keys(machines).map((name) => `${name}.yaml`);
        assert.deepEqual(readdirSync(FILES).sort(), wanted.sort());
    });
});

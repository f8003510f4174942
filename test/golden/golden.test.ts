import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { jvmFlags } from "../../lib/member/jvmFlags";
import { logbackXml } from "../../lib/member/logging";
import { membershipLines } from "../../lib/zookeeper/serverLines";
import { zooCfgTemplate } from "../../lib/member/zooCfg";
import { fullConfig } from "../support/examples";
import { specOf } from "../support/specs";

/** The files show the whole text that a server reads. UPDATE_GOLDEN=1 writes them anew. */
const FILES = join(__dirname, "files");

const ensembles: Record<string, object> = {
    standalone: { size: 1, docker: {} },
    three: { docker: {} },
    "five-and-observers": { size: 5, observers: 2, docker: { memoryMiB: 2048 }, chroot: "/app" },
    "explicit-ids": {
        servers: [
            { id: 7, ports: { client: 12181, admin: 9090 }, address: "10.9.1.200" },
            { id: 12 },
            { id: 40, role: "observer" },
            { id: 3 },
        ],
        ports: { peer: 12888, election: 13888 },
        docker: { network: { name: "shared", subnet: "10.9.0.0/16" } },
    },
    "every-option": {
        config: fullConfig(),
        jvm: { heapMiB: 700, flags: ["-XX:+UseZGC", "-Dmy.own=1"] },
        ports: { client: 12181, peer: 12888, election: 13888, admin: 18080, metrics: 17000 },
        docker: { network: { subnet: "10.9.0.0/24" } },
    },
};

function rendered(args: object): Record<string, string> {
    const spec = specOf(args);
    const files: Record<string, string> = {
        "servers.txt": membershipLines(spec).join("\n") + "\n",
        "jvm.txt": [`ZK_SERVER_HEAP=${spec.jvm.heapMiB}`, ...jvmFlags(spec)].join("\n") + "\n",
        "logback.xml": logbackXml(),
    };
    for (const server of spec.servers) {
        files[`zoo-${server.id}.cfg`] = zooCfgTemplate(spec, server);
    }
    return files;
}

describe("rendered files", () => {
    for (const [name, args] of Object.entries(ensembles)) {
        it(`${name}: every server reads what the golden files show`, () => {
            const folder = join(FILES, name);
            const files = rendered(args);
            if (process.env.UPDATE_GOLDEN === "1") {
                mkdirSync(folder, { recursive: true });
                for (const [file, text] of Object.entries(files)) {
                    writeFileSync(join(folder, file), text);
                }
            }
            assert.ok(existsSync(folder), `no golden files for ${name}: run with UPDATE_GOLDEN=1 and look at them`);
            assert.deepEqual(readdirSync(folder).sort(), Object.keys(files).sort());
            for (const [file, text] of Object.entries(files)) {
                assert.equal(text, readFileSync(join(folder, file), "utf8"), `${name}/${file}`);
            }
        });
    }

    it("are shown for nothing that is no longer there", () => {
        assert.deepEqual(readdirSync(FILES).sort(), Object.keys(ensembles).sort());
    });
});

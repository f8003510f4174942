import assert from "node:assert/strict";
import { SnapshotCompression } from "../../../lib/args/configData";
import { jvmFlags } from "../../../lib/member/jvmFlags";
import { zooCfgTemplate } from "../../../lib/member/zooCfg";
import { CONFIG_KEYS } from "../../../lib/zookeeper/configKeys";
import { fieldsOf, leavesOf } from "../../support/documentation";
import { configWith, exampleOf } from "../../support/examples";
import { faultsOf, specOf } from "../../support/specs";

const documented = leavesOf(fieldsOf("args/config.ts", "args/configData.ts"), "ConfigArgs");

describe("every key of ZooKeeper that has a field", () => {
    it("is in the table when it is a field, and a field when it is in the table", () => {
        const fields = [...documented.keys()].filter((path) => path !== "extra").sort();
        assert.deepEqual(CONFIG_KEYS.map(({ path }) => path).sort(), fields);
        assert.ok(fields.length > 50, `${fields.length} fields`);
    });

    it("takes the values that its argument has", () => {
        const kind = CONFIG_KEYS.find(({ path }) => path === "snapshots.compression")?.kind;
        assert.deepEqual(kind, { type: "oneOf", values: Object.values(SnapshotCompression) });
    });

    it("has a key and a path of its own", () => {
        assert.equal(new Set(CONFIG_KEYS.map(({ key }) => key)).size, CONFIG_KEYS.length);
        assert.equal(new Set(CONFIG_KEYS.map(({ path }) => path)).size, CONFIG_KEYS.length);
    });

    for (const key of CONFIG_KEYS) {
        it(`${key.path} is written as ${key.key}, documented and shown in previews`, () => {
            const { value, written } = exampleOf(key);
            const companions: Record<string, object> =
                key.key === "enforce.auth.enabled" ? { auth: { enforceAuthSchemes: ["digest"] } } : {};
            const config = merged(companions, configWith(key.path, value));
            // Both ends of pairs are moved together, so that one alone never contradicts the other's default.
            const spec = specOf({
                docker: {},
                config: key.path.startsWith("sessions.max") ? { ...config, tickTimeMs: 200 } : config,
            });
            const line = `${key.key}=${written}`;
            if (key.place === "zooCfg") {
                const lines = zooCfgTemplate(spec, spec.servers[0]!).split("\n");
                assert.equal(lines.filter((each) => each === line).length, 1, `no line ${line}`);
                assert.equal(lines.filter((each) => each.startsWith(`${key.key}=`)).length, 1);
            } else {
                assert.ok(jvmFlags(spec).includes(`-D${line}`), `no flag -D${line}`);
            }
            assert.equal(String(spec.config.visible[key.path]), Array.isArray(value) ? value.join(",") : String(value));

            const comment = documented.get(key.path)?.comment ?? "";
            // A complete system property is documented without the prefix that ZooKeeper's own documents leave out too.
            assert.ok(comment.endsWith(`ZooKeeper: ${key.key.replace(/^zookeeper\./, "")}.`), comment);
            assert.match(comment, /default/);
            if (key.kind.type === "integer") {
                assert.match(comment, new RegExp(`From ${key.kind.min} to ${key.kind.max}\\b`), comment);
            }
            if (key.ownDefault !== undefined && typeof key.ownDefault === "number") {
                assert.match(comment, new RegExp(`\\b${key.ownDefault} by default`));
            }
        });

        it(`${key.path} refuses what it cannot be`, () => {
            for (const wrong of [{}, () => 1, Symbol("x"), 2n, "a\nb", NaN, [[]]]) {
                const faults = faultsOf({ docker: {}, config: configWith(key.path, wrong) });
                assert.equal(faults.length, 1, `${String(wrong)}: ${faults.join("; ")}`);
                assert.ok(faults[0]?.startsWith(`config.${key.path}`), faults[0]);
            }
        });

        it(`${key.path} is refused in extra and in the flags`, () => {
            const [fault] = faultsOf({ docker: {}, config: { extra: { [key.key]: "1" } } });
            assert.equal(
                fault,
                `config.extra.${key.key}: has a field of its own, which is checked: use config.${key.path}`,
            );
            const [flagFault] = faultsOf({ docker: {}, jvm: { flags: [`-D${key.key}=1`] } });
            assert.ok(flagFault?.includes(`use config.${key.path}`), flagFault);
        });
    }

    it("integers take both ends of their range and nothing beyond", () => {
        for (const { path, kind } of CONFIG_KEYS) {
            if (kind.type === "integer") {
                const at = (value: number) => faultsOf({ docker: {}, config: configWith(path, value) });
                const ownFaults = (value: number) => at(value).filter((line) => /whole number|minimum/.test(line));
                assert.deepEqual([...ownFaults(kind.min), ...ownFaults(kind.max)], [], path);
                assert.equal(ownFaults(kind.min - 1).length, 1, path);
                assert.equal(ownFaults(kind.max + 1).length, 1, path);
            }
        }
    });
});

describe("public arguments", () => {
    it("all have a doc comment that tells the default", () => {
        const groups = /Args(\[\])?$/;
        for (const field of fieldsOf("args/ensemble.ts", "args/docker.ts", "args/config.ts", "args/configData.ts")) {
            const where = `${field.owner}.${field.name}: ${field.comment}`;
            assert.ok(field.comment.length > 10, where);
            if (!groups.test(field.type) && !/^(id|docker)$/.test(field.name)) {
                assert.match(field.comment, /default|None/, where);
            }
        }
    });
});

function merged(a: Record<string, object>, b: object): Record<string, object> {
    const both: Record<string, object> = { ...a };
    for (const [name, value] of Object.entries(b)) {
        both[name] = typeof value === "object" && !Array.isArray(value) ? { ...both[name], ...value } : value;
    }
    return both;
}

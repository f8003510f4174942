import assert from "node:assert/strict";
import fc from "fast-check";
import { EnsembleError } from "../../lib/errors";
import { jvmFlags } from "../../lib/member/jvmFlags";
import { membershipLines, parseServerLine } from "../../lib/zookeeper/serverLines";
import { zooCfgTemplate } from "../../lib/member/zooCfg";
import { CONFIG_KEYS } from "../../lib/zookeeper/configKeys";
import { EnsembleSpec } from "../../lib/model/ensembleSpec";
import { holds } from "../support/fuzz";
import { dockerPartOf, specOf } from "../support/specs";

const nasty = fc.oneof(
    fc.constantFrom(null, undefined, NaN, -0, 0, -1, 1, 3, 256, 1e300, Infinity, "", "3", "a\nb", true, false, 2.5),
    fc.string(),
    fc.array(fc.integer(), { maxLength: 3 }),
    fc.object({ maxDepth: 2, maxKeys: 3 }),
    fc.constantFrom(
        () => 1,
        Symbol("x"),
        10n,
        new Date(0),
        new Map([["a", 1]]),
        Promise.resolve(1),
        Object.create(null),
    ),
);

/** Mostly the value, sometimes anything at all. */
const mostly = <T>(arbitrary: fc.Arbitrary<T>) => fc.oneof({ weight: 12, arbitrary }, { weight: 1, arbitrary: nasty });

const record = (fields: Record<string, fc.Arbitrary<unknown>>) => fc.record(fields, { requiredKeys: [] });
const port = fc.integer({ min: 1, max: 65_535 });
const ports = record({ client: port, peer: port, election: port, admin: port, metrics: port });
const smallText = fc.stringMatching(/^[a-z0-9./-]{0,8}$/);
const textMap = fc.dictionary(
    fc.oneof(smallText, fc.string({ maxLength: 6 })),
    fc.oneof(smallText, fc.string({ maxLength: 6 })),
    {
        maxKeys: 3,
    },
);

const config = fc
    .array(
        fc.constantFrom(...CONFIG_KEYS).chain((key) => {
            const value: fc.Arbitrary<unknown> =
                key.kind.type === "integer"
                    ? fc.integer({ min: Math.max(key.kind.min, -1), max: Math.min(key.kind.max, 100_000) })
                    : key.kind.type === "boolean" || key.kind.type === "switch"
                      ? fc.boolean()
                      : nasty;
            return fc.tuple(fc.constant(key.path), mostly(value));
        }),
        { maxLength: 4 },
    )
    .chain((entries) => {
        const made: Record<string, unknown> = {};
        for (const [path, value] of entries) {
            const [group = "", field] = path.split(".");
            made[group] = field === undefined ? value : { ...(made[group] as object), [field]: value };
        }
        return textMap.map((extra) => ({ ...made, extra }));
    });

const server = record({
    id: fc.integer({ min: 1, max: 260 }),
    role: fc.constantFrom("participant", "observer"),
    ports,
    hostname: smallText,
    address: fc.ipV4(),
    hostPort: port,
});
/** Docker's own driver knows a few options only, a plugin may know any. */
const volume = fc.oneof(
    record({ driver: fc.constant("plugin"), driverOpts: textMap }),
    record({ driverOpts: fc.oneof(fc.constant({ type: "none", device: "/srv", o: "bind" }), textMap) }),
);
const docker = record({
    publish: fc.boolean(),
    firstHostPort: port,
    memoryMiB: fc.integer({ min: 150, max: 10_000 }),
    network: record({
        name: smallText,
        subnet: fc.tuple(fc.ipV4(), fc.integer({ min: 8, max: 30 })).map(([address, prefix]) => `${address}/${prefix}`),
    }),
    labels: textMap,
    image: smallText,
    volumes: record({ retention: fc.constantFrom("retain", "delete"), data: volume }),
});
const fields = {
    version: fc.constantFrom("3.9.5", "3.8.6", "3.6.1", "3.9.3", "3"),
    config: mostly(config),
    jvm: mostly(record({ heapMiB: fc.integer({ min: 1, max: 5000 }), flags: fc.array(smallText, { maxLength: 2 }) })),
    chroot: mostly(smallText.map((text) => `/${text}`)),
    ports: mostly(ports),
    ensembleId: mostly(smallText),
};
const counted = record({
    ...fields,
    docker: mostly(docker),
    size: mostly(fc.integer({ min: 1, max: 260 })),
    observers: mostly(fc.integer({ min: 0, max: 20 })),
});
const listed = record({
    ...fields,
    docker: mostly(docker),
    servers: mostly(fc.array(mostly(server), { maxLength: 8 })),
});

/** Arguments that are meant to be accepted, so that what follows from acceptance is tested often. */
const good = fc.record({
    docker: fc.record({
        network: fc.record({
            subnet: fc
                .integer({ min: 1, max: 200 })
                .chain((second) => fc.constantFrom(`10.${second}.0.0/16`, `10.${second}.4.0/22`)),
        }),
        firstHostPort: fc.integer({ min: 1, max: 60_000 }),
        publish: fc.boolean(),
        labels: fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.stringMatching(/^[ -~]{0,9}$/), { maxKeys: 3 }),
    }),
    servers: fc.uniqueArray(
        fc.record({
            id: fc.integer({ min: 1, max: 255 }),
            role: fc.constantFrom("participant", "participant", "observer"),
        }),
        { minLength: 1, maxLength: 12, selector: ({ id }) => id },
    ),
    config: fc.record({
        extra: fc.dictionary(fc.stringMatching(/^my\.[a-zA-Z.]{1,9}$/), fc.stringMatching(/^[!-[\]-~]{0,9}$/)),
    }),
    chroot: fc.stringMatching(/^(\/[a-w]{1,6}){0,3}$/),
});

function accepted(args: unknown): EnsembleSpec | undefined {
    try {
        return specOf(args);
    } catch (error) {
        if (!(error instanceof EnsembleError)) {
            throw error;
        }
        const lines = error.message.split("\n");
        assert.equal(lines[0], 'ZookeeperEnsemble "coordination" cannot be made:');
        assert.ok(lines.length > 1);
        for (const line of lines.slice(1)) {
            assert.match(line, /^ {2}\S.*: \S.*[^.\s]$/s, line);
        }
        return undefined;
    }
}

function checkLaws(spec: EnsembleSpec): void {
    const values = <T>(of: (server: EnsembleSpec["servers"][number]) => T) => spec.servers.map(of);
    const unique = (list: readonly unknown[]) => assert.equal(new Set(list).size, list.length, list.join(" "));
    const ids = values(({ id }) => id);
    assert.deepEqual(
        ids,
        [...ids].sort((a, b) => a - b),
    );
    assert.ok(ids.every((id) => Number.isInteger(id) && id >= 1 && id <= 255));
    unique(ids);
    unique(values(({ address }) => address));
    unique(values(({ hostname }) => hostname.toLowerCase()));
    unique(values(({ hostPort }) => hostPort).filter((each) => each !== undefined));
    assert.ok(spec.servers.some(({ role }) => role === "participant"));
    const { subnet, memoryMiB } = dockerPartOf(spec);
    for (const server of spec.servers) {
        assert.ok(inside(subnet, server.address), `${server.address} in ${subnet}`);
        const lines = zooCfgTemplate(spec, server).trimEnd().split("\n");
        const keys = lines
            .filter((line) => line !== "")
            .map((line) => /^([^#!=:\s\\][^=:\s\\]*)=[ -[\]-~]*$/.exec(line)?.[1]);
        assert.ok(!keys.includes(undefined), lines.join("\n"));
        unique(keys);
        assert.ok(lines.includes("db.autocreate=false") && lines.includes("standaloneEnabled=false"));
        const { peer, election, client } = server.ports;
        unique([peer, election, client]);
    }
    for (const flag of jvmFlags(spec)) {
        assert.match(flag, /^-[^\s*?[\]]+$/);
    }
    membershipLines(spec).forEach((line, index) => {
        const { id, address, role, ports: wanted } = spec.servers[index]!;
        assert.deepEqual(parseServerLine(line), {
            ...{ id, host: address, role },
            ...{ peerPort: wanted.peer, electionPort: wanted.election, clientPort: wanted.client },
        });
    });
    assert.ok(spec.jvm.heapMiB! / 0.8 + 100 <= memoryMiB);
    assert.ok(spec.chroot === "" || /^(\/[^/]+)+$/.test(spec.chroot));
}

/** Counted on bit strings, another way than the library's. */
function inside(subnet: string, address: string): boolean {
    const bits = (text: string) =>
        text
            .split(".")
            .map((byte) => Number(byte).toString(2).padStart(8, "0"))
            .join("");
    const [network = "", prefix = ""] = subnet.split("/");
    const host = bits(address).slice(Number(prefix));
    const same = bits(network).slice(0, Number(prefix)) === bits(address).slice(0, Number(prefix));
    return same && host.includes("1") && host.includes("0") && !/^0*1$/.test(host);
}

describe("whatever the arguments are", () => {
    holds("anything is accepted or refused with an EnsembleError", nasty, (args) => void accepted(args));
    holds(
        "anything in any field, too, and what is accepted keeps the laws",
        fc.oneof(counted, listed),
        (args) => {
            const spec = accepted({ docker: {}, ...(args as object) });
            if (spec !== undefined) {
                checkLaws(spec);
            }
        },
        1500,
    );
    holds("good arguments are accepted and keep the laws", good, (args) => {
        const votes = args.servers.some(({ role }) => role === "participant");
        const spec = accepted(args);
        assert.equal(spec !== undefined, votes);
        if (spec !== undefined) {
            checkLaws(spec);
        }
    });
    holds(
        "the same arguments give the same specification",
        good,
        (args) => {
            assert.equal(JSON.stringify(accepted(args)), JSON.stringify(accepted(structuredClone(args))));
        },
        100,
    );
});

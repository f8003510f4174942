import assert from "node:assert/strict";
import fc from "fast-check";
import * as pulumi from "@pulumi/pulumi";
import { Architecture, EbsRetention, OperatingSystem, ZookeeperEnsembleArgs } from "../../lib";
import { EnsembleError } from "../../lib/errors";
import { rulesOf } from "../../lib/platforms/aws/rules";
import { parseCidr } from "../../lib/platforms/aws/model/cidr";
import { AwsEnsembleSpec, isOnAws } from "../../lib/platforms/aws/model/awsSpec";
import { platformKeys } from "../../lib/platforms/registry";
import { withoutRejections } from "../../lib/pulumi/inputs";
import { holds } from "../support/fuzz";
import { specOf } from "../support/specs";

const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`));
const id = (prefix: string) => fc.oneof(hex(8), hex(17)).map((digits) => `${prefix}-${digits}`);
const input = (text: fc.Arbitrary<string>) =>
    fc.oneof({ weight: 4, arbitrary: text }, { weight: 1, arbitrary: text.map((value) => pulumi.output(value)) });
const optional = <T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(fields, { requiredKeys: [] });
const between = (min: number, max: number) => fc.integer({ min, max });

const privateCidr = fc.oneof(
    fc
        .tuple(between(0, 255), between(0, 255), between(16, 24))
        .map(([second, third, prefix]) => `10.${second}.${prefix === 24 ? third : 0}.0/${prefix < 24 ? 16 : 24}`),
    hex(4).map((group) => `fd00:${group}::/32`),
);
const cidrs = fc.uniqueArray(privateCidr, {
    maxLength: 6,
    selector: (text) => (parseCidr(text) as { text: string }).text,
});
const sources = optional({
    cidrs,
    securityGroupIds: fc.uniqueArray(id("sg"), { maxLength: 3 }),
    prefixListIds: fc.uniqueArray(id("pl"), { maxLength: 3 }),
});
const volume = fc.oneof(
    fc.record({ type: fc.constant("gp3"), sizeGiB: between(1, 65_536), iops: between(3000, 80_000) }),
    fc.record({ type: fc.constant("gp3"), throughputMiBps: between(125, 2000) }),
    fc.record({ type: fc.constantFrom("gp2"), sizeGiB: between(1, 16_384) }),
    fc.record({ type: fc.constant("io1"), sizeGiB: between(4, 16_384), iops: between(100, 64_000) }),
    fc.record({ type: fc.constant("io2"), sizeGiB: between(4, 65_536), iops: between(100, 256_000) }),
);
const coldVolume = fc.record({ type: fc.constantFrom("st1", "sc1"), sizeGiB: between(125, 16_384) });

const machine = fc.oneof(
    optional({ architecture: fc.constantFrom(...Object.values(Architecture)) }),
    fc.record({ instanceType: fc.constantFrom("t4g.small", "m7g.large", "t3.medium", "c6in.2xlarge", "i3.metal") }),
);
const tagKey = fc.stringMatching(/^[a-z][0-9a-z_:=+@-]{2,20}$/).filter((key) => !/^(aws:|name$|zookeeper-)/.test(key));

/** Arguments that are meant to be accepted. */
const good = fc
    .tuple(
        fc.record({ vpcId: input(id("vpc")), subnetIds: fc.uniqueArray(id("subnet"), { minLength: 1, maxLength: 6 }) }),
        machine,
        optional({
            operatingSystem: fc.constantFrom(...Object.values(OperatingSystem)),
            ami: input(id("ami")),
            rootVolumeGiB: between(20, 16_384),
            swapMiB: between(0, 8192),
            volumes: optional({
                retention: fc.constantFrom(...Object.values(EbsRetention)),
                protect: fc.boolean(),
                data: fc.oneof(volume, coldVolume),
                log: volume,
            }),
            distribution: optional({ sha512: hex(128), url: fc.webUrl({ validSchemes: ["https"] }) }),
            clients: sources,
            monitoring: sources,
            egress: optional({ cidrs }),
            tags: fc.dictionary(tagKey, fc.stringMatching(/^[a-zA-Z0-9 _.:/=+@-]{0,30}$/), { maxKeys: 5 }),
            dns: fc.record({ zoneId: fc.constant("Z0123456789"), domain: fc.domain() }),
            stopGraceSeconds: between(1, 300),
            keyName: input(fc.stringMatching(/^[a-z]{1,9}$/)),
            region: input(fc.constantFrom("eu-central-1", "us-gov-west-1")),
        }),
    )
    .map(([network, type, rest]) => ({ ...network, ...type, ...rest, rootVolumeGiB: rest.rootVolumeGiB ?? 20 }));

const anything = fc.oneof(
    fc.constantFrom(null, undefined, NaN, -1, 0, 1e300, "", "x", "a\nb", true, [], {}, [null], [[]], 10n, Symbol("x")),
    fc.string(),
    fc.array(fc.oneof(fc.string(), fc.integer()), { maxLength: 3 }),
    fc.object({ maxDepth: 1, maxKeys: 2 }),
    fc.constant(pulumi.output("late")),
);

/** The arguments with one field, at any depth, being anything at all, or with a field that nobody knows. */
const mutated = fc.tuple(good, fc.nat(), anything, fc.boolean()).map(([args, choice, value, unknown]) => {
    const copy = clone(args) as Record<string, unknown>;
    const places = placesIn(copy);
    const [owner, field] = places[choice % places.length]!;
    owner[unknown ? `${field}x` : field] = value;
    return copy;
});

function clone(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(clone);
    }
    return isPlain(value) ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, clone(each)])) : value;
}

function placesIn(value: Record<string, unknown>): [Record<string, unknown>, string][] {
    return Object.entries(value).flatMap(([key, each]) => {
        const inner = isPlain(each) || Array.isArray(each) ? placesIn(each as Record<string, unknown>) : [];
        return [[value, key] as [Record<string, unknown>, string], ...inner];
    });
}

function isPlain(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value) && !pulumi.Output.isInstance(value);
}

/** Undefined when the arguments are refused, always by an error that says where and what. */
function accepted(args: unknown): AwsEnsembleSpec | undefined {
    try {
        const spec = specOf(args);
        assert.ok(isOnAws(spec));
        return spec;
    } catch (error) {
        if (!(error instanceof EnsembleError)) {
            throw error;
        }
        const [head, ...lines] = error.message.split("\n");
        assert.equal(head, 'ZookeeperEnsemble "coordination" cannot be made:');
        assert.ok(lines.length > 0);
        lines.forEach((line) => assert.match(line, /^ {2}\S.*: \S.*[^.\s]$/s));
        return undefined;
    }
}

function checkLaws({ aws, servers, config }: AwsEnsembleSpec, args: Record<string, unknown>): void {
    assert.equal(aws.subnetIndexes.length, servers.length);
    servers.forEach(({ id: serverId }, index) => {
        assert.equal(aws.subnetIndexes[index], (serverId - 1) % aws.subnetCount);
    });
    for (const cidr of [...aws.clients.cidrs, ...aws.monitoring.cidrs, ...aws.egressCidrs]) {
        assert.equal((parseCidr(cidr) as { text: string }).text, cidr);
    }
    for (const [key, value] of Object.entries(aws.tags)) {
        assert.match(key, /^[0-9a-zA-Z\-_+=,.@:]{1,127}$/);
        assert.ok(value.length <= 256);
    }
    assert.ok(URL.canParse(aws.distribution.url));
    assert.doesNotMatch(aws.volumes.log.type, /^(st1|sc1)$/);
    const rules = rulesOf(
        { aws, servers, config } as AwsEnsembleSpec,
        withoutRejections({ aws: args } as unknown as ZookeeperEnsembleArgs, platformKeys).args.aws as Parameters<
            typeof rulesOf
        >[1],
    );
    for (const group of ["servers", "clients"]) {
        for (const direction of ["ingress", "egress"]) {
            assert.ok(rules.filter((rule) => rule.of === group && rule.direction === direction).length <= 120);
        }
    }
}

describe("whatever the arguments for AWS are", () => {
    holds("good ones are accepted and keep the laws", fc.tuple(good, between(1, 9)), ([aws, size]) => {
        const spec = accepted({ size, aws });
        assert.ok(spec !== undefined, "refused");
        checkLaws(spec, aws);
    });
    holds(
        "one field of anything is accepted or refused with an EnsembleError",
        mutated,
        (aws) => {
            const spec = accepted({ aws });
            if (spec !== undefined) {
                checkLaws(spec, aws);
            }
        },
        1500,
    );
    holds(
        "the same arguments give the same specification",
        good,
        (aws) => assert.equal(JSON.stringify(accepted({ aws })), JSON.stringify(accepted({ aws: clone(aws) }))),
        100,
    );
});

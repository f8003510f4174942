import assert from "node:assert/strict";
import { endedOn } from "../../policy/endOfLife";
import { rules, Seen } from "../../policy/rules";

const ensembleType = "zookeeper-ensemble:index:ZookeeperEnsemble";
const today = new Date("2026-11-21T00:00:00Z");
const urnOf = (type: string, stack = "prod") => `urn:pulumi:${stack}::shop::${type}::coordination`;
const below = urnOf(`shop:index:Shop$${ensembleType}`);

function faultsOf(rule: string, resource: Partial<Seen>, production?: string): string[] {
    const found = rules.find(({ name }) => name === rule);
    assert.ok(found, `there is no policy ${rule}`);
    const type = resource.type ?? ensembleType;
    return found.faults({ type, urn: urnOf(type), props: {}, parent: "", ...resource }, { today, production });
}

const container = (port: object, label = "zookeeper-ensemble.ensemble") => ({
    type: "docker:index/container:Container",
    props: { ports: [{ internal: 2181, external: 2181, ...port }], labels: [{ label, value: "shop" }] },
});
const ingress = (props: object, parent = below) => ({
    type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    props: { fromPort: 2181, ...props },
    parent,
});

describe("the policies", () => {
    it("each say why in a sentence, and have a name of their own", () => {
        assert.ok(rules.every(({ reason }) => /^[A-Z].{40,}\.$/.test(reason)));
        assert.equal(new Set(rules.map(({ name }) => name)).size, rules.length);
    });

    it("find nothing wrong with an ensemble as it is by default", () => {
        for (const { name } of rules) {
            assert.deepEqual(faultsOf(name, { props: { docker: {} } }), [], name);
        }
    });

    it("let no client port be published on every address of the host", () => {
        const rule = "no-public-client-port";
        assert.match(faultsOf(rule, container({ ip: "0.0.0.0" })).join(), /host port 2181 .* 0\.0\.0\.0/);
        assert.equal(faultsOf(rule, container({ ip: "::" })).length, 1);
        assert.equal(faultsOf(rule, container({})).length, 1, "Docker's own default is every address");
        assert.deepEqual(faultsOf(rule, container({ ip: "127.0.0.1" })), []);
        assert.deepEqual(faultsOf(rule, container({ ip: "0.0.0.0" }, "team")), [], "somebody else's container");
    });

    it("let no client port be open to the internet on AWS", () => {
        const rule = "no-public-client-port";
        assert.match(faultsOf(rule, ingress({ cidrIpv4: "0.0.0.0/0" })).join(), /port 2181 is open to 0\.0\.0\.0\/0/);
        for (const cidrIpv6 of ["::/0", "::/1", "8000::/1", "2000::/3"]) {
            assert.equal(faultsOf(rule, ingress({ cidrIpv6 })).length, 1, cidrIpv6);
        }
        for (const cidrIpv4 of ["0.0.0.0/1", "128.0.0.0/1", "64.0.0.0/7"]) {
            assert.match(faultsOf(rule, ingress({ cidrIpv4 })).join(), /a large part of it/, cidrIpv4);
        }
        assert.deepEqual(faultsOf(rule, ingress({ cidrIpv6: "fc00::/7" })), []);
        assert.deepEqual(faultsOf(rule, ingress({ cidrIpv6: "2001:db8::/32" })), []);
        assert.deepEqual(faultsOf(rule, ingress({ cidrIpv4: "10.0.0.0/8" })), []);
        assert.deepEqual(faultsOf(rule, ingress({ cidrIpv4: "0.0.0.0/0" }, urnOf("shop:index:Web"))), []);
    });

    it("want the volumes of servers encrypted, and nobody else's", () => {
        const rule = "encrypted-volumes";
        const volume = { type: "aws:ebs/volume:Volume", parent: below };
        assert.equal(faultsOf(rule, { ...volume, props: { encrypted: false } }).length, 1);
        assert.equal(faultsOf(rule, { ...volume, props: {} }).length, 1);
        assert.deepEqual(faultsOf(rule, { ...volume, props: { encrypted: true } }), []);
        assert.deepEqual(faultsOf(rule, { ...volume, parent: "", props: {} }), []);
        const machine = { type: "aws:ec2/instance:Instance", parent: below };
        assert.equal(faultsOf(rule, { ...machine, props: { rootBlockDevice: { encrypted: false } } }).length, 1);
        assert.deepEqual(faultsOf(rule, { ...machine, props: { rootBlockDevice: { encrypted: true } } }), []);
    });

    it("want three or more voting servers in production, and an odd number of them", () => {
        const rule = "odd-size-in-production";
        const size = (value: unknown) => faultsOf(rule, { props: { size: value } });
        assert.match(size(4).join(), /4 voting servers: take 3 or 5/);
        assert.match(size(1).join(), /1 voting server: take 3/);
        assert.equal(size(2).length, 1);
        for (const fine of [3, 5, 7, undefined]) {
            assert.deepEqual(size(fine), []);
        }
        const servers = [{ id: 1 }, { id: 2 }, { id: 3 }, { id: 7, role: "observer" }];
        assert.deepEqual(faultsOf(rule, { props: { servers } }), []);
        assert.equal(faultsOf(rule, { props: { servers: servers.slice(1) } }).length, 1);
    });

    it("take any size in stacks that are not production, whatever these are called", () => {
        const rule = "odd-size-in-production";
        const props = { size: 1 };
        assert.deepEqual(faultsOf(rule, { props, urn: urnOf(ensembleType, "dev") }), []);
        for (const stack of ["prod", "production", "prod2", "eu-prod-2", "eu_prod", "shop.prod"]) {
            assert.equal(faultsOf(rule, { props, urn: urnOf(ensembleType, stack) }).length, 1, stack);
        }
        for (const stack of ["nonprod", "preprod", "eu-preprod-2"]) {
            assert.deepEqual(faultsOf(rule, { props, urn: urnOf(ensembleType, stack) }), [], stack);
        }
        assert.deepEqual(faultsOf(rule, { props }, "^live$"), []);
        assert.equal(faultsOf(rule, { props, urn: urnOf(ensembleType, "live") }, "^live$").length, 1);
    });

    it("want old snapshots and logs removed", () => {
        const hours = (value: unknown) =>
            faultsOf("autopurge-on", { props: { config: { autopurge: { purgeIntervalHours: value } } } });
        assert.match(hours(0).join(), /purgeIntervalHours is 0/);
        assert.deepEqual(hours(24), []);
        assert.deepEqual(hours(undefined), []);
    });

    it("refuse a version of a line from the day on that it ended", () => {
        assert.equal(endedOn("3.7.2", new Date("2024-02-01T23:59:00Z")), undefined);
        assert.equal(endedOn("3.7.2", new Date("2024-02-02T00:00:00Z")), "2024-02-02");
        assert.match(
            faultsOf("no-end-of-life-version", { props: { version: "3.6.4" } }).join(),
            /3\.6\.4 is of a line that ended on 2022-12-30/,
        );
        for (const version of ["3.8.6", "3.9.5", "3.10.0", undefined]) {
            assert.deepEqual(faultsOf("no-end-of-life-version", { props: { version } }), []);
        }
    });
});

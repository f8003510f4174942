import { NetworkInterface, Rule, World } from "./world";

/**
 * The rules of all groups of an interface as a table of nft, for the namespace of its machine: what comes in and what
 * goes out is dropped in silence unless a rule allows it, or it answers what was allowed. A table of its own: the name
 * service of Docker has its rules in the same namespace.
 */
export function firewallOf(world: World, { groups }: NetworkInterface): string {
    const rules = [...world.rules.values()].filter(({ groupId }) => groups.includes(groupId));
    return [
        "table inet ec2",
        "delete table inet ec2",
        "table inet ec2 {",
        ...chain(world, rules, "ingress"),
        ...chain(world, rules, "egress"),
        "}",
        "",
    ].join("\n");
}

function chain(world: World, rules: readonly Rule[], direction: Rule["direction"]): string[] {
    const [hook, device] = direction === "ingress" ? ["input", "iif"] : ["output", "oif"];
    return [
        `  chain ${direction} {`,
        `    type filter hook ${hook} priority 0; policy drop;`,
        `    ${device} "lo" accept`,
        "    ct state established,related accept",
        ...rules.filter((rule) => rule.direction === direction).flatMap((rule) => statements(world, rule)),
        "  }",
    ];
}

/** None while nothing is in the group that the rule names. */
function statements(world: World, rule: Rule): string[] {
    const side = rule.direction === "ingress" ? "saddr" : "daddr";
    const { four, six } = peersOf(world, rule);
    return [
        ...(four.length > 0 ? [`    ip ${side} { ${four.join(", ")} } ${traffic(rule)} accept`] : []),
        ...(six.length > 0 ? [`    ip6 ${side} { ${six.join(", ")} } ${traffic(rule)} accept`] : []),
    ];
}

function peersOf(world: World, rule: Rule): { four: string[]; six: string[] } {
    if (rule.cidrIpv6 !== undefined) {
        return { four: [], six: [rule.cidrIpv6] };
    }
    if (rule.cidrIpv4 !== undefined) {
        return { four: [rule.cidrIpv4], six: [] };
    }
    if (rule.prefixListId !== undefined) {
        return { four: [...world.prefixLists.get(rule.prefixListId)!], six: [] };
    }
    const members = [...world.interfaces.values()].filter(({ groups }) =>
        groups.includes(rule.referencedSecurityGroupId!),
    );
    return { four: members.map(({ address }) => address).sort(), six: [] };
}

function traffic({ protocol, fromPort, toPort }: Rule): string {
    if (protocol === "-1") {
        return "";
    }
    if (protocol === "icmp") {
        return "ip protocol icmp";
    }
    return fromPort === toPort ? `${protocol} dport ${fromPort}` : `${protocol} dport ${fromPort}-${toPort}`;
}

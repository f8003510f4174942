import * as pulumi from "@pulumi/pulumi";
import { Context, ensembleTags, surely } from "./context";
import { GroupName, Peer, Rule, rulesOf } from "./rules";

export interface Network {
    readonly serverGroupId: pulumi.Output<string>;
    readonly clientGroupId: pulumi.Output<string>;
    /** Without them a machine cannot boot: it waits for them. */
    readonly rules: readonly pulumi.Resource[];
    /** The availability zone of a subnet, which only AWS knows. */
    readonly zoneOf: (subnetId: pulumi.Output<string>) => pulumi.Output<string>;
}

export function makeNetwork(context: Context): Network {
    const { spec, inputs } = context;
    const groups = {
        servers: securityGroup(context, "servers", `Servers of the ZooKeeper ensemble ${spec.ensembleId}`),
        clients: securityGroup(context, "clients", `Clients of the ZooKeeper ensemble ${spec.ensembleId}`),
    };
    return {
        serverGroupId: groups.servers.id,
        clientGroupId: groups.clients.id,
        rules: rulesOf(spec, inputs).map((rule) => makeRule(context, groups, rule)),
        zoneOf: zonesOf(context),
    };
}

type Groups = Readonly<Record<GroupName, { readonly id: pulumi.Output<string> }>>;

const resourceNames: Readonly<Record<GroupName, string>> = {
    servers: "serverSecurityGroup",
    clients: "clientSecurityGroup",
};

function securityGroup({ aws, owner, spec, inputs }: Context, group: GroupName, description: string) {
    return new aws.SecurityGroup(
        `${spec.name}-${resourceNames[group]}`,
        {
            vpcId: inputs.vpcId,
            description,
            region: inputs.region,
            tags: ensembleTags({ spec }, group),
        },
        {
            parent: owner,
            // Each of these makes a new group, into which the servers would move one after the other: those of the old
            // group and those of the new one cannot reach each other.
            ignoreChanges: ["name", "namePrefix", "description", "vpcId"],
        },
    );
}

function makeRule({ aws, owner, spec, inputs }: Context, groups: Groups, rule: Rule): pulumi.Resource {
    const { name, of, port, peer, direction, description } = rule;
    const args = {
        securityGroupId: groups[of].id,
        ipProtocol: port === undefined ? "-1" : "tcp",
        ...(port !== undefined && { fromPort: port, toPort: port }),
        ...peerArgs(groups, peer),
        description,
        region: inputs.region,
        tags: ensembleTags({ spec }, name),
    };
    // A rule of the old kind is in the way of the new one when the two say the same.
    const options = { parent: owner, protect: false, deleteBeforeReplace: true };
    const resourceName = `${spec.name}-${name}`;
    return direction === "ingress"
        ? new aws.IngressRule(resourceName, args, options)
        : new aws.EgressRule(resourceName, args, options);
}

function peerArgs(groups: Groups, peer: Peer) {
    return "group" in peer ? { referencedSecurityGroupId: groups[peer.group].id } : peer;
}

function zonesOf(context: Context): Network["zoneOf"] {
    const { aws, owner, inputs } = context;
    const asked = new Map<string, pulumi.Output<string>>();
    const ask = (id: string): pulumi.Output<string> => {
        const zone = aws
            .getSubnetOutput({ id, region: inputs.region }, { parent: owner })
            .apply(({ availabilityZone }) => availabilityZone);
        return surely(context, `the availability zone of the subnet ${id}`, zone, "not known");
    };
    return (subnetId) =>
        subnetId.apply((id) => {
            const zone = asked.get(id) ?? ask(id);
            asked.set(id, zone);
            return zone;
        });
}

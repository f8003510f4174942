import * as pulumi from "@pulumi/pulumi";
import { lifecycleHook } from "../../pulumi/hooks";
import { Connection } from "./connection";
import { Context, ensembleTags, keepFailure } from "./context";
import { Looks } from "./looks";
import { leftOverRules } from "./leftOverRules";
import { GroupName, Peer, Rule, rulesOf } from "./rules";

export interface Network {
    /** What is made first: its hook looks whether the arguments can be right. */
    readonly first: pulumi.Resource;
    readonly serverGroupId: pulumi.Output<string>;
    readonly clientGroupId: pulumi.Output<string>;
    /** Without them a machine cannot boot: it waits for them. A rule that is made anew cuts off who comes meanwhile. */
    readonly makeRules: (after: pulumi.Resource[]) => readonly pulumi.Resource[];
    /** The availability zone of a subnet, which only AWS knows. */
    readonly zoneOf: (subnetId: pulumi.Output<string>) => pulumi.Output<string>;
}

export function makeNetwork(context: Context, looks: Looks, connection: () => Promise<Connection>): Network {
    const { owner, spec, inputs } = context;
    const servers = `Servers of the ZooKeeper ensemble ${spec.ensembleId}`;
    const first = securityGroup(context, "servers", servers, { hooks: { beforeCreate: [looks.ofAll] } });
    const groups = {
        servers: first,
        clients: securityGroup(context, "clients", `Clients of the ZooKeeper ensemble ${spec.ensembleId}`, {
            dependsOn: [first],
        }),
    };
    const clearWay = lifecycleHook(owner, "rule", leftOverRules(connection, spec.ensembleId));
    return {
        first,
        serverGroupId: groups.servers.id,
        clientGroupId: groups.clients.id,
        makeRules: (after) => rulesOf(spec, inputs).map((rule) => makeRule(context, groups, rule, clearWay, after)),
        zoneOf: zonesOf(context, looks),
    };
}

type Groups = Readonly<Record<GroupName, { readonly id: pulumi.Output<string> }>>;

const resourceNames: Readonly<Record<GroupName, string>> = {
    servers: "serverSecurityGroup",
    clients: "clientSecurityGroup",
};

function securityGroup(
    { aws, owner, spec, inputs }: Context,
    group: GroupName,
    description: string,
    options: pulumi.CustomResourceOptions,
) {
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
            ...options,
        },
    );
}

function makeRule(
    { aws, owner, spec, inputs }: Context,
    groups: Groups,
    rule: Rule,
    clearWay: pulumi.ResourceHook,
    dependsOn: pulumi.Resource[],
): pulumi.Resource {
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
    const options = {
        parent: owner,
        dependsOn,
        protect: false,
        deleteBeforeReplace: true,
        hooks: { beforeCreate: [clearWay] },
    };
    const resourceName = `${spec.name}-${name}`;
    return direction === "ingress"
        ? new aws.IngressRule(resourceName, args, options)
        : new aws.EgressRule(resourceName, args, options);
}

function peerArgs(groups: Groups, peer: Peer) {
    return "group" in peer ? { referencedSecurityGroupId: groups[peer.group].id } : peer;
}

function zonesOf(context: Context, looks: Looks): Network["zoneOf"] {
    return (subnetId) =>
        subnetId.apply((id) =>
            looks.subnet(id).apply((answer) => {
                if ("failure" in answer) {
                    keepFailure(context, `the availability zone of the subnet ${id}`, answer.failure);
                    return "not known";
                }
                return answer.found.availabilityZone;
            }),
        );
}

import * as pulumi from "@pulumi/pulumi";
import { ZookeeperEnsemble } from "zookeeper-ensemble";

const config = new pulumi.Config();

const ensemble = new ZookeeperEnsemble("coordination", {
    size: 3,
    aws: {
        vpcId: config.require("vpcId"),
        // Private subnets in three zones, with a way out (NAT) or with endpoints: see README.md.
        subnetIds: config.requireObject<string[]>("subnetIds"),
        // Asked for by deployer-policy.json: a policy made from machines-boundary.json.
        permissionsBoundaryArn: config.get("permissionsBoundaryArn"),
        clients: { cidrs: config.getObject<string[]>("clientCidrs") ?? [] },
    },
});

export const connectionString = ensemble.connectionString;
/** Attach it to what is to reach the ensemble. */
export const clientSecurityGroupId = ensemble.clientSecurityGroupId;
export const servers = ensemble.servers;

import * as pulumi from "@pulumi/pulumi";
import { settled } from "../../lifecycle/settled";
import { userDataBase64 } from "../../render/aws/userData";
import { AwsEnsembleSpec } from "../../spec/ensembleSpec";
import { Platform } from "../platform";
import { awsOutputs } from "./awsOutputs";
import { clearWayForInstance } from "./birth";
import { connectionOf } from "./connection";
import { Context } from "./context";
import { Ec2Machines } from "./ec2Machines";
import { makeIdentity } from "./identity";
import { makeImage } from "./image";
import { AwsInputs } from "./inputs";
import { makeNetwork } from "./network";
import { loadAwsProvider } from "./provider";
import { makeDnsRecord, makeKeep, makeMachine, Shared } from "./server";

/**
 * The AWS side of one ensemble: security groups, the machines' rights, the image, and per server an interface, two
 * volumes and an instance. What can fail without AWS fails now, before anything is registered.
 */
export function awsPlatform(spec: AwsEnsembleSpec): (owner: pulumi.ComponentResource, inputs: AwsInputs) => Platform {
    const aws = loadAwsProvider();
    const userData = new Map(spec.servers.map((server) => [server.id, userDataBase64(spec, server)]));
    return (owner, inputs) => make({ owner, spec, inputs, userData, aws, failures: [] });
}

function make(context: Context): Platform {
    const { owner, spec, inputs, failures } = context;
    const connection = connectionOf(owner, inputs.region);
    const machines = new Ec2Machines(connection, spec.ensembleId, spec.aws.stopGraceSeconds);
    const shared: Shared = {
        network: makeNetwork(context),
        identity: makeIdentity(context),
        imageId: makeImage(context),
        clearWay: async (server, interfaceId) => clearWayForInstance(await connection(), spec, server, interfaceId),
    };
    const keeps = new Map(spec.servers.map((server) => [server.id, makeKeep(context, shared, server)]));
    keeps.forEach((keep) => makeDnsRecord(context, keep));
    const made = new Map<number, pulumi.Output<string>>();
    return {
        machines,
        // Asked for when every server has been made.
        get outputs() {
            return awsOutputs(context, shared.network, [...keeps.values()], (id) => made.get(id)!);
        },
        address: ({ id }) => keeps.get(id)!.networkInterface.privateIp,
        wantedHashes: async () => {
            const hashes = [...keeps].map(async ([id, { hash }]) => [id, await settled(hash)] as const);
            await Promise.allSettled(hashes);
            // What follows from a failed look fails too, and says less.
            if (failures.length > 0) {
                throw failures[0]!;
            }
            return new Map(await Promise.all(hashes));
        },
        server: (server, dependsOn) => {
            const machineId = makeMachine(context, shared, keeps.get(server.id)!, dependsOn).apply((id) => {
                machines.expect(id);
                return id;
            });
            made.set(server.id, machineId);
            return machineId;
        },
    };
}

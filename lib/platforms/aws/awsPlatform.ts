import * as pulumi from "@pulumi/pulumi";
import { LeftOver } from "../../lifecycle/machines";
import { settled } from "../../pulumi/settled";
import { userDataBase64 } from "./files/userData";
import { hostsOf } from "./model/awsHosts";
import { AwsEnsembleSpec } from "./model/awsSpec";
import { NO_ADDRESS } from "../../model/servers";
import { MadeAnew } from "../../pulumi/madeAnew";
import { Platform, Predecessors } from "../platform";
import { awsOutputs } from "./awsOutputs";
import { clearWayForInstance } from "./birth";
import { form } from "./form";
import { connectionOf } from "./connection";
import { makeCommands } from "./commands";
import { Context } from "./context";
import { Ec2Machines } from "./ec2Machines";
import { makeIdentity } from "./identity";
import { makeImage } from "./image";
import { makeLooks } from "./looks";
import { AwsInputs } from "./inputs";
import { makeNetwork } from "./network";
import { placeOf, sharedMachineId } from "./oneMachine";
import { loadAwsProvider } from "./provider";
import { BeforeGuard, Lasting, makeDnsRecord, makeLasting, makeMachine, Shared } from "./server";

/**
 * The AWS side of one ensemble: security groups, the machines' rights, the image, and per machine an interface, two
 * volumes and an instance. What can fail without AWS fails now, before anything is registered.
 */
export function awsPlatform(spec: AwsEnsembleSpec): (owner: pulumi.ComponentResource, inputs: AwsInputs) => Platform {
    const aws = loadAwsProvider();
    const userData = new Map(hostsOf(spec).map(({ key, server }) => [key, userDataBase64(spec, server)]));
    return (owner, inputs) => make({ owner, spec, inputs, userData, aws, failures: [] });
}

function make(context: Context): Platform {
    const { owner, spec, inputs, failures } = context;
    const connection = connectionOf(owner, inputs.region);
    const wantedIds = spec.servers.map(({ id }) => id);
    const machines = new Ec2Machines(connection, spec.ensembleId, spec.aws.stopGraceSeconds, wantedIds);
    const looks = makeLooks(context);
    const network = makeNetwork(context, looks, connection);
    const interfaces = new MadeAnew(owner, "interface");
    const before: BeforeGuard = {
        looks,
        interfaceIsMade: interfaces.hook,
        network,
        imageId: makeImage(context),
    };
    const byId = lastingById(context, before);
    let shared: Shared | undefined;
    const instanceIds = new Map<Lasting, pulumi.Output<string>>();
    return {
        machines,
        // What a machine needs for itself alone, its interface with the address and its volumes, is made before any
        // machine is touched and stays in the machine: nobody else can have it.
        obstacles: async () => [],
        // Asked for when every server has been made.
        get outputs() {
            return awsOutputs(
                context,
                network,
                (id) => byId.get(id)!,
                (id) => instanceIds.get(byId.get(id)!)!,
            );
        },
        immutable: form(spec.aws, inputs.region),
        protectsVolumes: spec.aws.volumes.protect,
        visibleSettings: { instanceType: spec.aws.instanceType },
        // A given one as it is given: where the server has another one already that is seen, and refused.
        address: ({ id, address }) =>
            address === NO_ADDRESS ? byId.get(id)!.networkInterface.privateIp : pulumi.output(address),
        wantedSpecifications: async () => {
            const texts = [...byId].map(async ([id, { specification }]) => [id, await settled(specification)] as const);
            await Promise.allSettled(texts);
            // What follows from a failed look fails too, and says less.
            if (failures.length > 0) {
                throw failures[0]!;
            }
            return new Map(await Promise.all(texts));
        },
        digests: ({ id }) => byId.get(id)!.digests,
        afterGuard: (guard) => {
            spec.servers.forEach((server) => makeDnsRecord(context, before, byId.get(server.id)!, server, guard));
            shared = {
                ...before,
                rules: network.makeRules(guard),
                identity: makeIdentity(context, [network.first, ...guard]),
                commands: makeCommands(context, [network.first, ...guard]),
                clearWay: async (host, interfaceId, leftOver) =>
                    clearWayForInstance(await connection(), spec, host, interfaceId, leftOver),
            };
        },
        // Made with the interfaces, which the addresses come from that the guard needs.
        volumes: () => [...new Set(byId.values())].flatMap(({ data, log }) => [data, log]),
        // Interfaces are made and kept as the volumes are; where only the volumes were lost, this is the place.
        volumesAreNew: () => interfaces.count === new Set(byId.values()).size,
        server: ({ id }, waitsFor) => {
            const lasting = byId.get(id)!;
            // The machine of all servers is made when the first of them is asked for.
            const instanceId = instanceIds.get(lasting) ?? makeInstance(context, shared!, lasting, machines, waitsFor);
            instanceIds.set(lasting, instanceId);
            return spec.aws.singleMachine ? instanceId.apply((found) => sharedMachineId(found, id)) : instanceId;
        },
    };
}

/** By server's id: each its own, or all the same. */
function lastingById(context: Context, before: BeforeGuard): Map<number, Lasting> {
    const { spec } = context;
    const all = hostsOf(spec).map((host) => makeLasting(context, before, host));
    const lastingOf = (id: number) => all.find(({ host }) => host.server === undefined || host.server.id === id)!;
    return new Map(spec.servers.map(({ id }) => [id, lastingOf(id)]));
}

/** One that is for all servers waits for none of them. */
function makeInstance(
    context: Context,
    shared: Shared,
    lasting: Lasting,
    machines: Ec2Machines,
    { always, inTurn, birth }: Predecessors,
): pulumi.Output<string> {
    const { server } = lasting.host;
    const ids = server ? [server.id] : context.spec.servers.map(({ id }) => id);
    const beforeBirth = async (): Promise<LeftOver> => {
        const all: LeftOver[] = [];
        for (const id of ids) {
            all.push(await birth(id));
        }
        const seen = all.flatMap((each) => (each === "any" ? [] : each));
        return all.includes("any") ? "any" : seen.map((machineId) => placeOf(machineId).instanceId);
    };
    return makeMachine(context, shared, lasting, server ? inTurn() : always, beforeBirth).apply((id) => {
        machines.expect(id);
        return id;
    });
}

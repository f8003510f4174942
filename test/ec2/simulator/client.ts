import { Cloud } from "./cloud";
import { firewallOf } from "./firewall";
import { Answer } from "./hardware";
import { createInterface } from "./resources/network";

/** How a port answers to somebody who knocks. */
export type Knock = "open" | "refused" | "silent";

export interface Client {
    readonly address: string;
    run(script: string): Promise<Answer>;
    knock(address: string, port: number): Promise<Knock>;
    remove(): Promise<void>;
}

const knockSeconds = 2;

/** A container without a system of its own, on an interface with groups like every other. */
export async function newClient(
    cloud: Cloud,
    image: string,
    subnetId: string,
    securityGroups?: readonly string[],
): Promise<Client> {
    const { world, machines, docker, settings } = cloud;
    const card = createInterface(cloud, { subnetId, securityGroups });
    card.attachedTo = card.id;
    const network = world.vpcs.get(card.vpcId)!.network;
    const container = await docker.createContainer({
        name: `${settings.prefix}-${card.id}`,
        Image: image,
        Entrypoint: ["sleep", "infinity"],
        StopSignal: "SIGKILL",
        MacAddress: card.mac,
        Labels: settings.labels,
        HostConfig: { CapAdd: ["NET_ADMIN"], NetworkMode: network, Init: true },
        NetworkingConfig: { EndpointsConfig: { [network]: { IPAMConfig: { IPv4Address: card.address } } } },
    });
    await container.start();
    const run = (command: readonly string[]) => machines.run(card.id, command);
    const rules = firewallOf(world, card).replaceAll("'", "");
    await run(["bash", "-c", `nft --file - <<<'${rules}'`]);
    await machines.refreshFirewalls(card.vpcId);
    return {
        address: card.address,
        run: (script) => run(["bash", "-c", script]),
        knock: async (address, port) => {
            // Of nc -z: 0 when somebody listens; silence ends by the time, a refusal at once with a message.
            const { exitCode, errors } = await run([
                "nc",
                "-z",
                "-v",
                "-n",
                "-w",
                String(knockSeconds),
                address,
                String(port),
            ]);
            return exitCode === 0 ? "open" : /refused/.test(errors) ? "refused" : "silent";
        },
        remove: async () => {
            await container.remove({ force: true, v: true });
            world.interfaces.delete(card.id);
            await machines.refreshFirewalls(card.vpcId);
        },
    };
}

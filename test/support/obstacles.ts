import { once } from "node:events";
import { createServer } from "node:net";
import { docker, runScript } from "./dockerWorld";

const image = "zookeeper:3.9.5";

/*
 * What an ensemble may find in its way. Names begin with the project's, so that whatever a failed test leaves is
 * removed with the project.
 */

/** A container of somebody else, on a port of the host if one is given. */
export async function foreignContainer(name: string, hostPort?: number): Promise<void> {
    const container = await docker.createContainer({
        name,
        Image: image,
        Entrypoint: ["sleep", "3600"],
        ExposedPorts: { "2181/tcp": {} },
        HostConfig: {
            Init: true,
            PortBindings: hostPort ? { "2181/tcp": [{ HostIp: "127.0.0.1", HostPort: `${hostPort}` }] } : {},
        },
    });
    await container.start();
}

export async function removeContainer(name: string): Promise<void> {
    await docker.getContainer(name).remove({ force: true, v: true });
}

/** A network of somebody else; what is answered removes it. */
export async function foreignNetwork(name: string, subnet: string): Promise<() => Promise<void>> {
    const network = await docker.createNetwork({
        Name: name,
        Driver: "bridge",
        IPAM: { Config: [{ Subnet: subnet }] },
    });
    return () => network.remove();
}

/** A volume that carries the stamp of another ensemble's server. */
export async function foreignVolume(name: string, owner: { ensemble: string; id: number }): Promise<void> {
    const stamp = ["ensemble=" + owner.ensemble, `id=${owner.id}`, "generation=0123456789abcdef", "nonce=n"];
    const script = `mkdir -p /volume/ensemble && printf '%s\\n' ${stamp.join(" ")} >/volume/ensemble/stamp`;
    await runScript(image, script, { binds: [`${name}:/volume`] });
}

/** Another process of this host on a port, while the action runs. */
export async function whilePortIsHeld<T>(port: number, action: () => Promise<T>): Promise<T> {
    const holder = createServer().listen(port, "127.0.0.1");
    await once(holder, "listening");
    try {
        return await action();
    } finally {
        await new Promise((closed) => holder.close(closed));
    }
}

/** A second name for the image of the tests, while the action runs. */
export async function whileImageIsCalled<T>(name: string, action: () => Promise<T>): Promise<T> {
    const [repo = "", tag] = name.split(":");
    await docker.getImage(image).tag({ repo, tag });
    try {
        return await action();
    } finally {
        await docker.getImage(name).remove();
    }
}

/** A server that runs and reaches nobody, while the action runs. */
export async function whileDisconnected<T>(network: string, container: string, action: () => Promise<T>): Promise<T> {
    const { NetworkSettings } = await docker.getContainer(container).inspect();
    const { IPAddress, Aliases } = NetworkSettings.Networks[network]!;
    const endpoint = { IPAMConfig: { IPv4Address: IPAddress }, Aliases };
    await docker.getNetwork(network).disconnect({ Container: container });
    try {
        return await action();
    } finally {
        await docker.getNetwork(network).connect({ Container: container, EndpointConfig: endpoint });
    }
}

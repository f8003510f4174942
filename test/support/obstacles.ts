import { createServer } from "node:net";
import { containerOf, docker } from "./dockerWorld";

const image = "zookeeper:3.9.5";

/** A container of somebody else; it goes with everything whose name starts with the project's. */
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

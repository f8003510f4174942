import { ResolvedConfig } from "./config";
import { ServerPorts } from "./ensembleSpec";
import { PORT } from "./portRange";
import { Section } from "./section";

export const DEFAULT_PORTS: ServerPorts = { client: 2181, peer: 2888, election: 3888, admin: 8080, metrics: 7000 };

/** The ports of one section, each missing one from the fallback. */
export function readPorts(owner: Section, fallback: ServerPorts): ServerPorts {
    const ports = owner.section("ports");
    const read = (name: keyof ServerPorts) => ports.integer(name, PORT) ?? fallback[name];
    const found = {
        client: read("client"),
        peer: read("peer"),
        election: read("election"),
        admin: read("admin"),
        metrics: read("metrics"),
    };
    ports.refuseUnknown();
    return found;
}

/** Two listeners of one server cannot share a port; a port of something that is switched off does not count. */
export function checkPorts(owner: Section, ports: ServerPorts, config: ResolvedConfig): void {
    const used: [string, number | undefined][] = [
        ["client", ports.client],
        ["peer", ports.peer],
        ["election", ports.election],
        ["admin", config.adminEnabled ? ports.admin : undefined],
        ["metrics", config.spec.metricsEnabled ? ports.metrics : undefined],
        ["config.observers.masterPort", config.observerMasterPort],
        ["config.extra.secureClientPort", config.securePort],
    ];
    used.forEach(([name, port], index) => {
        const other = used.slice(0, index).find(([, earlier]) => port !== undefined && earlier === port);
        if (other !== undefined) {
            owner.fault("ports", `${port} is given to ${other[0]} and to ${name}: give each its own`);
        }
    });
}

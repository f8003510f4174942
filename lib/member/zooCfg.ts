import { EnsembleSpec, ServerSpec, Setting } from "../model/ensembleSpec";
import { containerPlaces, Places } from "./places";

/**
 * The part of a server's zoo.cfg that never changes while it runs. The member script adds `dynamicConfigFile` and the
 * digest of the server's own super password at each start. The client port is missing because it stands in the server
 * line; in both places it could differ.
 */
export function zooCfgTemplate(spec: EnsembleSpec, server: ServerSpec, places: Places = containerPlaces): string {
    const ports: Setting[] = [{ key: "admin.serverPort", value: String(server.ports.admin) }];
    if (spec.config.metricsEnabled) {
        ports.push({ key: "metricsProvider.httpPort", value: String(server.ports.metrics) });
    }
    return [owned(places), ports, spec.config.zooCfg].map(lines).join("\n");
}

/** The same without the ports, which count up on a machine of several servers: the machine adds them. */
export function zooCfgWithoutPorts(spec: EnsembleSpec, places: Places): string {
    return [owned(places), spec.config.zooCfg].map(lines).join("\n");
}

function owned(places: Places): Setting[] {
    return [
        { key: "dataDir", value: places.data },
        { key: "dataLogDir", value: places.log },
        // Also for one server: so one grows to three by a membership change, and no server ever serves alone by
        // mistake.
        { key: "standaloneEnabled", value: "false" },
        { key: "reconfigEnabled", value: "true" },
        // With autocreate an empty disk takes part in elections, and an acknowledged write can lose against it.
        { key: "db.autocreate", value: "false" },
    ];
}

function lines(settings: readonly Setting[]): string {
    return settings.map(({ key, value }) => `${key}=${value}\n`).join("");
}

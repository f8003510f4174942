import { Wanted } from "./decide/wanted";
import { EnsembleSpec } from "../model/ensembleSpec";
import { lazily } from "../pulumi/lazily";
import { serverLine } from "../zookeeper/serverLines";
import { locatedSpec, Platform } from "../platforms/platform";

/** What the lifecycle needs of a specification, with what only the platform knows: addresses and machines. */
export function wantedOf(spec: EnsembleSpec, platform: Platform): () => Promise<Wanted> {
    return lazily(async () => {
        const [located, specifications] = await Promise.all([
            locatedSpec(spec, platform),
            platform.wantedSpecifications(),
        ]);
        const { ensembleId, version, chroot, lifecycle } = spec;
        return {
            ensembleId,
            version: version.text,
            chroot,
            ...lifecycle,
            limits: { tickTimeMs: numberOf(spec, "tickTime"), initLimitTicks: numberOf(spec, "initLimit") },
            servers: located.servers.map((server) => ({
                id: server.id,
                line: serverLine(server),
                specification: specifications.get(server.id)!,
            })),
        };
    });
}

function numberOf({ config }: EnsembleSpec, key: string): number {
    return Number(config.zooCfg.find((setting) => setting.key === key)?.value);
}

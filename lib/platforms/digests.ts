import { createHash } from "node:crypto";
import { ReplaceReason } from "../lifecycle/specification";
import { EnsembleSpec } from "../model/ensembleSpec";

/** Of everything that makes a new machine when it changes; the preflight sees by it which servers are replaced. */
export function hashOf(parts: readonly unknown[]): string {
    return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}

/** Digests of what is the same on every platform; the platform adds those of its image and its machine. */
export function commonDigests(
    { config, jvm, lifecycle }: EnsembleSpec,
    zooCfg: string,
): Record<ReplaceReason.Configuration | ReplaceReason.Jvm | ReplaceReason.RestartTrigger, string> {
    return {
        [ReplaceReason.Configuration]: hashOf([zooCfg, config.systemProperties]),
        [ReplaceReason.Jvm]: hashOf([jvm]),
        [ReplaceReason.RestartTrigger]: hashOf([lifecycle.restartTrigger]),
    };
}

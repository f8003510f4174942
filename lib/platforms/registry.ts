import * as pulumi from "@pulumi/pulumi";
import { ZookeeperEnsembleArgs } from "../args/ensemble";
import { Changes, commonChanges } from "../lifecycle/decide/changes";
import { EnsembleSpec } from "../model/ensembleSpec";
import { aws } from "./aws/registration";
import { docker } from "./docker/registration";
import { MakePlatform, Registration } from "./registration";

/** The platforms that an ensemble can run on: here, and nowhere else, is one added. */
export const platforms: readonly [Registration, ...Registration[]] = [docker, aws];

export const platformKeys = platforms.map(({ key }) => key);

/** What a change of each public argument does. */
export const changes: Changes = Object.assign({}, commonChanges, ...platforms.map((platform) => platform.changes));

/** Where an ensemble of these arguments is, as far as a program tells it: the same place, the same parts. */
export function placeOf(
    args: ZookeeperEnsembleArgs,
    opts: pulumi.ComponentResourceOptions | undefined,
): readonly unknown[] {
    return platforms.find(({ key }) => args?.[key])?.placeOf(args, opts) ?? [];
}

/** How the platform of this specification is made. */
export function platformOf(spec: EnsembleSpec): MakePlatform {
    const platform = platforms.find(({ key }) => key in spec);
    if (!platform) {
        throw new Error("a specification names one platform");
    }
    return platform.makePlatform(spec);
}

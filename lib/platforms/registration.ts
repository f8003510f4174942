import * as pulumi from "@pulumi/pulumi";
import { ZookeeperEnsembleArgs } from "../args/ensemble";
import { Changes } from "../lifecycle/decide/changes";
import { Room } from "../model/capacity";
import { ResolvedConfig } from "../model/config";
import { EnsembleSpec } from "../model/ensembleSpec";
import { Identity } from "../model/names";
import { Neighbour } from "../model/neighbour";
import { Section } from "../model/section";
import { ZooKeeperVersion } from "../zookeeper/version";
import { Platform } from "./platform";

/** All that the component has to know of a platform to offer it. A platform is a folder with one of these. */
export interface Registration {
    /** The argument that chooses the platform and holds its settings; the specification has its part by this name. */
    readonly key: PlatformKey;
    /** The least that has to be given, for who chose no platform. */
    readonly atLeast: string;
    /** How long a new server takes to serve at most, with much to spare. */
    readonly usualServingTimeoutSeconds: number;
    /** What a change of the platform's own arguments does. */
    readonly changes: Changes;
    /** Reads the platform's argument, and what of the others depends on it. */
    resolve(args: Section, common: Common, config: ResolvedConfig): PlatformPart;
    /** What tells whether two ensembles of a program are at one place, such as an engine: each part is equal there. */
    placeOf(args: ZookeeperEnsembleArgs, opts: pulumi.ComponentResourceOptions | undefined): readonly unknown[];
    /** Faults of an ensemble that cannot be beside another one at the same place. */
    checkClashes(args: Section, own: EnsembleSpec, other: Neighbour): void;
    /** For a specification with the platform's part. What can fail without the platform fails now. */
    makePlatform(spec: EnsembleSpec): MakePlatform;
}

/** The arguments that are a platform's. */
export type PlatformKey = "docker" | "aws";

/** What is known of an ensemble before its platform is. */
export interface Common {
    readonly identity: Identity;
    readonly name: string;
    readonly ensembleId: string;
    readonly version: ZooKeeperVersion;
}

/** Beside what is here, the platform's own part stands below its key. The room is no part of the specification. */
export type PlatformPart = Pick<EnsembleSpec, "servers" | "jvm"> & { readonly room: Room };

/** Makes what is the platform's below the component, from inputs that never reject. */
export type MakePlatform = (owner: pulumi.ComponentResource, args: ZookeeperEnsembleArgs) => Platform;

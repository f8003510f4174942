import * as pulumi from "@pulumi/pulumi";
import { LeftOver, Machines, Obstacle } from "../lifecycle/machines";
import { SpecificationDigests } from "../lifecycle/specification";
import { settled } from "../pulumi/settled";
import { EnsembleOutputs } from "../outputs";
import { EnsembleSpec, ServerSpec } from "../model/ensembleSpec";

/** What a platform makes of a specification. It only creates resources; when they may be touched is the lifecycle's. */
export interface Platform {
    /** The deployer's way to the running servers. */
    readonly machines: Machines;
    /** What keeps new machines of these servers from being made, beside their own ones, which are deleted before. */
    obstacles(ids: readonly number[]): Promise<readonly Obstacle[]>;
    /** What a program gets to see; the component shows it when the ensemble serves. */
    readonly outputs: EnsembleOutputs;
    /** What of the platform may not change while the ensemble lives. */
    readonly immutable: Immutable;
    /** Whether an argument protects the volumes. Pulumi's own option on the component does so, too. */
    readonly protectsVolumes: boolean;
    /** What a preview shows of the platform's settings, beside those that are the same on every platform. */
    readonly visibleSettings: Readonly<Record<string, Setting>>;
    /** The address in the server's line: given, or chosen by the platform and then kept. */
    address(server: ServerSpec): pulumi.Output<string>;
    /**
     * By id: everything that makes a new machine, or stops it, when it changes, see `specificationText`. Rejects when
     * an input of it failed.
     */
    wantedSpecifications(): Promise<ReadonlyMap<number, string>>;
    /** The same in parts, each of which a preview knows or does not. */
    digests(server: ServerSpec): pulumi.Inputs & SpecificationDigests<pulumi.Input<string>>;
    /**
     * Whatever can cut somebody off when it is changed or replaced, beside the machines: made after the guard, so that
     * an `up` that is refused has changed none of it. Called once, before `volumes` and `server`.
     */
    afterGuard(guard: pulumi.Resource[]): void;
    /**
     * All volumes of all servers, made before any machine, and after these where nothing that the guard needs follows
     * from them.
     */
    volumes(after: pulumi.Resource[]): pulumi.Resource[];
    /** When all volumes are there: whether this `up` has made every one, because the state had none of them. */
    volumesAreNew(): boolean;
    /** Makes one server's machine after what it waits for; answers the machine's id, which no other server has. */
    server(server: ServerSpec, waitsFor: Predecessors): pulumi.Output<string>;
}

export type Setting = string | number | boolean;

/** The guard's marker records it from the first `up` on, and refuses what differs. */
export interface Immutable {
    /** In the state beside what the guard records itself, in clear. What is as usual may be left out. */
    readonly recorded: Readonly<Record<string, pulumi.Input<Setting>>>;
    /**
     * Why the ensemble that recorded the one may not become the other; `""` when it may. What a preview does not know
     * yet is no plain value.
     */
    refusal(recorded: Readonly<Record<string, unknown>>, wanted: Readonly<Record<string, unknown>>): string;
}

/** What a machine waits for. */
export interface Predecessors {
    /** The guard, the recorded founding, and a refusal if there is one. */
    readonly always: Promise<pulumi.Resource[]>;
    /**
     * These, in a roll the serving marker of the server before, and what stands against taking this machine right now:
     * asked for only where the machine waits for it. Not for a machine that the server before is on, too.
     */
    readonly inTurn: () => Promise<pulumi.Resource[]>;
    /**
     * Asked for each server of a machine right before that is made, and before a left-over one is stopped and removed.
     * Answers which one that may be.
     */
    readonly birth: (serverId: number) => Promise<LeftOver>;
}

/** The specification with every server's address. Rejects when a resource that an address comes from failed. */
export async function locatedSpec(spec: EnsembleSpec, platform: Pick<Platform, "address">): Promise<EnsembleSpec> {
    const locate = async (server: ServerSpec) => ({ ...server, address: await settled(platform.address(server)) });
    return { ...spec, servers: await Promise.all(spec.servers.map(locate)) };
}

import Docker from "dockerode";
import { Disks } from "./disks";
import { Machines } from "./machines";
import { World } from "./world";

/** What the resources are made in. */
export interface Cloud {
    readonly world: World;
    readonly machines: Machines;
    readonly disks: Disks;
    readonly docker: Docker;
    readonly settings: Settings;
    /** Called when a VPC has come: what is outside of it is reached through its gateway. */
    readonly openGateway: (gateway: string) => Promise<void>;
    readonly closeGateway: (gateway: string) => Promise<void>;
}

export interface Settings {
    /** Begins the names of everything in the Docker engine. */
    readonly prefix: string;
    readonly labels: Record<string, string>;
    /** How long a mounted volume of a running machine is waited for when it is to be detached. */
    readonly detachSeconds: number;
}

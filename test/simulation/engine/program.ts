import { Wanted } from "../../../lib/lifecycle/decide/wanted";
import { Software } from "../world/machine";

/** What a user's program asks for, as far as the lifecycle knows it. */
export interface Program {
    readonly servers: readonly ProgramServer[];
    readonly version: string;
    /** Counts changes of settings that replace every server. */
    readonly settings: number;
    readonly initLimitTicks: number;
    readonly chroot: string;
    readonly running: boolean;
    readonly acceptDataLoss: string;
    readonly acceptRollback: string;
    readonly allowDowngrade: boolean;
    /** Port on the machines' host of the server with the id 1; the others follow. */
    readonly firstHostPort: number;
}

export interface ProgramServer {
    readonly id: number;
    readonly isObserver: boolean;
    /** Counts changes that replace this server alone. */
    readonly edition: number;
}

export function voters(count: number): ProgramServer[] {
    return Array.from({ length: count }, (_, at) => ({ id: at + 1, isObserver: false, edition: 0 }));
}

export function programOf(servers: readonly ProgramServer[]): Program {
    return {
        servers,
        version: "3.9.5",
        settings: 0,
        initLimitTicks: 10,
        chroot: "",
        running: true,
        acceptDataLoss: "",
        acceptRollback: "",
        allowDowngrade: false,
        firstHostPort: 2181,
    };
}

export function hostPortOf({ firstHostPort }: Program, { id }: Pick<ProgramServer, "id">): number {
    return firstHostPort + id - 1;
}

export function lineOfServer({ id, isObserver }: ProgramServer): string {
    return `server.${id}=10.0.0.${id}:2888:3888:${isObserver ? "observer" : "participant"};0.0.0.0:2181`;
}

/** Of everything that makes a new machine; the role is not among it. */
export function specificationOf(program: Program, server: ProgramServer): string {
    const { version, settings, initLimitTicks } = program;
    return `${version}/${settings}/${initLimitTicks}/${server.edition}/${hostPortOf(program, server)}`;
}

export function softwareOf({ version, initLimitTicks }: Program): Software {
    return { version, tickTimeMs: 2_000, initLimitTicks };
}

export function wantedOf(program: Program): Wanted {
    return {
        ensembleId: "simulated",
        servers: program.servers.map((server) => ({
            id: server.id,
            line: lineOfServer(server),
            specification: specificationOf(program, server),
        })),
        version: program.version,
        chroot: program.chroot,
        running: program.running,
        gates: true,
        allowDowngrade: program.allowDowngrade,
        acceptDataLoss: program.acceptDataLoss,
        acceptRollback: program.acceptRollback,
        limits: { tickTimeMs: 2_000, initLimitTicks: program.initLimitTicks },
        // Shorter than a user's, so that a wait for nothing costs little here; longer than the worst election.
        servingTimeoutSeconds: 60,
        membershipTimeoutSeconds: 75,
    };
}

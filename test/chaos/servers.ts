import Docker from "dockerode";
import { pick, Random } from "../load/random";
import { docker } from "../support/dockerWorld";
import { modeOf, shell } from "../support/insideContainers";
import { allIds } from "./shapes";

/** One server as a fault finds it. */
export interface Found {
    readonly id: number;
    readonly name: string;
    readonly mode: string | undefined;
}

/** The ensemble's containers as a fault sees them, found anew each time: a roll replaces them. */
export class Servers {
    constructor(
        /** The ensemble's id: the beginning of all names. */
        readonly prefix: string,
        private readonly firstPort: number,
        private readonly random: Random,
    ) {}

    nameOf(id: number): string {
        return `${this.prefix}-${id}`;
    }

    hostOf(id: number): string {
        return `localhost:${this.firstPort + id - 1}`;
    }

    /** Every server that runs, with the mode in which it says that it serves. */
    async all(): Promise<Found[]> {
        const names = await this.running();
        const found = names.map(async (name): Promise<Found> => {
            const id = Number(name.slice(this.prefix.length + 1));
            return { id, name, mode: await modeOf(this.hostOf(id)) };
        });
        return Promise.all(found);
    }

    async leader(): Promise<Found | undefined> {
        return (await this.all()).find(({ mode }) => mode === "leader");
    }

    async follower(): Promise<Found | undefined> {
        const followers = (await this.all()).filter(({ mode }) => mode === "follower");
        return followers.length > 0 ? pick(this.random, followers) : undefined;
    }

    /** The server whose container was made last, which serves or is about to. */
    async newest(): Promise<Found | undefined> {
        const all = await docker.listContainers();
        const made = new Map(all.map(({ Names, Created }) => [Names[0]!.slice(1), Created]));
        return (await this.all()).sort((a, b) => (made.get(b.name) ?? 0) - (made.get(a.name) ?? 0))[0];
    }

    /** Servers that run and are not in the leader's configuration, or only as observers: about to be added. */
    async joiners(): Promise<Found[]> {
        const voters = await this.voters();
        return (await this.all()).filter(({ id }) => voters.length > 0 && !voters.includes(id));
    }

    /**
     * A follower whose disk may be lost without losing what was acknowledged: all voters serve, there are three of them
     * at least, so a majority of the others has everything. No system survives more.
     */
    async dispensable(): Promise<Found | undefined> {
        const voters = await this.voters();
        const all = await this.all();
        const serves = (id: number) => all.some((one) => one.id === id && one.mode !== undefined);
        const followers = all.filter(({ id, mode }) => mode === "follower" && voters.includes(id));
        const isSafe = voters.length >= 3 && voters.every(serves) && followers.length >= 2;
        return isSafe ? pick(this.random, followers) : undefined;
    }

    /** The voters of the leader's configuration; none without a leader. */
    async voters(): Promise<number[]> {
        const leader = await this.leader();
        const report = leader ? await shell(leader.name, "bash /ensemble/member.sh report").catch(() => "") : "";
        return [...report.matchAll(/^config=server\.(\d+)=.*:participant/gm)].map(([, id]) => Number(id));
    }

    private async running(): Promise<string[]> {
        const names = (await docker.listContainers()).map(({ Names }) => Names[0]!.slice(1));
        return allIds.map((id) => this.nameOf(id)).filter((name) => names.includes(name));
    }
}

export function containerOf(server: Found): Docker.Container {
    return docker.getContainer(server.name);
}

/** The roll may have replaced or stopped the container in the meantime: then the fault has hit nobody. */
export function gone(error: { statusCode?: number }): undefined {
    if (![404, 409, 304, 403, 500].includes(error.statusCode ?? 0)) {
        throw error;
    }
    return undefined;
}

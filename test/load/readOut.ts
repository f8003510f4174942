// The beginning and the end of a load: what it works on is made, and what is left of it is read.
import { setTimeout as delay } from "node:timers/promises";
import zookeeper from "node-zookeeper-client";
import { elementOf, nowNs, perform } from "./client";
import type { Operation } from "./operation";
import { type Callback, Session } from "./session";

const retryDelayMs = 100;

/** The registers are made by the load itself. */
export interface Objects {
    readonly root: string;
    readonly registers: readonly string[];
    readonly sequences: readonly string[];
}

/** Makes a folder of its own below the connection string's chroot, so that several loads share an ensemble. */
export function makeObjects(connectionString: string, seed: number, counts: { registers: number; sequences: number }) {
    const { servers, chroot } = split(connectionString);
    return untilAnswered(servers, "prepare the load", 60_000, async (session): Promise<Objects> => {
        if (chroot) await session.call((client, done: Callback<[string]>) => client.mkdirp(chroot, done));
        const sequential = zookeeper.CreateMode.PERSISTENT_SEQUENTIAL;
        const [root] = await session.call((client, done: Callback<[string]>) =>
            client.create(`${chroot}/load-${seed}-`, sequential, done),
        );
        const paths = (letter: string, count: number) =>
            Array.from({ length: count }, (_, index) => `${root}/${letter}${index}`);
        const sequences = paths("s", counts.sequences);
        for (const path of sequences) {
            await session.call((client, done: Callback<[string]>) => client.create(path, done));
        }
        return { root, registers: paths("r", counts.registers), sequences };
    });
}

/**
 * A server answers a session in order, so what it reads after a write of its own holds everything that was acknowledged
 * to anybody before that write. Either everything is read in one session after one write, or all of it again.
 */
export function readOut(servers: string, objects: Objects, limitMs: number): Promise<Operation[]> {
    let attempts = 0;
    return untilAnswered(servers, "read out what is left of the load", limitMs, async (session) => {
        const process = `readout.${attempts++}`;
        // Not below the root of the load: if that is gone, the registers and sequences have to say so.
        await session.call((client, done: Callback<[string]>) =>
            client.create("/load-barrier-", zookeeper.CreateMode.EPHEMERAL_SEQUENTIAL, done),
        );
        const operations: Operation[] = [];
        for (const path of objects.registers) {
            const operation = await perform(session, { kind: "readout", path }, process);
            if (operation.outcome === "unknown") throw Object.assign(new Error(), { name: operation.error });
            operations.push(operation);
        }
        for (const path of objects.sequences) operations.push(await readSequence(session, path, process));
        return operations;
    });
}

async function readSequence(session: Session, path: string, process: string): Promise<Operation> {
    const told = { kind: "readout" as const, path, process, session: session.name, invokedNs: nowNs() };
    try {
        const [names] = await session.call((client, done: Callback<[string[]]>) => client.getChildren(path, done));
        return { ...told, returnedNs: nowNs(), outcome: "ok", elements: names.map(elementOf) };
    } catch (error) {
        const { name } = error as Error;
        // A whole sequence that is gone is a finding, and no reason to try again.
        if (name === "NO_NODE") return { ...told, returnedNs: nowNs(), outcome: "failed", error: name };
        throw error;
    }
}

/** A new session for each attempt: the one before may have ended, or its servers may be gone. */
async function untilAnswered<T>(
    servers: string,
    what: string,
    limitMs: number,
    work: (session: Session) => Promise<T>,
): Promise<T> {
    const start = Date.now();
    for (let attempt = 0; ; attempt++) {
        const session = new Session(servers, `readout-s${attempt}`);
        try {
            return await work(session);
        } catch (cause) {
            if (Date.now() - start > limitMs) {
                const why = (cause as Error).name;
                throw new Error(`cannot ${what}: ${servers} gave no answer within ${limitMs} ms (${why})`, { cause });
            }
        } finally {
            await session.close();
        }
        await delay(retryDelayMs);
    }
}

/** The chroot goes into the paths: sessions of different connection strings then mean the same nodes. */
export function split(connectionString: string): { servers: string; chroot: string } {
    const slash = connectionString.indexOf("/");
    if (slash < 0) return { servers: connectionString, chroot: "" };
    return { servers: connectionString.slice(0, slash), chroot: connectionString.slice(slash).replace(/\/$/, "") };
}

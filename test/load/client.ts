// One client of a load: it does one operation after the other, in one session after the other, and never gives up.
import { setTimeout as delay } from "node:timers/promises";
import { CreateMode, type Client, type Stat } from "node-zookeeper-client";
import type { Answer, Element, Operation, Request } from "./operation";
import { pick, type Random } from "./random";
import type { Callback, Session } from "./session";

// With an answer like these ZooKeeper did nothing, and never will.
const definiteFailures = new Set(["BAD_VERSION", "NODE_EXISTS", "NO_NODE"]);

export interface ClientSettings {
    readonly name: string;
    readonly random: Random;
    readonly registers: readonly string[];
    readonly sequences: readonly string[];
    readonly pauseMs: number;
    readonly openSession: (name: string) => Session;
    readonly record: (operation: Operation) => void;
}

export class LoadClient {
    private session: Session;
    private sessionCount = 0;
    private unknownCount = 0;
    private valueCount = 0;
    /** What this client believes the registers' versions to be. */
    private readonly versions = new Map<string, number>();

    constructor(private readonly settings: ClientSettings) {
        this.session = this.nextSession();
    }

    async run(stop: AbortSignal): Promise<void> {
        while (!stop.aborted) {
            if (!this.session.isAlive) {
                await this.session.close();
                this.session = this.nextSession();
            }
            const operation = await this.perform(this.nextRequest());
            this.learnFrom(operation);
            this.settings.record(operation);
            if (operation.outcome === "unknown") this.unknownCount++;
            await delay(this.settings.pauseMs);
        }
        await this.session.close();
    }

    private nextSession(): Session {
        // A session may be shown an older state than the one before it: nothing that was seen there is expected of it.
        this.versions.clear();
        return this.settings.openSession(`${this.settings.name}-s${this.sessionCount++}`);
    }

    private perform(request: Request): Promise<Operation> {
        return perform(this.session, request, `${this.settings.name}.${this.unknownCount}`);
    }

    private nextRequest(): Request {
        const { random, registers, sequences } = this.settings;
        const choice = random();
        if (choice < 0.4) return { kind: "append", path: pick(random, sequences), value: this.nextValue() };
        const path = pick(random, registers);
        const expected = this.versions.get(path);
        if (choice < 0.75 && expected !== undefined) return { kind: "cas", path, value: this.nextValue(), expected };
        if (choice >= 0.75 && choice < 0.8) return { kind: "write", path, value: this.nextValue() };
        if (choice >= 0.8 && choice < 0.85) return { kind: "create", path, value: this.nextValue() };
        return { kind: "read", path };
    }

    private nextValue(): string {
        const value = `${this.settings.name}.${this.valueCount++}`;
        return this.settings.random() < 0.5 ? value : `${value}n`;
    }

    private learnFrom({ path, version, error }: Operation): void {
        if (version !== undefined) this.versions.set(path, version);
        if (error) this.versions.delete(path);
    }
}

/** Does what is asked and says how it ended; it does not throw for anything that an ensemble can answer. */
export async function perform(session: Session, request: Request, process: string): Promise<Operation> {
    const invokedNs = nowNs();
    const told = { ...request, process, session: session.name, invokedNs };
    try {
        const answer = await ask(session, request);
        return { ...told, returnedNs: nowNs(), outcome: "ok", ...answer };
    } catch (error) {
        const { name } = error as Error;
        if (error instanceof TypeError || error instanceof RangeError) throw error;
        return {
            ...told,
            returnedNs: nowNs(),
            outcome: isDefinite(name, request.kind) ? "failed" : "unknown",
            error: name,
        };
    }
}

/**
 * A create below a parent that is gone is no answer of an ensemble that keeps its data: the checker is told nothing.
 */
function isDefinite(name: string, kind: Operation["kind"]): boolean {
    return definiteFailures.has(name) && !(kind === "create" && name === "NO_NODE");
}

/** One monotonic clock for all clients; a number holds its nanoseconds exactly for a hundred days of uptime. */
export const nowNs = (): number => Number(process.hrtime.bigint() - origin);
const origin = process.hrtime.bigint();

async function ask(session: Session, { kind, path, value = "", expected = -1 }: Request): Promise<Answer> {
    const data = Buffer.from(value);
    switch (kind) {
        case "create":
            await session.call((client, done: Callback<[string]>) => client.create(path, data, done));
            return { version: 0 };
        case "append":
            return append(session, path, value);
        case "cas":
        case "write": {
            const set = (client: Client, done: Callback<[Stat]>) => client.setData(path, data, expected, done);
            const [stat] = await session.call(set);
            return { version: stat.version, mzxid: stat.mzxid.toString("hex") };
        }
        case "read":
        case "readout": {
            const get = (client: Client, done: Callback<[Buffer, Stat]>) => client.getData(path, done);
            const [content, stat] = await session.call(get);
            return { version: stat.version, readValue: String(content), mzxid: stat.mzxid.toString("hex") };
        }
    }
}

// A value that ends in "n" is appended as a sequential node, any other as a node of that very name.
const sequentialName = /^(.*n)-(\d{10})$/;

async function append(session: Session, path: string, value: string): Promise<Answer> {
    const isSequential = value.endsWith("n");
    const mode = isSequential ? CreateMode.PERSISTENT_SEQUENTIAL : CreateMode.PERSISTENT;
    const node = `${path}/${value}${isSequential ? "-" : ""}`;
    const [made] = await session.call((client, done: Callback<[string]>) =>
        client.create(node, Buffer.from(value), mode, done),
    );
    return { number: elementOf(made.slice(path.length + 1)).number };
}

export function elementOf(name: string): Element {
    const [, value, number] = sequentialName.exec(name) ?? [];
    return value === undefined ? { value: name } : { value, number: Number(number) };
}

// An ensemble as ZooKeeper promises it, without ZooKeeper: writes take effect one by one at some moment between
// question and answer, reads show any state that is not older than what the session has seen, and some answers never
// arrive.
import { isWrite, type Answer, type Operation, type Request } from "./operation";
import { pick, type Random } from "./random";

const registers = ["/r0", "/r1"];
const sequence = "/s0";

type Register = { version: number; value: string; mzxid: string } | undefined;
type Registers = Record<string, Register>;

interface Pending {
    readonly request: Request;
    readonly session: Session;
    readonly invokedNs: number;
    answer?: Answer & Pick<Operation, "outcome" | "error">;
}

interface Session {
    readonly name: string;
    /** Index of the newest state that it has been shown. */
    seen: number;
}

export class Simulation {
    readonly history: Operation[] = [];
    private readonly states: Registers[] = [{}];
    private readonly elements: string[] = [];
    private readonly clients: { session: Session; pending?: Pending }[];
    /** Given up by their clients, and still on their way. */
    private readonly limbo: Pending[] = [];
    private clock = 0;
    private names = 0;

    constructor(
        private readonly random: Random,
        clientCount: number,
    ) {
        this.clients = Array.from({ length: clientCount }, () => ({ session: this.newSession() }));
    }

    run(steps: number): Operation[] {
        for (let step = 0; step < steps; step++) this.step();
        for (const client of this.clients) if (client.pending) this.giveUp(client);
        this.readOut();
        return this.history;
    }

    private step(): void {
        this.clock++;
        if (this.limbo.length > 0 && this.chance(0.1)) {
            const [late] = this.limbo.splice(Math.floor(this.random() * this.limbo.length), 1);
            if (this.chance(0.5)) this.takeEffect(late!);
        }
        const client = pick(this.random, this.clients);
        const { pending } = client;
        if (!pending) {
            client.pending = {
                request: this.nextRequest(client.session),
                session: client.session,
                invokedNs: this.clock,
            };
        } else if (this.chance(0.04)) {
            this.giveUp(client);
        } else if (!pending.answer) {
            this.takeEffect(pending);
        } else {
            this.record(pending, pending.answer);
            client.pending = undefined;
        }
    }

    private nextRequest(session: Session): Request {
        const choice = this.random();
        const value = `v${this.names++}`;
        if (choice < 0.25) return { kind: "append", path: sequence, value };
        const path = pick(this.random, registers);
        if (choice < 0.35) return { kind: "create", path, value };
        if (choice < 0.45) return { kind: "write", path, value };
        if (choice < 0.65) return { kind: "read", path };
        // Mostly what the session has seen, so that some succeed and some come too late.
        return { kind: "cas", path, value, expected: this.states[session.seen]![path]?.version ?? 0 };
    }

    private takeEffect(pending: Pending): void {
        const { kind, path, value = "", expected } = pending.request;
        const { session } = pending;
        const latest = this.states.at(-1)!;
        const now = latest[path];
        const fail = (error: string) => (pending.answer = { outcome: "failed", error });
        if (kind === "append") {
            if (this.chance(0.1)) return void fail("NO_NODE");
            this.elements.push(value);
            pending.answer = { outcome: "ok" };
        } else if (kind === "read") {
            session.seen += Math.floor(this.random() * (this.states.length - session.seen));
            const shown = this.states[session.seen]![path];
            if (!shown) return void fail("NO_NODE");
            pending.answer = { outcome: "ok", version: shown.version, readValue: shown.value, mzxid: shown.mzxid };
        } else if (kind === "create" ? now : !now) {
            fail(kind === "create" ? "NODE_EXISTS" : "NO_NODE");
            session.seen = this.states.length - 1;
        } else if (kind === "cas" && now!.version !== expected) {
            fail("BAD_VERSION");
            session.seen = this.states.length - 1;
        } else {
            const version = now ? now.version + 1 : 0;
            const mzxid = this.states.length.toString(16).padStart(16, "0");
            session.seen = this.states.push({ ...latest, [path]: { version, value, mzxid } }) - 1;
            pending.answer = { outcome: "ok", version, ...(kind === "create" ? {} : { mzxid }) };
        }
    }

    private giveUp(client: { session: Session; pending?: Pending }): void {
        const pending = client.pending!;
        this.record(pending, { outcome: "unknown", error: "CONNECTION_LOSS" });
        if (!pending.answer && isWrite(pending.request)) this.limbo.push(pending);
        client.pending = undefined;
        // What is still on its way belongs to the old session; the new one may be shown anything.
        client.session = this.newSession();
    }

    private readOut(): void {
        const session = this.newSession();
        for (const path of registers) {
            const last = this.states.at(-1)![path];
            const request = { kind: "readout" as const, path };
            const shown = last && { version: last.version, readValue: last.value, mzxid: last.mzxid };
            const answer = shown ? { outcome: "ok" as const, ...shown } : noNode;
            this.record({ request, session, invokedNs: ++this.clock }, answer);
        }
        const elements = this.elements.map((value) => ({ value }));
        const request = { kind: "readout" as const, path: sequence };
        this.record({ request, session, invokedNs: ++this.clock }, { outcome: "ok", elements });
    }

    private record({ request, session, invokedNs }: Pending, answer: NonNullable<Pending["answer"]>): void {
        const { name } = session;
        this.history.push({ ...request, process: name, session: name, invokedNs, returnedNs: ++this.clock, ...answer });
    }

    private newSession(): Session {
        return { name: `session${this.names++}`, seen: 0 };
    }

    private chance(probability: number): boolean {
        return this.random() < probability;
    }
}

const noNode = { outcome: "failed", error: "NO_NODE" } as const;

import type { Element, Operation, Request } from "./operation";

export const register = "/r";
export const sequence = "/s";

/** Writes histories by hand: each operation begins after the one before it has ended, unless told otherwise. */
export class HistoryBuilder {
    readonly operations: Operation[] = [];

    create(value: string, rest: Partial<Operation> = {}): this {
        return this.add({ kind: "create", path: register, value, version: 0, ...rest });
    }

    cas(expected: number, value: string, rest: Partial<Operation> = {}): this {
        const request = { kind: "cas" as const, path: register, value, expected };
        return this.add({ ...request, ...(rest.outcome ? {} : { version: expected + 1 }), ...rest });
    }

    write(value: string, version: number, rest: Partial<Operation> = {}): this {
        return this.add({ kind: "write", path: register, value, version, ...rest });
    }

    read(version: number, readValue: string, rest: Partial<Operation> = {}): this {
        return this.add({ kind: "read", path: register, version, readValue, ...rest });
    }

    append(value: string, rest: Partial<Operation> = {}): this {
        return this.add({ kind: "append", path: sequence, value, ...rest });
    }

    /** The end: what is in the register, and what is in the sequence. */
    left(version: number, readValue: string, ...elements: (string | Element)[]): Operation[] {
        this.add({ kind: "readout", path: register, version, readValue, process: "end", session: "end" });
        return this.leftInSequence(...elements);
    }

    leftInSequence(...elements: (string | Element)[]): Operation[] {
        const all = elements.map((element) => (typeof element === "string" ? { value: element } : element));
        return this.add({ kind: "readout", path: sequence, elements: all, process: "end", session: "end" }).operations;
    }

    add(operation: Request & Partial<Operation>): this {
        const begin = this.operations.length * 100;
        const usual = { process: "a", session: "a", outcome: "ok" as const, invokedNs: begin, returnedNs: begin + 50 };
        this.operations.push({ ...usual, ...operation });
        return this;
    }
}

export const unknown = { outcome: "unknown", error: "CONNECTION_LOSS" } as const;
export const badVersion = { outcome: "failed", error: "BAD_VERSION" } as const;
export const by = (session: string) => ({ session, process: session });
export const during = (invokedNs: number, returnedNs: number) => ({ invokedNs, returnedNs });

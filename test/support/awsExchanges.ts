import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";

/** One request to a stand-in of AWS, as it came, and what it was answered. */
export interface Exchange {
    readonly service: "ec2" | "ssm";
    /** Of Systems Manager, whose requests do not name it in the body. */
    readonly operation?: string;
    readonly request: string;
    readonly status: number;
    readonly answer: string;
    /** A name of its own, by which its faults are told from those of others. */
    readonly of?: string;
}

/** A folder: the tools name it, and let the exchanges be judged by AWS's own models when the tests have run. */
export const exchangesVariable = "ZOOKEEPER_ENSEMBLE_AWS_EXCHANGES";

export function recordExchange(exchange: Exchange): void {
    const folder = process.env[exchangesVariable];
    if (folder) {
        mkdirSync(folder, { recursive: true });
        appendFileSync(join(folder, `${process.pid}.jsonl`), `${JSON.stringify(exchange)}\n`);
    }
}

/** The operation of Systems Manager that a request is about. */
export function ssmOperation(headers: Readonly<Record<string, unknown>>): string {
    return String(headers["x-amz-target"]).replace(/^AmazonSSM\./, "");
}

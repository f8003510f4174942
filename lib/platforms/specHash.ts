import { createHash } from "node:crypto";

/** Of everything that makes a new machine when it changes; the survey sees by it which servers a roll touches. */
export function hashOf(parts: readonly unknown[]): string {
    return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}

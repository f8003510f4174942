import { createHash } from "node:crypto";

/** A short fingerprint of everything a build depends on: what is cached under it is right as long as it is found. */
export function fingerprint(...parts) {
    const hash = createHash("sha256");
    for (const part of parts) hash.update(typeof part === "string" ? part : JSON.stringify(part)).update("\0");
    return hash.digest("hex").slice(0, 12);
}

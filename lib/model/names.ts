import { createHash } from "node:crypto";
import { Faults, show } from "./faults";
import { Section } from "./section";

/** What makes an ensemble's name unique over projects and stacks. */
export interface Identity {
    readonly name: string;
    readonly project: string;
    readonly stack: string;
}

// With "-255" behind it, a name is still a host name (63 characters), and an id still leaves room in Docker's names.
const LONGEST_NAME = 59;
const LONGEST_ENSEMBLE_ID = 54;
// What Docker takes in names; AWS takes it, too.
const MACHINE_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;

export function identityHash(identity: Identity): Buffer {
    // The separator stands in none of the three, so that ("a", "b-c") and ("a-b", "c") differ.
    return createHash("sha256").update([identity.project, identity.stack, identity.name].join("\0")).digest();
}

/** The component's name stands in the names of machines, volumes and networks. */
export function checkName(name: unknown, faults: Faults): string {
    const text = typeof name === "string" ? name : "";
    if (!MACHINE_NAME.test(text) || text.length > LONGEST_NAME) {
        faults.add(
            "name",
            `${show(name)} cannot stand in the names of machines and volumes: use 1 to ${LONGEST_NAME} letters, digits, ".", "_" and "-", the first a letter or digit`,
        );
    }
    return text;
}

export function resolveEnsembleId(args: Section, identity: Identity): string {
    const chosen = args.text("ensembleId");
    if (chosen === undefined) {
        return defaultEnsembleId(identity);
    }
    if (!MACHINE_NAME.test(chosen) || chosen.length < 2 || chosen.length > LONGEST_ENSEMBLE_ID) {
        args.fault(
            "ensembleId",
            `${show(chosen)} cannot stand in the names of machines and volumes: use 2 to ${LONGEST_ENSEMBLE_ID} letters, digits, ".", "_" and "-", the first a letter or digit`,
        );
    }
    return chosen;
}

function defaultEnsembleId(identity: Identity): string {
    const readable = [identity.project, identity.stack, identity.name].map(cleaned).filter((part) => part !== "");
    const hash = identityHash(identity).toString("hex").slice(0, 4);
    const head = readable.join("-").slice(0, LONGEST_ENSEMBLE_ID - hash.length - 1);
    return [head.replace(/[._-]+$/, ""), hash].filter((part) => part !== "").join("-");
}

function cleaned(part: unknown): string {
    return String(part ?? "")
        .toLowerCase()
        .replace(/[^a-z0-9_.-]+/g, "-")
        .replace(/^[._-]+|[._-]+$/g, "");
}

/** The first part of the servers' names in the network. */
export function hostnamePrefix(name: string, ensembleId: string, networkIsShared: boolean): string {
    // In a network that others use, a second ensemble of the same name would answer for this one.
    return hostLabel(networkIsShared ? ensembleId : name) || "server";
}

/** A text as one label of a host name: what DNS and the URIs of clients take. */
function hostLabel(text: string): string {
    return text
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, "-")
        .replace(/^-+|-+$/g, "");
}

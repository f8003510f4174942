import { closest, distance } from "fastest-levenshtein";
import { Fault } from "../errors";

/** Collects everything that is wrong, so that the user sees it at once, and what is allowed but probably not meant. */
export class Faults {
    readonly list: Fault[] = [];
    readonly warnings: string[] = [];

    add(path: string, message: string): void {
        // A value that all servers share is looked at once per server; its fault is told once.
        if (!this.list.some((fault) => fault.path === path && fault.message === message)) {
            this.list.push({ path, message });
        }
    }

    warn(path: string, message: string): void {
        this.warnings.push(`${path}: ${message}`);
    }
}

const SHOWN_LENGTH = 60;

/** A value as it can stand in one line of an error, whatever it is. */
export function show(value: unknown): string {
    if (isDeferred(value)) {
        return "an Output";
    }
    if (typeof value === "function" || typeof value === "symbol") {
        return `a ${typeof value}`;
    }
    if (Array.isArray(value)) {
        return "a list";
    }
    if (typeof value === "object" && value !== null) {
        return "an object";
    }
    if (typeof value !== "string") {
        return String(value);
    }
    const text = value.length > SHOWN_LENGTH ? `${value.slice(0, SHOWN_LENGTH)}…` : value;
    return JSON.stringify(text);
}

/** Says so where a text is wrong for no other reason than blanks around it, as a list that was split leaves them. */
export function blanksAround(text: string): string | undefined {
    const trimmed = text.trim();
    return trimmed === text || trimmed === "" ? undefined : `starts or ends with a blank: write ${show(trimmed)}`;
}

/** Whether the value is known only while resources are made: an Output or a promise. */
export function isDeferred(value: unknown): boolean {
    if (value === null || (typeof value !== "object" && typeof value !== "function")) {
        return false;
    }
    const candidate = value as { __pulumiOutput?: unknown; then?: unknown };
    return candidate.__pulumiOutput === true || typeof candidate.then === "function";
}

/** The known name that the given one was probably meant to be; nothing when none is near. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
    const folded = known.map((candidate) => candidate.toLowerCase());
    const wanted = name.toLowerCase();
    const nearest = known.length === 0 ? undefined : known[folded.indexOf(closest(wanted, folded))];
    if (nearest === undefined) {
        return undefined;
    }
    const completes = Math.min(wanted.length, nearest.length) >= 3 && nearest.toLowerCase().startsWith(wanted);
    return completes || distance(wanted, nearest.toLowerCase()) <= Math.ceil(nearest.length / 3) ? nearest : undefined;
}

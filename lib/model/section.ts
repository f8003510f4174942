import { blanksAround, Faults, isDeferred, nearestName, show } from "./faults";

export interface IntegerRule {
    readonly min: number;
    readonly max: number;
    /** Says why a number outside the range does not do; by default only the range is told. */
    readonly outside?: (shown: string) => string;
}

/** What one line of a file or one flag can hold: a control character would break it in two. */
// eslint-disable-next-line no-control-regex
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/**
 * One object of the arguments, read field by field. Users of YAML and plain JavaScript can give anything, so nothing is
 * taken for granted; a field that is wrong is a fault and then counts as absent. `null` counts as absent too.
 */
export class Section {
    private readonly known: string[] = [];
    private readonly fields: ReadonlyMap<string, unknown>;

    constructor(
        private readonly path: string,
        value: unknown,
        readonly faults: Faults,
    ) {
        const present = value !== undefined && value !== null;
        // Not Map, Date and the like: their contents are no fields, and would be lost silently.
        const isObject = present && !isDeferred(value) && Object.prototype.toString.call(value) === "[object Object]";
        if (present && !isObject) {
            faults.add(path || "arguments", notThat(value, "an object", "write its fields in { }"));
        }
        this.fields = new Map(isObject ? Object.entries(value as object) : []);
    }

    fault(name: string, message: string): void {
        this.faults.add(this.pathOf(name), message);
    }

    warn(name: string, message: string): void {
        this.faults.warn(this.pathOf(name), message);
    }

    has(name: string): boolean {
        return this.raw(name) !== undefined;
    }

    /** The field as given, `undefined` when absent. Reading a field in any way makes its name a known one. */
    raw(name: string): unknown {
        if (!this.known.includes(name)) {
            this.known.push(name);
        }
        return this.fields.get(name) ?? undefined;
    }

    section(name: string): Section {
        return new Section(this.pathOf(name), this.raw(name), this.faults);
    }

    integer(name: string, rule: IntegerRule): number | undefined {
        const value = this.raw(name);
        if (value === undefined) {
            return undefined;
        }
        const range = `from ${rule.min} to ${rule.max}`;
        if (typeof value !== "number") {
            this.fault(name, notThat(value, "a number", `give a whole number ${range}, without quotes`));
            return undefined;
        }
        if (!Number.isInteger(value)) {
            this.fault(name, `${value} is not a whole number: give one ${range}`);
            return undefined;
        }
        if (value < rule.min || value > rule.max) {
            const side = value < rule.min ? `below ${rule.min}` : `above ${rule.max}`;
            this.fault(name, rule.outside?.(String(value)) ?? `${value} is ${side}: give a whole number ${range}`);
            return undefined;
        }
        return value + 0; // -0 would be written as "-0" by some and as "0" by others
    }

    boolean(name: string): boolean | undefined {
        const value = this.raw(name);
        if (value !== undefined && typeof value !== "boolean") {
            this.fault(name, notThat(value, "true or false", "write true or false, without quotes"));
            return undefined;
        }
        return value;
    }

    text(name: string): string | undefined {
        return this.checkedText(this.pathOf(name), this.raw(name));
    }

    /** Text that may also be an Output; those are looked at by nobody before resources are made. */
    textInput(name: string): unknown {
        const value = this.raw(name);
        return isDeferred(value) ? value : this.checkedText(this.pathOf(name), value);
    }

    oneOf<T extends string>(name: string, values: readonly T[]): T | undefined {
        const value = this.raw(name);
        if (value === undefined || values.includes(value as T)) {
            return value as T | undefined;
        }
        const nearest = typeof value === "string" ? nearestName(value, values) : undefined;
        const fix = nearest === undefined ? "take one of them" : `did you mean "${nearest}"?`;
        this.fault(name, `${show(value)} is not one of ${values.map((each) => `"${each}"`).join(", ")}: ${fix}`);
        return undefined;
    }

    list(name: string): unknown[] | undefined {
        const value = this.raw(name);
        if (value !== undefined && !Array.isArray(value)) {
            this.fault(name, notThat(value, "a list", "write its entries in [ ]"));
            return undefined;
        }
        return value;
    }

    /** A list of texts. `faultOf` says what is wrong with one of them; its fault names the entry. */
    texts(name: string, faultOf: (text: string) => string | undefined = () => undefined): string[] | undefined {
        // Array.from also visits the holes of a sparse list, which map skips silently.
        const list = this.list(name);
        const read =
            list &&
            Array.from(list, (each, index) => {
                const path = `${this.pathOf(name)}[${index}]`;
                const text = this.entryText(path, each);
                const fault = text === undefined ? undefined : entryFault(text, faultOf);
                if (fault !== undefined) {
                    // A password does not belong into logs either.
                    this.faults.add(path, `${show(text?.replace(/(password=).+/i, "$1…"))} ${fault}`);
                }
                return fault === undefined ? text : undefined;
            });
        return read?.every((text) => text !== undefined) ? read : undefined;
    }

    /** A list of plain length, whose entries are texts or Outputs; an entry with a fault is `undefined`. */
    textInputs(name: string, faultOf: (text: string) => string | undefined): unknown[] | undefined {
        const list = this.list(name);
        return (
            list &&
            Array.from(list, (each, index) => {
                const path = `${this.pathOf(name)}[${index}]`;
                const value = isDeferred(each) ? each : this.entryText(path, each);
                const fault = typeof value === "string" ? entryFault(value, faultOf) : undefined;
                if (fault !== undefined) {
                    this.faults.add(path, `${show(value)} ${fault}`);
                }
                return fault === undefined ? value : undefined;
            })
        );
    }

    /** Names and texts of the user's own choosing, sorted by name so that their order never makes a difference. */
    textMap(name: string): [string, string][] {
        const path = this.pathOf(name);
        const inner = new Section(path, this.raw(name), this.faults);
        const entries = [...inner.fields].filter(([, value]) => value !== undefined);
        return entries
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, value]): [string, string] | undefined => {
                const keyText = this.checkedText(`${path}.${JSON.stringify(key)}`, key);
                const text = this.entryText(`${path}.${isPlainName(key) ? key : JSON.stringify(key)}`, value);
                return keyText === undefined || text === undefined ? undefined : [key, text];
            })
            .filter((entry) => entry !== undefined);
    }

    /** To be called when all fields were read: what nobody asked for is misspelled. */
    refuseUnknown(): void {
        for (const [name, value] of this.fields) {
            if (!this.known.includes(name) && value !== undefined) {
                const nearest = nearestName(name, this.known);
                const fix = nearest === undefined ? `known are ${this.known.join(", ")}` : `did you mean ${nearest}?`;
                const shownName = isPlainName(name) ? name : JSON.stringify(name);
                this.fault(shownName, `is not a known property: ${fix}`);
            }
        }
    }

    private pathOf(name: string): string {
        return this.path === "" ? name : `${this.path}.${name}`;
    }

    private entryText(path: string, value: unknown): string | undefined {
        if (value === undefined || value === null) {
            this.faults.add(path, `${value} is not text: give text, or leave the entry out`);
            return undefined;
        }
        return this.checkedText(path, value);
    }

    private checkedText(path: string, value: unknown): string | undefined {
        if (value === undefined) {
            return undefined;
        }
        if (typeof value !== "string") {
            this.faults.add(path, notThat(value, "text", "put it in quotes"));
            return undefined;
        }
        if (CONTROL_CHARACTERS.test(value)) {
            const what = /[\r\n\u0085\u2028\u2029]/.test(value) ? "a line break" : "a control character";
            this.faults.add(path, `${show(value)} contains ${what}, which cannot stand in one line: take it out`);
            return undefined;
        }
        return value;
    }
}

function notThat(value: unknown, wanted: string, fix: string): string {
    if (isDeferred(value)) {
        return `an Output is known only while resources are made, too late to be checked: give ${wanted} itself`;
    }
    return `${show(value)} is not ${wanted}: ${fix}`;
}

function entryFault(text: string, faultOf: (text: string) => string | undefined): string | undefined {
    const fault = faultOf(text);
    return fault === undefined ? undefined : (blanksAround(text) ?? fault);
}

function isPlainName(name: string): boolean {
    return /^[\w.-]{1,60}$/.test(name);
}

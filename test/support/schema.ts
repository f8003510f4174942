/** As far as it is read here: what `pulumi package get-schema` prints. */
export interface Schema {
    readonly name: string;
    readonly resources: Record<string, Resource>;
    readonly types: Record<string, Type>;
}

interface Type {
    readonly description?: string;
    readonly type: string;
    readonly properties?: Record<string, Property>;
    readonly required?: readonly string[];
    readonly enum?: readonly { readonly name: string; readonly value: string; readonly description?: string }[];
}

interface Resource extends Type {
    readonly inputProperties?: Record<string, Property>;
    readonly requiredInputs?: readonly string[];
    readonly isComponent?: boolean;
}

interface Property {
    readonly type?: string;
    readonly $ref?: string;
    readonly items?: Property;
    readonly additionalProperties?: Property;
    readonly plain?: boolean;
    readonly description?: string;
}

/** One line for everything that a program can refer to, without the documentation. */
export function digestOf({ resources, types }: Schema): string {
    const lines: string[] = [];
    for (const [token, resource] of Object.entries(resources)) {
        const kind = resource.isComponent ? "component" : "resource";
        lines.push(`${kind} ${token}`);
        lines.push(...properties("in", resource.inputProperties, resource.requiredInputs));
        lines.push(...properties("out", resource.properties, resource.required));
    }
    for (const [token, type] of Object.entries(types)) {
        lines.push(`${type.enum ? "enum" : "type"} ${token}`);
        lines.push(...(type.enum ?? []).map(({ name, value }) => `    ${name} = ${JSON.stringify(value)}`));
        lines.push(...properties("", type.properties, type.required));
    }
    return lines.join("\n") + "\n";
}

function properties(direction: string, all: Record<string, Property> = {}, required: readonly string[] = []): string[] {
    return Object.entries(all).map(([name, property]) => {
        const words = [direction, `${name}${required.includes(name) ? "" : "?"}:`, typeText(property)];
        return `    ${words.filter((word) => word !== "").join(" ")}`;
    });
}

/** A plain value cannot come from another resource. */
function typeText(property: Property): string {
    const { type, $ref, items, additionalProperties, plain } = property;
    const inner = items
        ? `${typeText(items)}[]`
        : additionalProperties
          ? `map of ${typeText(additionalProperties)}`
          : ($ref?.replace(/^#\/types\//, "") ?? type ?? "?");
    return plain ? `plain ${inner}` : inner;
}

/** Everything that has a description or should have one. */
export function documentedIn({ resources, types }: Schema): { path: string; text: string }[] {
    const found: { path: string; text: string | undefined }[] = [];
    for (const [token, type] of Object.entries<Resource>({ ...resources, ...types })) {
        if (token in resources) {
            found.push({ path: token, text: type.description });
        }
        for (const [name, { description }] of Object.entries({ ...type.properties, ...type.inputProperties })) {
            found.push({ path: `${token}.${name}`, text: description });
        }
        for (const { name, description } of type.enum ?? []) {
            found.push({ path: `${token}.${name}`, text: description });
        }
    }
    return found.map(({ path, text }) => ({ path, text: text ?? "" }));
}

// How the operations of EC2 are asked and answered: a form in, values out.
import { AwsError, unsupported } from "./awsError";
import { glob } from "./invokes";
import { Tags } from "./world";

/** A value of an answer: lists become items. */
export type Value = string | number | boolean | undefined | readonly Value[] | { readonly [key: string]: Value };

/** Values of `Name.1`, `Name.2` and so on. */
export function take(form: URLSearchParams, name: string): string[] {
    const values = [];
    for (let index = 1; form.has(`${name}.${index}`); index++) {
        values.push(form.get(`${name}.${index}`)!);
        form.delete(`${name}.${index}`);
    }
    return values;
}

export function requireNothingElse(form: URLSearchParams): void {
    if ([...form.keys()].length > 0) {
        throw unsupported(`the parameters ${[...form.keys()].join(", ")} of EC2`);
    }
}

export function takeFilters(form: URLSearchParams): Map<string, string[]> {
    const filters = new Map<string, string[]>();
    for (let index = 1; form.has(`Filter.${index}.Name`); index++) {
        filters.set(form.get(`Filter.${index}.Name`)!, take(form, `Filter.${index}.Value`));
        form.delete(`Filter.${index}.Name`);
    }
    return filters;
}

export function matches(
    filters: Map<string, string[]>,
    tags: Tags,
    properties: Readonly<Record<string, string | readonly string[]>>,
): boolean {
    return [...filters].every(([name, values]) => {
        const actual = name.startsWith("tag:")
            ? tags[name.slice(4)]
            : name === "tag-key"
              ? Object.keys(tags)
              : properties[name];
        if (actual === undefined && !name.startsWith("tag:")) {
            throw new AwsError("InvalidParameterValue", `The filter '${name}' is invalid`);
        }
        const list = actual === undefined ? [] : [actual].flat();
        return values.some((value) => list.some((one) => glob(value).test(one)));
    });
}

export function tagSet(tags: Tags): Value {
    return Object.entries(tags).map(([key, value]) => ({ key, value }));
}

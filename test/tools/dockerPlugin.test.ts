// The Docker plugin that is built from its Go modules: its schema is what Pulumi's generator makes of it, and has what
// the released package `@pulumi/docker` has.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

interface PropertySpec {
    readonly type?: string;
    readonly $ref?: string;
    readonly items?: PropertySpec;
    readonly additionalProperties?: PropertySpec;
}
interface ObjectSpec {
    readonly properties?: Record<string, PropertySpec>;
    readonly required?: readonly string[];
    readonly inputProperties?: Record<string, PropertySpec>;
    readonly requiredInputs?: readonly string[];
}
interface Schema {
    readonly provider: ObjectSpec;
    readonly resources: Record<string, ObjectSpec>;
    readonly types: Record<string, ObjectSpec>;
}

const root = join(__dirname, "../..");
const schemaFile = join(root, "tools/pulumi/dockerPlugin/schema.json");
const schema = () => JSON.parse(readFileSync(schemaFile, "utf8")) as Schema;

describe("the Docker plugin built from its Go modules", () => {
    it("has the schema that Pulumi's generator makes of it", async function () {
        this.timeout(1_800_000);
        // @ts-expect-error the tools are plain JavaScript
        const { generatedSchema } = await import("../../tools/pulumi/builtDockerPlugin.mjs");
        const generated = (await generatedSchema()) as string;
        if (process.env.UPDATE_GOLDEN) writeFileSync(schemaFile, generated);
        assert.equal(readFileSync(schemaFile, "utf8"), generated);
    });

    for (const [resource, file] of Object.entries({
        Network: "network",
        Volume: "volume",
        RemoteImage: "remoteImage",
        Container: "container",
    })) {
        it(`takes for a ${resource} what the released package takes, under the same token`, () => {
            const { inputProperties, requiredInputs } = schema().resources[`docker:index/${file}:${resource}`]!;
            assert.deepEqual(inputsOf(inputProperties!, requiredInputs), released(file, `${resource}Args`));
        });

        it(`gives of a ${resource} what the released package gives`, () => {
            const { properties } = schema().resources[`docker:index/${file}:${resource}`]!;
            const names = Object.keys(released(file, `${resource}State`)).map((name) => name.replace("?", ""));
            assert.deepEqual(Object.keys(properties!).sort(), names.sort());
        });
    }

    it("takes for a provider what the released package takes", () => {
        const { inputProperties, requiredInputs } = schema().provider;
        assert.deepEqual(inputsOf(inputProperties!, requiredInputs), released("provider", "ProviderArgs"));
    });

    it("has the nested types of the released package", () => {
        const names = [...declarations("types/input").keys()].filter((name) =>
            /^(Container|Network|Volume|RemoteImage|ProviderRegistry)/.test(name),
        );
        assert.ok(names.length > 20, names.join());
        for (const name of names) {
            const spec = schema().types[`docker:index/${name}:${name}`];
            assert.ok(spec, `there is no type ${name}`);
            assert.deepEqual(inputsOf(spec.properties!, spec.required), released("types/input", name), name);
        }
    });
});

/** `name` of an input that must be given, `name?` of another one, each with its type. */
function inputsOf(properties: Record<string, PropertySpec>, required: readonly string[] = []) {
    const entries = Object.entries(properties).map(([name, spec]) => [
        required.includes(name) ? name : `${name}?`,
        typeOf(spec),
    ]);
    return Object.fromEntries(entries.sort());
}

function typeOf({ type, $ref, items, additionalProperties }: PropertySpec): string {
    if ($ref) return $ref.split(/[:/]/).at(-1)!;
    if (type === "array") return `${typeOf(items!)}[]`;
    if (type === "object") return `{ ${typeOf(additionalProperties!)} }`;
    return type === "integer" ? "number" : type!;
}

/** What an interface of the released package declares, in the same words. */
function released(file: string, name: string): Record<string, string> {
    const found = declarations(file).get(name);
    assert.ok(found, `${file} of @pulumi/docker has no ${name}`);
    return Object.fromEntries(Object.entries(found).sort());
}

function declarations(file: string): Map<string, Record<string, string>> {
    const path = join(root, "node_modules/@pulumi/docker", `${file}.d.ts`);
    const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
    const interfaces = source.statements.filter(ts.isInterfaceDeclaration);
    return new Map(interfaces.map((each) => [each.name.text, Object.fromEntries(each.members.map(declared))]));
}

function declared(member: ts.TypeElement): [string, string] {
    const { name, questionToken, type } = member as ts.PropertySignature;
    return [`${name.getText()}${questionToken ? "?" : ""}`, plain(type!.getText())];
}

/** Without the wrappers that say that a value may come later. */
function plain(type: string): string {
    const inner = /^pulumi\.Input<(.*)>$/s.exec(type)?.[1];
    if (inner) return plain(inner.replace(/ \| undefined$/, ""));
    if (type.endsWith("[]")) return `${plain(type.slice(0, -2))}[]`;
    const values = /^\{\s*\[key: string\]: (.*);\s*\}$/s.exec(type)?.[1];
    if (values) return `{ ${plain(values)} }`;
    return type.split(".").at(-1)!;
}

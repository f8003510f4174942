import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { hostWith } from "../support/compilerHost";

const root = path.resolve(__dirname, "../..");

/** Everything that makes TypeScript stricter, as users of the strictest presets have it. */
const strictest: ts.CompilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noPropertyAccessFromIndexSignature: true,
    noImplicitOverride: true,
    noImplicitReturns: true,
    noFallthroughCasesInSwitch: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    allowUnreachableCode: false,
    allowUnusedLabels: false,
    isolatedModules: true,
    verbatimModuleSyntax: true,
    forceConsistentCasingInFileNames: true,
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    target: ts.ScriptTarget.ES2022,
    esModuleInterop: true,
    types: [],
    noEmit: true,
};

const program = `
import * as pulumi from "@pulumi/pulumi";
import * as zookeeper from "zookeeper-ensemble";

const config = new pulumi.Config();
const docker: zookeeper.DockerArgs = {
    image: config.get("image"),
    publish: config.getBoolean("publish"),
    firstHostPort: config.getNumber("port"),
    restart: config.getBoolean("always") ? zookeeper.RestartPolicy.Always : undefined,
    labels: config.getObject<Record<string, string>>("labels"),
    network: { name: config.getSecret("network"), subnet: config.get("subnet") },
    logging: config.getBoolean("small") ? { maxFiles: 1 } : undefined,
};
const servers = [{ id: 1, hostPort: config.getNumber("first") }, { id: 2 }] as const;
const ensemble = new zookeeper.ZookeeperEnsemble("coordination", {
    size: config.getNumber("size"),
    observers: undefined,
    servers,
    version: config.get("version"),
    chroot: config.get("chroot"),
    config: {
        tickTimeMs: config.getNumber("tick"),
        fourLetterWords: ["srvr", "mntr", "conf"] as const,
        auth: { enforceAuthSchemes: config.getObject<readonly string[]>("schemes") },
        extra: config.getObject<Readonly<Record<string, string>>>("extra"),
    },
    jvm: { heapMiB: config.getNumber("heap"), flags: ["-XX:+UseZGC"] as const },
    lifecycle: { running: config.getBoolean("running"), gates: undefined },
    docker,
    aws: undefined,
}, undefined);
const subnets: readonly pulumi.Output<string>[] = [pulumi.output("subnet-0123456789abcdef0")];
const aws: zookeeper.AwsArgs = {
    vpcId: pulumi.output("vpc-0123456789abcdef0"),
    subnetIds: subnets,
    ami: config.get("ami"),
    clients: { cidrs: ["10.0.0.0/8"] as const, securityGroupIds: config.getObject<readonly string[]>("groups") },
    tags: config.getObject<Record<string, string>>("tags"),
};
new zookeeper.ZookeeperEnsemble("on-aws", { aws });

export const connectionString: pulumi.Output<string> = ensemble.connectionString;
export const containers: pulumi.Output<(string | undefined)[]> = ensemble.servers.apply((all) =>
    all.map((server) => server.container),
);
`;

/** What programs see of the library: its declarations as the build makes them, without the build. */
async function declarations(): Promise<Map<string, string>> {
    const { widened } = (await import(path.join(root, "tools/declarations.mjs"))) as {
        widened: (declaration: string) => string;
    };
    const args = readdirSync(path.join(root, "lib/args")).map((file) => `args/${file}`);
    const made = [...args, "index.ts", "ensemble.ts", "errors.ts", "outputs.ts"].map((file): [string, string] => {
        const source = readFileSync(path.join(root, "lib", file), "utf8");
        const { outputText } = ts.transpileDeclaration(source, { compilerOptions: strictest, fileName: file });
        const text = file.startsWith("args/") ? widened(outputText) : outputText;
        return [path.join(root, "built", file.replace(/\.ts$/, ".d.ts")), text];
    });
    return new Map(made);
}

async function faultsOf(source: string): Promise<string[]> {
    const file = path.join(root, "built", "program.mts");
    const files = new Map([...(await declarations()), [file, source]]);
    const host = hostWith(files, strictest);
    // Folders of files that are in memory only are there, too.
    host.directoryExists = () => true;
    const paths = { "zookeeper-ensemble": [path.join(root, "built/index.d.ts")] };
    // Pulumi's own declarations do not compile under every one of them.
    const compiled = ts.createProgram([file], { ...strictest, skipLibCheck: true, paths }, host);
    return ts
        .getPreEmitDiagnostics(compiled)
        .map(
            ({ messageText, file: of }) =>
                `${of?.fileName ?? ""}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`,
        );
}

describe("the types that programs in TypeScript see", () => {
    it("take what Pulumi's own take, under every strict option of the compiler", async () => {
        assert.deepEqual(await faultsOf(program), []);
    });

    it("still refuse what is none", async () => {
        const faults = await faultsOf(program.replace('size: config.getNumber("size")', 'size: config.get("size")'));
        assert.match(faults.join("\n"), /'string'.* is not assignable to type 'number/);
    });
});

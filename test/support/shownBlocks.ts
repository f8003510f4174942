import { Document } from "./documents";

/** A block of a document that a reader types, copies or runs. */
export interface ShownBlock {
    readonly document: string;
    readonly language: string;
    /** Its first words. */
    readonly begins: string;
    /** The test that runs it as it is shown, or reads it from the document and puts names of its own into it. */
    readonly test?: string;
    /** A test that does the same in other words, and why in other words; or why no test does it. */
    readonly otherwise?: string;
}

const operations = "docs/operations.md";

/** Every block but those in TypeScript, which are all compiled, and the output of commands. */
export const shownBlocks: readonly ShownBlock[] = [
    { document: "README.md", language: "sh", begins: "npm start", test: "test/e2e/readme.test.ts" },
    { document: "README.md", language: "sh", begins: "npm run pulumi", test: "test/e2e/readme.test.ts" },
    { document: "docs/aws.md", language: "json", begins: "{", test: "test/unit/platforms/aws/deployerPolicy.test.ts" },
    {
        document: "docs/languages.md",
        language: "sh",
        begins: "pulumi package add",
        otherwise: "test/e2e/python.test.ts: with the path of this checkout",
    },
    {
        document: "docs/languages.md",
        language: "sh",
        begins: "npm ci &&",
        otherwise: "test/e2e/awsPackage.test.ts: in a folder elsewhere, so that the checkout stays as it is",
    },
    { document: "docs/languages.md", language: "python", begins: "import pulumi", test: "test/e2e/python.test.ts" },
    { document: "docs/languages.md", language: "go", begins: "role :=", test: "test/e2e/generatedSdks.test.ts" },
    {
        document: "docs/migration.md",
        language: "sh",
        begins: "npx zookeeper-ensemble status",
        test: "test/e2e/readme.test.ts",
    },
    { document: "docs/migration.md", language: "sh", begins: "node copy.mjs", test: "test/e2e/migration.test.ts" },
    { document: operations, language: "sh", begins: "npx zookeeper-ensemble", test: "test/e2e/readme.test.ts" },
    { document: operations, language: "sh", begins: "docker exec", test: "test/e2e/readme.test.ts" },
    { document: operations, language: "sh", begins: "name=", test: "test/e2e/blankGuard.test.ts" },
    { document: operations, language: "sh", begins: "pulumi config set running", test: "test/e2e/copies.test.ts" },
    { document: operations, language: "yaml", begins: "rule_files:", test: "test/monitoring/scraping.test.ts" },
    {
        document: operations,
        language: "sh",
        begins: "pulumi stack output --json metricsTargets",
        otherwise: "test/monitoring/scraping.test.ts: the same JSON, without a stack",
    },
    { document: "docs/pull-requests.md", language: "yaml", begins: "- uses:", test: "test/tools/workflows.test.ts" },
    { document: "docs/pull-requests.md", language: "sh", begins: "pulumi preview", test: "test/e2e/policy.test.ts" },
    { document: "docs/pull-requests.md", language: "json", begins: "{", test: "test/e2e/policy.test.ts" },
    {
        document: "docs/reliability.md",
        language: "sh",
        begins: "BENCH_ROUNDS=3",
        otherwise: "no test: it takes an hour, and a quiet machine",
    },
    {
        document: "examples/aws/README.md",
        language: "sh",
        begins: "npm init",
        otherwise:
            "test/ec2/example.test.ts: in the folder itself, with the simulator's VPC; test/e2e/tarball.test.ts installs",
    },
    {
        document: "examples/larger-stack/README.md",
        language: "sh",
        begins: "npm init -y\nnpm install <path",
        otherwise: "test/e2e/largerStack.test.ts: in the folder itself; test/e2e/tarball.test.ts installs",
    },
    {
        document: "examples/larger-stack/README.md",
        language: "sh",
        begins: "node --eval",
        otherwise: "test/e2e/largerStack.test.ts: calls the same function",
    },
    {
        document: "examples/larger-stack/README.md",
        language: "sh",
        begins: "npm init -y\nnpm install @pulumi",
        otherwise: "test/e2e/largerStack.test.ts: in the folder itself",
    },
    {
        document: "examples/monitoring/README.md",
        language: "sh",
        begins: "npm init -y\nnpm install <path",
        otherwise: "test/monitoring/example.test.ts: in the folder itself; test/e2e/tarball.test.ts installs",
    },
    {
        document: "examples/monitoring/README.md",
        language: "sh",
        begins: "node --eval",
        otherwise: "test/monitoring/example.test.ts: calls the same function",
    },
];

/** The blocks with a language, in the order in which they stand. */
export function blocksOf({ file, text }: Document): { document: string; language: string; text: string }[] {
    return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language, block]) => ({
        document: file,
        language: language!,
        text: block!,
    }));
}

export function isShown(
    { document, language, begins }: ShownBlock,
    block: ReturnType<typeof blocksOf>[number],
): boolean {
    return document === block.document && language === block.language && block.text.startsWith(begins);
}

// Takes the figures that are asked for, and prints each as soon as it is there.
import { awsBoot } from "./awsBoot";
import { awsChanges } from "./awsChanges";
import { awsImports } from "./awsImports";
import { awsPreviews } from "./awsPreviews";
import { Benchmark, Figure, say } from "./figure";
import { founding } from "./founding";
import { growth } from "./growth";
import { imports } from "./imports";
import { previews } from "./previews";
import { roll } from "./roll";
import { lostWrites, onAws } from "./tally";
import { throughput } from "./throughput";

const benchmarks: readonly Benchmark[] = [
    founding,
    previews,
    imports,
    throughput,
    roll,
    growth,
    lostWrites("lost_acked", [roll, growth]),
    awsChanges,
    awsBoot,
    lostWrites("aws_lost_acked", [awsChanges], onAws),
    awsPreviews,
    awsImports,
];
const usualRounds = 5;

async function main(names: readonly string[]): Promise<number> {
    const known = benchmarks.flatMap((benchmark) => benchmark.names);
    if (names.includes("--list")) {
        console.log(known.join("\n"));
        return 0;
    }
    const unknown = names.filter((name) => !known.includes(name));
    if (unknown.length > 0) {
        say(`unknown benchmark ${unknown.join(", ")}: choose from ${known.join(", ")}`);
        return 1;
    }
    const rounds = Number(process.env.BENCH_ROUNDS ?? usualRounds);
    const isWanted = (name: string) => names.length === 0 || names.includes(name);
    const failures: string[] = [];
    for (const benchmark of benchmarks.filter((candidate) => candidate.names.some(isWanted))) {
        const title = benchmark.names.join(", ");
        const start = performance.now();
        say(`${title} ...`);
        try {
            const figures = await benchmark.measure(rounds);
            figures.filter(({ name }) => isWanted(name)).forEach((figure) => print(figure));
        } catch (error) {
            failures.push(`${title} failed: ${(error as Error).stack}`);
        }
        say(`${title}: ${Math.round((performance.now() - start) / 1000)} s`);
    }
    // At the end, where they are seen: in the middle of an hour's output nobody looks.
    failures.forEach(say);
    return failures.length > 0 ? 1 : 0;
}

/** With the plugin that it was measured on; those of AWS know a simulator only. */
function print({ name, value, unit, detail }: Figure): void {
    const dockerPlugin = name.startsWith("aws_") ? undefined : process.env.ZOOKEEPER_ENSEMBLE_DOCKER_PLUGIN;
    console.log(JSON.stringify({ name, value, unit, detail: { ...detail, dockerPlugin } }));
}

main(process.argv.slice(2)).then((code) => (process.exitCode = code));

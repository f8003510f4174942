// Takes the figures that are asked for, and prints each as soon as it is there.
import { awsBoot } from "./awsBoot";
import { awsChanges } from "./awsChanges";
import { awsImports } from "./awsImports";
import { awsPreviews } from "./awsPreviews";
import { Benchmark, say } from "./figure";
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
    let failures = 0;
    for (const benchmark of benchmarks.filter((candidate) => candidate.names.some(isWanted))) {
        const start = performance.now();
        say(`${benchmark.names.join(", ")} ...`);
        try {
            const figures = await benchmark.measure(rounds);
            figures.filter(({ name }) => isWanted(name)).forEach((figure) => console.log(JSON.stringify(figure)));
        } catch (error) {
            failures += 1;
            say(`${benchmark.names.join(", ")} failed: ${(error as Error).stack}`);
        }
        say(`${benchmark.names.join(", ")}: ${Math.round((performance.now() - start) / 1000)} s`);
    }
    return failures > 0 ? 1 : 0;
}

main(process.argv.slice(2)).then((code) => (process.exitCode = code));

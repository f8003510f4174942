import { join } from "node:path";
import { atMost, Benchmark, Figure, interleaved, median, spread } from "./figure";
import { compile, makeNodeFolderWithoutAws, timedRun } from "./project";
import { Scratch } from "./scratch";

/** These runs take a second each: more of them cost little. */
const samplesPerRound = 3;

/** What a program pays for the library before it does anything, in fresh processes. */
export const imports: Benchmark = {
    names: ["import_ratio"],
    measure: (rounds) => Scratch.use((scratch) => measure(scratch, rounds * samplesPerRound)),
};

interface Answer {
    readonly milliseconds: number;
    readonly aws?: string;
    readonly servers?: number;
    readonly modules?: number;
}

async function measure({ folder }: Scratch, rounds: number): Promise<Figure[]> {
    await makeNodeFolderWithoutAws(folder);
    await compile("importDocker", join(folder, "importDocker.js"));
    await compile("makeUnderMocks", join(folder, "makeUnderMocks.js"));
    const run = async (program: string): Promise<Answer> =>
        JSON.parse((await timedRun(process.execPath, [`${program}.js`], folder)).stdout) as Answer;
    const whole = await run("makeUnderMocks");
    if (whole.servers !== 3 || whole.aws !== "") {
        throw new Error(`an ensemble on Docker needs nothing of AWS: ${JSON.stringify(whole)}`);
    }
    const samples = await interleaved(rounds, {
        library: async () => (await run("makeUnderMocks")).milliseconds,
        docker: async () => (await run("importDocker")).milliseconds,
    });
    return [
        atMost(1.1, "import_ratio", median(samples.library) / median(samples.docker), "ratio", {
            peer: "importing @pulumi/docker alone",
            libraryMilliseconds: spread(samples.library),
            dockerMilliseconds: spread(samples.docker),
            modulesLoaded: whole.modules,
            pulumiAws: "neither loaded nor installed",
        }),
    ];
}

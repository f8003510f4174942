import { join } from "node:path";
import { atMost, Benchmark, Figure, interleaved, median, rounded, spread } from "./figure";
import { compile, makeNodeFolder, timedRun } from "./project";
import { Scratch } from "./scratch";

/** These runs take a second each: more of them cost little. */
const samplesPerRound = 3;

/** What a program with an ensemble on AWS pays for the library before it does anything, in fresh processes. */
export const awsImports: Benchmark = {
    names: ["aws_import_ratio"],
    measure: (rounds) => Scratch.use((scratch) => measure(scratch, rounds * samplesPerRound)),
};

const programs = [
    "importAwsLibrary",
    "makeAwsUnderMocks",
    "importAwsParts",
    "importAwsPartsAndDocker",
    "importAwsWhole",
] as const;

interface Answer {
    readonly milliseconds: number;
    readonly servers?: number;
    readonly modules?: number;
    readonly sdk?: boolean;
}

async function measure({ folder }: Scratch, rounds: number): Promise<Figure[]> {
    await makeNodeFolder(folder);
    for (const program of programs) {
        await compile(program, join(folder, `${program}.js`));
    }
    const run = async (program: (typeof programs)[number]): Promise<Answer> =>
        JSON.parse((await timedRun(process.execPath, [`${program}.js`], folder)).stdout) as Answer;
    const whole = await run("makeAwsUnderMocks");
    if (whole.servers !== 3 || whole.sdk !== false) {
        throw new Error(`a preview of an ensemble on AWS needs no SDK: ${JSON.stringify(whole)}`);
    }
    const samples = await interleaved(rounds, {
        library: async () => (await run("importAwsLibrary")).milliseconds,
        ensemble: async () => (await run("makeAwsUnderMocks")).milliseconds,
        parts: async () => (await run("importAwsParts")).milliseconds,
        partsAndDocker: async () => (await run("importAwsPartsAndDocker")).milliseconds,
        package: async () => (await run("importAwsWhole")).milliseconds,
    });
    const library = median(samples.library);
    return [
        atMost(1.1, "aws_import_ratio", library / median(samples.parts), "ratio", {
            peer: "importing the submodules of @pulumi/aws that the library uses",
            ratioToTheseAndDocker: rounded(library / median(samples.partsAndDocker)),
            ratioToTheWholePackage: rounded(library / median(samples.package)),
            libraryMilliseconds: spread(samples.library),
            withAnEnsembleMadeUnderMocksMilliseconds: spread(samples.ensemble),
            partsMilliseconds: spread(samples.parts),
            partsAndDockerMilliseconds: spread(samples.partsAndDocker),
            wholePackageMilliseconds: spread(samples.package),
            modulesLoaded: whole.modules,
        }),
    ];
}

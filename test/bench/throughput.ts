import { ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { atLeast, Benchmark, Figure, interleaved, median, say, spread } from "./figure";
import { memory } from "./founding";
import { Project } from "./project";
import { Scratch } from "./scratch";

const sessions = 64;
const sampleSeconds = 5;
/** The JVMs compile what is hot; what they do before tells of them, not of the configuration. */
const warmUpSeconds = 10;

/** Both ensembles stand on this host the whole time; only one of them is written to. */
export const throughput: Benchmark = {
    names: ["write_throughput_ratio"],
    measure: (rounds) => Scratch.use((scratch) => measure(scratch, rounds)),
};

async function measure(scratch: Scratch, rounds: number): Promise<Figure[]> {
    const { folder, prefix, firstPort } = scratch;
    const library = await Project.make(join(folder, "library"), `${prefix}-library`, "library");
    const byHand = await Project.make(join(folder, "by-hand"), `${prefix}-by-hand`, "byHand");
    say("two ensembles");
    await library.up({ coordination: { docker: { firstHostPort: firstPort } } });
    await byHand.up({
        prefix: `${prefix}-by-hand`,
        subnet: scratch.subnet(1),
        firstPort: firstPort + 3,
        ...memory,
    });
    const writers: Writers[] = [];
    try {
        const mine = await Writers.start(firstPort);
        writers.push(mine);
        const theirs = await Writers.start(firstPort + 3);
        writers.push(theirs);
        await mine.writesPerSecond(warmUpSeconds);
        await theirs.writesPerSecond(warmUpSeconds);
        const samples = await interleaved(rounds, {
            library: () => mine.writesPerSecond(sampleSeconds),
            official: () => theirs.writesPerSecond(sampleSeconds),
        });
        return [
            atLeast(1, "write_throughput_ratio", median(samples.library) / median(samples.official), "ratio", {
                peer: "the official image's defaults, with the same memory and heap",
                sessions,
                libraryWritesPerSecond: spread(samples.library),
                officialWritesPerSecond: spread(samples.official),
            }),
        ];
    } finally {
        writers.forEach((each) => each.end());
    }
}

/** The sessions, in a process of their own. */
class Writers {
    private constructor(private readonly process: ChildProcess) {}

    static async start(firstPort: number): Promise<Writers> {
        const addresses = [0, 1, 2].map((index) => `127.0.0.1:${firstPort + index}`);
        const options = { execArgv: ["--import", "tsx"] };
        const writers = new Writers(fork(join(__dirname, "writers.ts"), [String(sessions), ...addresses], options));
        await writers.answer();
        return writers;
    }

    async writesPerSecond(seconds: number): Promise<number> {
        this.process.send({ seconds });
        return (await this.answer()) / seconds;
    }

    end(): void {
        this.process.kill();
    }

    private async answer(): Promise<number> {
        const ended = once(this.process, "exit").then(([code]) => {
            throw new Error(`the writers ended with exit code ${code}`);
        });
        const [message] = (await Promise.race([once(this.process, "message"), ended])) as [{ writes: number }];
        return message.writes;
    }
}

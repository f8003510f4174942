import { AwsStack } from "../ec2/awsStack";
import { atMost, Benchmark, Figure, median, say, spread } from "./figure";
import { longestGapMs, secondsOf, windowOf } from "./gaps";
import { underLoad } from "./loaded";
import { untilAllServe } from "./serving";
import { countLost, onAws } from "./tally";

const longestGap = 500;
/** A machine that boots on a busy host takes its time. */
const serveLimitMs = 600_000;

/** One ensemble in the EC2 simulator under load: all machines are replaced, and 3 → 5 → 3. It needs root. */
export const awsChanges: Benchmark = {
    names: ["aws_roll_gap_ratio", "aws_grow_gap_ms"],
    async measure(rounds: number): Promise<Figure[]> {
        let figures: Figure[] = [];
        await AwsStack.use(async (aws) => {
            figures = await measure(aws, rounds);
        });
        return figures;
    },
};

interface Round {
    readonly rollGapMs: number;
    readonly leaderRestartGapMs: number;
    readonly rollSeconds: number;
    readonly growGapMs: number;
    readonly growSeconds: number;
}

async function measure(aws: AwsStack, rounds: number): Promise<Figure[]> {
    say("three machines boot");
    await aws.up();
    const samples: Round[] = [];
    for (let round = 1; round <= rounds; round++) {
        const lifecycle = { restartTrigger: `roll ${round}` };
        const rolled = await rollAndRestart(aws, lifecycle);
        const grown = await grow(aws, lifecycle);
        samples.push({ ...rolled, ...grown });
        say(`round ${round} of ${rounds}: ${JSON.stringify(samples.at(-1))}`);
    }
    return figuresOf(samples);
}

const hostsOf = (aws: AwsStack) => aws.seen.servers.map(({ address }) => `${address}:2181`);

/** The roll, against one restart of the leader's service by hand on the same machines. */
async function rollAndRestart(aws: AwsStack, lifecycle: object): Promise<Omit<Round, "growGapMs" | "growSeconds">> {
    const hosts = hostsOf(aws);
    const { result, history, lost, acknowledged } = await underLoad(hosts, async (load) => {
        const restart = await windowOf(async () => {
            const { leader } = await untilAllServe(hosts, serveLimitMs);
            const { id } = aws.seen.servers.find(({ address }) => leader === `${address}:2181`)!;
            await aws.cloud.shell(aws.instanceId(id), "systemctl restart zookeeper");
            await untilAllServe(hosts, serveLimitMs);
        });
        await load.waitForProgress(100);
        const roll = await windowOf(() => aws.up({ lifecycle }));
        await untilAllServe(hosts, serveLimitMs);
        await load.waitForProgress(100);
        return { restart, roll };
    });
    countLost(`${onAws}roll`, { lost, acknowledged });
    return {
        rollGapMs: longestGapMs(history, result.roll),
        leaderRestartGapMs: longestGapMs(history, result.restart),
        rollSeconds: secondsOf(result.roll),
    };
}

async function grow(aws: AwsStack, lifecycle: object): Promise<Pick<Round, "growGapMs" | "growSeconds">> {
    const change = async (size: number) => {
        // Clients know the servers that stay.
        const made = await underLoad(hostsOf(aws).slice(0, 3), () => windowOf(() => aws.up({ size, lifecycle })));
        countLost(`${onAws}to ${size}`, made);
        return made;
    };
    const { history, result } = await change(5);
    await change(3);
    return { growGapMs: longestGapMs(history, result), growSeconds: secondsOf(result) };
}

function figuresOf(rounds: readonly Round[]): Figure[] {
    const of = (key: keyof Round) => rounds.map((round) => round[key]);
    const growGaps = of("growGapMs");
    return [
        atMost(1.2, "aws_roll_gap_ratio", median(of("rollGapMs")) / median(of("leaderRestartGapMs")), "ratio", {
            peer: "one restart of the leader's service on the same machines, in the simulator",
            rollGapMs: spread(of("rollGapMs")),
            leaderRestartGapMs: spread(of("leaderRestartGapMs")),
            rollSeconds: spread(of("rollSeconds")),
        }),
        atMost(longestGap, "aws_grow_gap_ms", Math.max(...growGaps), "ms", {
            change: "3 to 5, in the simulator",
            ofTheWorstRun: true,
            gapMs: spread(growGaps),
            seconds: spread(of("growSeconds")),
        }),
    ];
}

import { join } from "node:path";
import { ComposeEnsemble, ensureCompose } from "./compose";
import { atMost, Benchmark, Figure, interleaved, median, shown, spread } from "./figure";
import { Project } from "./project";
import { Scratch } from "./scratch";
import { untilAllServe } from "./serving";

/** The library's own defaults, which its peers get too. */
export const memory = { memoryMiB: 1024, heapMiB: 512 };

/** From nothing to three servers that serve; images are there. */
export const founding: Benchmark = {
    names: ["up_ratio", "up_vs_compose"],
    measure: (rounds) => Scratch.use((scratch) => measure(scratch, rounds)),
};

async function measure(scratch: Scratch, rounds: number): Promise<Figure[]> {
    await ensureCompose();
    const ports = (first: number) => [first, first + 1, first + 2];
    const { firstPort } = scratch;
    const library = await Project.make(join(scratch.folder, "library"), `${scratch.prefix}-library`, "library");
    const byHand = await Project.make(join(scratch.folder, "by-hand"), `${scratch.prefix}-by-hand`, "byHand");
    const compose = new ComposeEnsemble(join(scratch.folder, "compose"));

    /** Checks what the way claims, and leaves nothing for the next one. */
    const fromNothing = async (up: () => Promise<number>, first: number, prepare?: () => Promise<void>) => {
        await prepare?.();
        const seconds = await up();
        await untilAllServe(ports(first));
        await scratch.clear();
        return seconds;
    };
    const samples = await interleaved(rounds, {
        library: () =>
            fromNothing(
                () => library.up({ coordination: { docker: { firstHostPort: firstPort } } }),
                firstPort,
                () => library.reset(),
            ),
        byHand: () =>
            fromNothing(
                () =>
                    byHand.up({
                        prefix: `${scratch.prefix}-by-hand`,
                        subnet: scratch.subnet(1),
                        firstPort: firstPort + 3,
                        ...memory,
                    }),
                firstPort + 3,
                () => byHand.reset(),
            ),
        compose: () =>
            fromNothing(async () => {
                const start = performance.now();
                await compose.up({
                    project: `${scratch.prefix}-compose`,
                    subnet: scratch.subnet(2),
                    firstPort: firstPort + 6,
                    ...memory,
                });
                await untilAllServe(ports(firstPort + 6));
                return (performance.now() - start) / 1000;
            }, firstPort + 6),
    });
    const [mine, hand, composed] = [samples.library, samples.byHand, samples.compose].map(median);
    const seconds = { librarySeconds: spread(samples.library) };
    return [
        atMost(1.1, "up_ratio", mine! / hand!, "ratio", {
            peer: "a hand-written program with the same resources and a wait loop",
            ...seconds,
            byHandSeconds: spread(samples.byHand),
        }),
        shown("up_vs_compose", mine! / composed!, "ratio", {
            peer: "docker-compose up -d and a wait loop",
            ...seconds,
            composeSeconds: spread(samples.compose),
        }),
    ];
}

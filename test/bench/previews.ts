import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { templateOf } from "./ensembleTemplate";
import { atMost, Benchmark, Figure, interleaved, median, rounded, say, shown, spread } from "./figure";
import { limited, multiplied, nameOf, specHashes, State, withoutMarkers, withPlannedHashes } from "./manyEnsembles";
import { Project } from "./project";
import { Scratch } from "./scratch";

const many = 50;
const few = 10;

/** Previews of many ensembles in which nothing has changed. */
export const previews: Benchmark = {
    names: ["preview_ratio_50", "preview_memory_ratio_50", "preview_growth", "state_kib_per_server"],
    measure: (rounds) => Scratch.use((scratch) => measure(scratch, rounds)),
};

/** One way to preview: a project whose stack has the state, and what its program is given. */
interface Subject {
    readonly project: Project;
    readonly parameters: unknown;
    readonly peaksMiB: number[];
}

async function measure(scratch: Scratch, rounds: number): Promise<Figure[]> {
    const subjects = await prepare(scratch);
    const sample = (subject: Subject) => async () => {
        const { seconds, peakMiB } = await subject.project.unchangedPreview(subject.parameters);
        subject.peaksMiB.push(peakMiB);
        return seconds;
    };
    const { library, peer, bare, fewer } = subjects;
    const seconds = await interleaved(rounds, {
        library: sample(library),
        peer: sample(peer),
        bare: sample(bare),
        fewer: sample(fewer),
    });
    const time = Object.fromEntries(Object.entries(seconds).map(([name, samples]) => [name, median(samples)]));
    const peak = (subject: Subject) => median(subject.peaksMiB);
    const peerName = "a hand-written program with the same resources, markers included";
    return [
        atMost(1.15, "preview_ratio_50", time.library! / time.peer!, "ratio", {
            peer: peerName,
            ratioToPeerWithoutMarkers: rounded(time.library! / time.bare!),
            librarySeconds: spread(seconds.library),
            peerSeconds: spread(seconds.peer),
            peerWithoutMarkersSeconds: spread(seconds.bare),
        }),
        atMost(1.2, "preview_memory_ratio_50", peak(library) / peak(peer), "ratio", {
            peer: peerName,
            ratioToPeerWithoutMarkers: rounded(peak(library) / peak(bare)),
            libraryMiB: spread(library.peaksMiB),
            peerMiB: spread(peer.peaksMiB),
            peerWithoutMarkersMiB: spread(bare.peaksMiB),
        }),
        atMost(5.5, "preview_growth", time.library! / time.fewer!, "ratio", {
            secondsOf50: spread(seconds.library),
            secondsOf10: spread(seconds.fewer),
        }),
        shown("state_kib_per_server", subjects.stateKiB / (3 * many), "KiB", {
            exportedState: `${many} ensembles of 3`,
            ofOneEnsembleOf3: rounded(subjects.oneEnsembleKiB / 3),
        }),
    ];
}

async function prepare(scratch: Scratch) {
    const make = (folder: string, program: string) =>
        Project.make(join(scratch.folder, folder), `${scratch.prefix}-previews`, program);
    const argumentsOf = (count: number) =>
        Object.fromEntries(
            Array.from({ length: count }, (_, index) => [
                nameOf(index),
                {
                    ensembleId: `${scratch.prefix}-${nameOf(index)}`,
                    docker: { firstHostPort: scratch.firstPort, network: { subnet: scratch.subnet(0) } },
                },
            ]),
        );
    const library = await make("library", "library");
    const [peer, bare, fewer] = [
        await make("peer", "sameResources"),
        await make("bare", "sameResources"),
        await make("fewer", "library"),
    ];
    say("one real ensemble, whose state is multiplied");
    await library.up(argumentsOf(1));
    const exported = await library.exportState();
    await scratch.clear();

    const real = JSON.parse(exported) as State;
    await library.importState(JSON.stringify(multiplied(real, many)));
    const state = await withPlannedHashes(multiplied(real, many), library, argumentsOf(many));
    const file = join(scratch.folder, "template.json");
    const template = { ...templateOf(real.deployment.resources, nameOf(0)), hashes: specHashes(state, many) };
    await writeFile(file, JSON.stringify(template));

    await library.importState(JSON.stringify(state));
    await peer.importState(JSON.stringify(state));
    await bare.importState(JSON.stringify(withoutMarkers(state)));
    await fewer.importState(JSON.stringify(limited(state, few)));
    const subject = (project: Project, parameters: unknown): Subject => ({ project, parameters, peaksMiB: [] });
    return {
        library: subject(library, argumentsOf(many)),
        peer: subject(peer, { file, count: many, markers: true }),
        bare: subject(bare, { file, count: many, markers: false }),
        fewer: subject(fewer, argumentsOf(few)),
        stateKiB: (await library.exportState()).length / 1024,
        oneEnsembleKiB: exported.length / 1024,
    };
}

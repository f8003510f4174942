import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setVariables } from "../support/environment";
import { PaperCloud, paperSubnets, paperVpc } from "../support/paperCloud";
import { AwsState, awsTemplateOf } from "./awsTemplate";
import { atMost, Benchmark, Figure, interleaved, median, rounded, say, spread } from "./figure";
import { nameOf, State, withoutMarkers } from "./manyEnsembles";
import { Project } from "./project";
import { Scratch } from "./scratch";

const many = 50;

/**
 * Previews of many ensembles on AWS in which nothing has changed. They exist on paper only: a preview looks at no
 * machine.
 */
export const awsPreviews: Benchmark = {
    names: ["aws_preview_ratio_50"],
    measure: (rounds) =>
        Scratch.use(async (scratch) => {
            const cloud = await PaperCloud.start();
            try {
                return await measure(scratch, rounds, cloud);
            } finally {
                await cloud.stop();
            }
        }),
};

/** Else the whole state is written for each of its 1,900 resources. */
async function inOneCheckpoint<T>(action: () => Promise<T>): Promise<T> {
    const restoreVariables = setVariables({ PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" });
    try {
        return await action();
    } finally {
        restoreVariables();
    }
}

async function measure(scratch: Scratch, rounds: number, cloud: PaperCloud): Promise<Figure[]> {
    const names = Array.from({ length: many }, (_, index) => nameOf(index));
    const aws = { vpcId: paperVpc, subnetIds: paperSubnets };
    const ensembles = Object.fromEntries(names.map((name) => [name, { ensembleId: `${scratch.prefix}-${name}`, aws }]));
    const make = (folder: string, program: string) =>
        Project.make(join(scratch.folder, folder), `${scratch.prefix}-aws-previews`, program);
    const library = await make("library", "awsLibrary");
    const peer = await make("peer", "sameAwsResources");
    const bare = await make("bare", "sameAwsResources");
    say(`${many} ensembles on paper`);
    await inOneCheckpoint(() => library.up({ ensembles, withoutGates: true }));
    const exported = await library.exportState();
    const state = JSON.parse(exported) as State;
    const file = join(scratch.folder, "aws-template.json");
    await writeFile(file, JSON.stringify(awsTemplateOf(state.deployment.resources as readonly AwsState[], names)));
    await peer.importState(exported);
    await bare.importState(JSON.stringify(withoutMarkers(state)));

    const asked = () => cloud.simulator.requests.length;
    const before = asked();
    await library.unchangedPreview({ ensembles });
    const looks = asked() - before;
    const sample = (project: Project, parameters: unknown) => async () =>
        (await project.unchangedPreview(parameters)).seconds;
    const seconds = await interleaved(rounds, {
        library: sample(library, { ensembles }),
        peer: sample(peer, { file, markers: true }),
        bare: sample(bare, { file, markers: false }),
    });
    return [
        atMost(1.15, "aws_preview_ratio_50", median(seconds.library) / median(seconds.peer), "ratio", {
            peer: "a hand-written program with the same resources, markers included, that looks nothing up",
            ratioToPeerWithoutMarkers: rounded(median(seconds.library) / median(seconds.bare)),
            looksPerPreview: looks,
            librarySeconds: spread(seconds.library),
            peerSeconds: spread(seconds.peer),
            peerWithoutMarkersSeconds: spread(seconds.bare),
        }),
    ];
}

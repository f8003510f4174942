// `npm run down`: removes what `npm start` made, but the data; `npm run down -- --volumes` removes the data too.

import { frontDoor } from "./shared/frontDoor.mjs";

frontDoor(async () => {
    const { volumes: withVolumes } = await options();
    const { prepare } = await import("./prepare.mjs");
    const prepared = await prepare({ images: [] });
    const { say } = await import("./shared/progress.mjs");
    const { openStack } = await import("./quickstart/stack.mjs");
    const { removeVolumes, volumesOf, volumeStems } = await import("./quickstart/volumes.mjs");
    const { dockerAt } = await import("./docker/engine.mjs");

    const stack = await openStack(prepared);
    const docker = dockerAt(prepared.engine.host);
    const stems = await volumeStems(stack);
    await stack.destroy();
    const kept = await volumesOf(docker, stems);
    if (withVolumes) await removeVolumes(docker, kept);
    say(report(kept, withVolumes));
});

async function options() {
    const { parseArgs } = await import("node:util");
    try {
        return parseArgs({ options: { volumes: { type: "boolean", default: false } } }).values;
    } catch (error) {
        throw new Error(`${error.message}: the only option is --volumes, as in: npm run down -- --volumes`, {
            cause: error,
        });
    }
}

function report(names, removed) {
    if (names.length === 0) return "no volumes are left";
    const list = names.map((name) => `  ${name}`).join("\n");
    if (removed) return `removed with the data of the servers:\n${list}`;
    return `kept, with the data of the servers:\n${list}\n"npm start" takes them back, "npm run down -- --volumes" removes them`;
}

// `npm run -s chaos -- --faults N [--seed S] …`: changes under load with faults in their middle; see
// test/chaos/main.ts.

import { frontDoor } from "./shared/frontDoor.mjs";

frontDoor(async () => {
    const { prepare, root } = await import("./prepare.mjs");
    const { handOver } = await import("./shared/handOver.mjs");
    const { environment: env } = await prepare({ images: ["zookeeper:3.9.5", "zookeeper:3.8.6"] });
    const args = ["--import", "tsx", "test/chaos/main.ts", ...process.argv.slice(2)];
    return handOver(process.execPath, args, { cwd: root, env });
});

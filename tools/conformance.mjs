// `npm run conformance [-- --only TEXT] …`: traces that containers and the simulated world play alike; see
// test/conformance/main.ts.

import { frontDoor } from "./shared/frontDoor.mjs";

frontDoor(async () => {
    const { prepare, root } = await import("./prepare.mjs");
    const { handOver } = await import("./shared/handOver.mjs");
    const { environment: env } = await prepare();
    const args = ["--import", "tsx", "test/conformance/main.ts", ...process.argv.slice(2)];
    return handOver(process.execPath, args, { cwd: root, env });
});

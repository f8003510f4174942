// `npm run -s bench -- NAME…`: figures against peers that are measured in the same run, one JSON object per line on
// stdout; all of them without names, `--list` shows the names. They are taken in test/bench/.

import { frontDoor } from "./shared/frontDoor.mjs";

frontDoor(async () => {
    const { prepare, root } = await import("./prepare.mjs");
    const { handOver } = await import("./shared/handOver.mjs");
    const names = process.argv.slice(2);
    const { environment: env } = names.includes("--list") ? { environment: process.env } : await prepare();
    return handOver(process.execPath, ["--import", "tsx", "test/bench/main.ts", ...names], { cwd: root, env });
});

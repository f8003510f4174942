// `npm run status`, `npm run logs -- 1`, `npm run cli -- ls /`: the package's own command in this checkout, with the
// Pulumi CLI and the stacks of the other commands.

import path from "node:path";
import { frontDoor } from "./shared/frontDoor.mjs";

frontDoor(async () => {
    const { prepare, root } = await import("./prepare.mjs");
    const { handOver } = await import("./shared/handOver.mjs");
    const { environment } = await prepare({ images: [] });
    const program = path.join(root, "dist/cli/main.js");
    return handOver(process.execPath, [program, ...words(process.argv.slice(2))], {
        // npm goes to the checkout's root; the user means the folder where the command was typed.
        cwd: process.env.INIT_CWD ?? process.cwd(),
        env: environment,
    });
});

/** npm keeps the first `--` for itself: what zkCli.sh is to do begins behind the id, or at once. */
function words([command, ...rest]) {
    const begin = rest.findIndex((word) => !/^\d+$/.test(word));
    const isWhole = command !== "cli" || begin < 0 || rest[begin].startsWith("-") || rest.includes("--");
    return isWhole ? [command, ...rest] : [command, ...rest.slice(0, begin), "--", ...rest.slice(begin)];
}

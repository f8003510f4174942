// `npm run pulumi -- <arguments>`: the Pulumi CLI that the other commands use, on the same stacks.

import { frontDoor } from "./shared/frontDoor.mjs";

frontDoor(async () => {
    const { prepare } = await import("./prepare.mjs");
    const { handOver } = await import("./shared/handOver.mjs");
    const { pulumi, environment } = await prepare({ images: [] });
    // npm goes to the checkout's root; the user means the folder where the command was typed.
    const cwd = process.env.INIT_CWD ?? process.cwd();
    return handOver(pulumi.command, process.argv.slice(2), { cwd, env: environment });
});

// `npm run pulumi -- <arguments>`: the Pulumi CLI that the other commands use, on the same stacks.

import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { frontDoor } from "./shared/frontDoor.mjs";

frontDoor(async () => {
    const { prepare } = await import("./prepare.mjs");
    const { handOver } = await import("./shared/handOver.mjs");
    const { pulumi, environment } = await prepare({ images: [] });
    // npm goes to the checkout's root; the user means the folder where the command was typed.
    const cwd = process.env.INIT_CWD ?? process.cwd();
    const args = process.argv.slice(2);
    const asPackage = args[0] === "package" && existsSync(path.join(cwd, "PulumiPlugin.yaml"));
    return handOver(pulumi.command, asPackage ? args.map((arg) => (arg === "." ? cwd : arg)) : args, {
        // The CLI takes no folder for a package that is a project too, as long as it stands in it or below.
        cwd: asPackage ? tmpdir() : cwd,
        env: environment,
    });
});

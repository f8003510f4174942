// The stack of the project at the root of the checkout, which `npm start` makes and `npm run down` removes.

import { root } from "../prepare.mjs";
import { handOver } from "../shared/handOver.mjs";
import { run } from "../shared/progress.mjs";

const name = "dev";

/** The stack, made when it is not there yet; `prepared` is what `prepare` returned. */
export async function openStack({ pulumi, environment: env }) {
    const options = { cwd: root, env };
    const read = async (...args) => (await run(pulumi.command, args, options)).stdout.trim();
    const ask = async (...args) => JSON.parse(await read(...args));
    const show = async (verb, ...args) => {
        const code = await handOver(pulumi.command, [verb, "--stack", name, ...args], options);
        if (code !== 0) throw new Error(`pulumi ${verb} of stack "${name}" failed with exit code ${code}, see above`);
    };
    await run(pulumi.command, ["stack", "select", "--create", name], options);
    return {
        name,
        // With its preview: the rules that refuse an impossible change are checked there.
        up: () => show("up", "--yes"),
        destroy: () => show("destroy", "--yes"),
        setting: (key) => read("config", "get", "--stack", name, key),
        outputs: () => ask("stack", "output", "--stack", name, "--json"),
        state: async () => (await ask("stack", "export", "--stack", name)).deployment.resources ?? [],
        plan: async () => (await ask("preview", "--stack", name, "--json")).steps.map((planned) => planned.newState),
    };
}

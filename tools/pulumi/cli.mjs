// The Pulumi CLI that the tools use: the user's, else the official release, else one built here from its Go modules.

import { mkdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { say } from "../shared/progress.mjs";
import { builtCli, cachedBuiltCli } from "./builtCli.mjs";
import { cachedOfficialCli, cliOnPath, downloadedCli } from "./officialCli.mjs";
import { choiceVariable, ensureDockerPlugin } from "./plugins.mjs";

const repositoryRoot = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Finds or makes a CLI with its Node.js language host and the Docker provider's plugin.
 * `command` is the executable, `home` its PULUMI_HOME, `environment` is to be laid over `process.env`, and `origin`
 * tells where the CLI ("path", "release" or "built") and the plugin ("official", "built" or "stand-in") come from;
 * `elsePlugin` is the one to take where the official one cannot be had. With `generators` those of SDKs are there, too,
 * which a built CLI otherwise builds when they are first used.
 */
export async function ensurePulumi({ elsePlugin, generators = false } = {}) {
    const cli = await findCli();
    if (generators) await cli.buildGenerators?.();
    const plugin = await ensureDockerPlugin(cli, elsePlugin);
    return {
        command: cli.command,
        home: plugin.home,
        environment: await environmentFor(cli, plugin),
        origin: { cli: cli.origin, dockerPlugin: plugin.origin },
    };
}

async function findCli() {
    const found = (await cliOnPath()) ?? (await cachedOfficialCli()) ?? (await cachedBuiltCli());
    const cli = found ?? (await downloadedCli()) ?? (await builtCli());
    say(`pulumi ${cli.version}: ${cli.command}`);
    return cli;
}

async function environmentFor(cli, plugin) {
    const { env } = process;
    return {
        PATH: [path.dirname(cli.command), env.PATH].filter(Boolean).join(path.delimiter),
        PULUMI_HOME: plugin.home,
        // For what is started in it and looks for a plugin itself.
        [choiceVariable]: plugin.origin,
        PULUMI_SKIP_UPDATE_CHECK: "true",
        // Where official plugins cannot be had, a missing one is a clear error at once instead of seconds of retries.
        ...(plugin.origin === "official" ? {} : { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" }),
        PULUMI_BACKEND_URL: env.PULUMI_BACKEND_URL || (await localBackend()),
        ...(env.PULUMI_CONFIG_PASSPHRASE_FILE ? {} : { PULUMI_CONFIG_PASSPHRASE: env.PULUMI_CONFIG_PASSPHRASE ?? "" }),
    };
}

async function localBackend() {
    const folder = path.join(repositoryRoot, ".pulumi-state");
    await mkdir(folder, { recursive: true });
    return `file://${folder}`;
}

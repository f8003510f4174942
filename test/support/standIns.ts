/**
 * Variables of programs that make resources of AWS: only stand-ins for plugins are found, also on a machine that has
 * the official ones, which would talk past the simulators.
 */
export async function standInVariables(): Promise<Record<string, string>> {
    // @ts-expect-error the tools are plain JavaScript
    const { standInHome } = await import("../../tools/pulumi/plugins.mjs");
    return { PULUMI_HOME: (await standInHome()) as string, PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" };
}

/** The same with Pulumi's own Docker plugin: the official one where the tests run on it, else the one built here. */
export async function homeWithRealPlugin(): Promise<Record<string, string>> {
    if (process.env.ZOOKEEPER_ENSEMBLE_DOCKER_PLUGIN === "official") {
        return { PULUMI_HOME: process.env.PULUMI_HOME! };
    }
    // @ts-expect-error the tools are plain JavaScript
    const { builtHome } = await import("../../tools/pulumi/plugins.mjs");
    return { PULUMI_HOME: (await builtHome()) as string, PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" };
}

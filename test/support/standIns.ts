/**
 * Variables of programs that make resources of AWS: only stand-ins for plugins are found, also on a machine that has
 * the official ones, which would talk past the simulators.
 */
export async function standInVariables(): Promise<Record<string, string>> {
    // @ts-expect-error the tools are plain JavaScript
    const { standInHome } = await import("../../tools/pulumi/plugins.mjs");
    return { PULUMI_HOME: (await standInHome()) as string, PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" };
}

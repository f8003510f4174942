// What the tools install; tools/pulumi/cli/go.mod names the same version of the CLI.

export const pulumiVersion = "v3.250.0";
export const dockerPluginVersion = "v5.2.0";

// What the tools install; tools/pulumi/cli/go.mod names the same version of the CLI.

export const pulumiVersion = "v3.250.0";
export const dockerPluginVersion = "v5.2.0";
/** The one that package-lock.json has of `@pulumi/aws`: a program asks for the plugin of its package's version. */
export const awsPluginVersion = "v7.48.0";

/**
 * A file of variables that systemd (`EnvironmentFile=`) and bash read alike: values in double quotes, in which both
 * take a backslash before these characters, and systemd expands nothing.
 */
export function environmentFile(variables: Readonly<Record<string, string>>): string {
    return Object.entries(variables)
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([name, value]) => `${name}="${value.replace(/["\\`$]/g, "\\$&")}"\n`)
        .join("");
}

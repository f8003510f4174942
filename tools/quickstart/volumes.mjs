// The data of the stack's ensembles, found by the exact names that the program gives its volumes, never by a guess.

const volumeType = "docker:index/volume:Volume";
const serverPart = /-\d+-(data|log)$/;

/**
 * The stems of the names of the ensembles' volumes, `ze-<project>-<stack>-<ensemble>`. A destroyed stack has none in
 * its state; then the program's plan tells which volumes it would take back.
 */
export async function volumeStems(stack) {
    const inState = stemsOf((await stack.state()).map(({ type, outputs }) => ({ type, name: outputs?.name })));
    if (inState.length > 0) return inState;
    return stemsOf((await stack.plan()).map((planned) => ({ type: planned?.type, name: planned?.inputs?.name })));
}

function stemsOf(resources) {
    const names = resources
        .filter(({ type, name }) => type === volumeType && serverPart.test(name))
        .map(({ name }) => name);
    return [...new Set(names.map((name) => name.replace(serverPart, "")))];
}

/** The volumes with these stems that the engine has, those of servers that left the ensemble long ago among them. */
export async function volumesOf(docker, stems) {
    const { Volumes: volumes } = await docker.listVolumes();
    return (volumes ?? [])
        .map(({ Name: name }) => name)
        .filter((name) => serverPart.test(name) && stems.includes(name.replace(serverPart, "")))
        .sort();
}

/** Removes all that can be removed, then tells which could not. */
export async function removeVolumes(docker, names) {
    const results = await Promise.allSettled(names.map((name) => docker.getVolume(name).remove()));
    const faults = results
        .map(({ reason }, index) => reason && reason.statusCode !== 404 && `  ${names[index]}: ${reason.message}`)
        .filter(Boolean);
    if (faults.length > 0) throw new Error(`volumes could not be removed:\n${faults.join("\n")}`);
}

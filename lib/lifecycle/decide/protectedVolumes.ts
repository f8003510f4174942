import { listed } from "../observe/describe";

/**
 * Why servers may not leave whose volumes were protected by the `up` before; nothing when they may. The engine refuses
 * such a deletion only at its very end, when the servers have lost their votes and their machines are stopped, and then
 * every `up` ends so. What is recorded counts, not what the program says now: who has left the program is not
 * registered any more, and keeps the protection that the state has.
 */
export function protectedRefusal(recorded: unknown, wantedIds: readonly number[]): string | undefined {
    const ids: unknown[] = Array.isArray(recorded) ? recorded : [];
    const leaving = ids.filter((id): id is number => typeof id === "number" && !wantedIds.includes(id));
    return leaving.length === 0
        ? undefined
        : `server ${listed(leaving)} would be removed, whose volumes are protected, and Pulumi refuses to delete them: ` +
              `take the protection off (protect of the component, aws.volumes.protect) and run \`pulumi up\` with ` +
              `nothing else changed, which touches no server; then remove servers, and protect the others again`;
}

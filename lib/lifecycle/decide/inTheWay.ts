import { listed } from "../observe/describe";
import { Refusal, refusalOf, RefusalReason } from "./decision";

/**
 * A machine is deleted before its successor is made, which has its name, its address and its disks. Where the successor
 * cannot be made the server stays down, at every `up` again. So nothing is touched until all of them can. What has the
 * same way out stands together.
 */
export function obstacleRefusal(
    obstacles: readonly { readonly serverId: number; readonly what: string; readonly wayOut: string }[],
): Refusal | undefined {
    if (obstacles.length === 0) {
        return undefined;
    }
    const ids = new Set(obstacles.map(({ serverId }) => serverId));
    const ways = [...new Set(obstacles.map(({ wayOut }) => wayOut))].map((way) => {
        const concerned = obstacles.filter(({ wayOut }) => wayOut === way);
        return `${concerned.map(({ serverId, what }) => `server ${serverId}: ${what}`).join("; ")}: ${way}`;
    });
    const text =
        `the new machine of server ${listed(ids)} could not be made, and each is deleted before, so nothing is touched. ` +
        `${[...ways, "Then run `pulumi up` again"].join(". ")}`;
    return refusalOf(RefusalReason.InTheWay, text);
}

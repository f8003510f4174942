import { readFile } from "node:fs/promises";
import { overlaps, toAddress } from "../../model/subnet";

/** A part of the addresses that a host sends somewhere itself. */
export interface Route {
    readonly interface: string;
    readonly subnet: string;
}

/**
 * Routes of this host, for an engine on it; none where they cannot be read. Linux only: elsewhere the engine is in a
 * machine of its own.
 */
export async function routesHere(): Promise<readonly Route[]> {
    return parseRoutes(await readFile("/proc/net/route", "utf8").catch(() => ""));
}

/** Without the default route. The table has the bytes of addresses in the processor's order, the last one first. */
export function parseRoutes(table: string): Route[] {
    return table
        .split("\n")
        .slice(1)
        .flatMap((line) => {
            const [name = "", destination = "", , , , , , mask = ""] = line.trim().split(/\s+/);
            const prefix = [...reversed(mask).toString(2)].filter((bit) => bit === "1").length;
            return prefix === 0 ? [] : [{ interface: name, subnet: `${toAddress(reversed(destination))}/${prefix}` }];
        });
}

function reversed(hex: string): number {
    return Number.parseInt((hex.match(/../g) ?? ["0"]).reverse().join(""), 16);
}

/**
 * What stands against a new network with this subnet, which would hide what is routed there now; nothing when nothing
 * is. Docker's own networks are compared as networks, with their names.
 */
export function routedElsewhere(subnet: string, routes: readonly Route[]): string | undefined {
    const route = routes.find((each) => !/^(br-|docker)/.test(each.interface) && overlaps(each.subnet, subnet));
    return (
        route &&
        `the subnet ${subnet} is part of what this host reaches through ${route.interface} (${route.subnet}), such as a VPN: ` +
            `the host will no longer reach those addresses there, nor containers what is there. Where that matters choose ` +
            `another by docker.network.subnet before the ensemble holds data: the network of a living one cannot change`
    );
}

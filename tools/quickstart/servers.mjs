// What `npm start` does with the servers that it made: it uses them once as a client would, and shows how they stand.

import { once } from "node:events";
import { createConnection } from "node:net";
import { randomBytes } from "node:crypto";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import Table from "cli-table3";
import zookeeper from "node-zookeeper-client";

const limitMilliseconds = 15_000;
const pollMilliseconds = 50;

/**
 * Addresses are `{ host, port }`. Writes through the first and reads the same from the last, which is another server
 * when there is more than one.
 */
export async function writeAndRead(addresses) {
    const path = `/zookeeper-ensemble-check-${randomBytes(8).toString("hex")}`;
    const written = randomBytes(16);
    const writer = await connect(addresses[0]);
    const reader = await connect(addresses.at(-1));
    try {
        // An ephemeral node: whatever happens to this process, the check leaves nothing behind.
        await promisify(writer.create.bind(writer))(path, written, zookeeper.CreateMode.EPHEMERAL);
        const read = await readOnceThere(reader, path);
        if (!written.equals(read)) {
            throw new Error(`${shown(addresses.at(-1))} returned ${read} for ${path}, but ${written} was written`);
        }
    } finally {
        writer.close();
        reader.close();
    }
}

async function connect(address) {
    const client = zookeeper.createClient(shown(address), { sessionTimeout: limitMilliseconds, spinDelay: 200 });
    client.connect();
    try {
        await once(client, "connected", { signal: AbortSignal.timeout(limitMilliseconds) });
        return client;
    } catch (cause) {
        client.close();
        const seconds = limitMilliseconds / 1000;
        throw new Error(`no session at ${shown(address)} within ${seconds} s: see the logs of its server`, { cause });
    }
}

/** A majority has acknowledged the write; this server may be the one that has yet to hear of it. */
async function readOnceThere(reader, path) {
    const getData = (callback) => reader.getData(path, (error, data) => callback(error, data));
    const deadline = Date.now() + limitMilliseconds;
    for (;;) {
        try {
            return await promisify(getData)();
        } catch (error) {
            const isMissing = error.getCode?.() === zookeeper.Exception.NO_NODE;
            if (!isMissing) throw new Error(`cannot read ${path}: ${error.message ?? error}`, { cause: error });
            if (Date.now() > deadline) {
                throw new Error(`${path} was written and is not to be read from the other server within 15 s`, {
                    cause: error,
                });
            }
            await pause(pollMilliseconds);
        }
    }
}

/** The part that a server plays now, as it says itself: leader, follower, observer; "no answer" when it is silent. */
export async function modeOf({ host, port }) {
    const socket = createConnection({ host, port, timeout: limitMilliseconds });
    socket.on("timeout", () => socket.destroy(new Error("timeout")));
    try {
        await once(socket, "connect");
        socket.end("srvr");
        return /^Mode: (.*)$/m.exec(await text(socket))?.[1] ?? "not serving";
    } catch {
        return "no answer";
    } finally {
        socket.destroy();
    }
}

/** The table of the servers; `modes` in the order of `servers`. */
export function statusTable(servers, modes) {
    const table = new Table({
        head: ["id", "role", "mode", "host", "client port", "volumes"],
        style: { head: [], border: [] },
    });
    servers.forEach(({ id, role, host, clientPort, volumes }, index) => {
        table.push([id, role, modes[index], host, clientPort, Object.values(volumes).join("\n")]);
    });
    return table.toString();
}

const shown = ({ host, port }) => `${host}:${port}`;

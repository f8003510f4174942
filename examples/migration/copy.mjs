// Copies what one ensemble holds into another: node copy.mjs <from> <to>, two connection strings. Nobody may write to
// either meanwhile. Every node is read back at the end; a second run goes on where the first one stopped.
// ZK_AUTH=user:password is shown to both, where nodes are not everybody's to read.
// Not copied: ephemeral nodes (their clients make them anew), /zookeeper, and the versions and zxids of nodes.

import zookeeper from "node-zookeeper-client";

const [from, to] = process.argv.slice(2);
if (!from || !to) {
    console.error("usage: node copy.mjs <connection string of the old ensemble> <of the new one>");
    process.exit(2);
}

const connectLimitMs = 20_000;

function connect(servers) {
    const client = zookeeper.createClient(servers, { sessionTimeout: 15_000 });
    const connected = new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`${servers} does not answer`)), connectLimitMs);
        client.once("connected", () => {
            clearTimeout(late);
            if (process.env.ZK_AUTH) client.addAuthInfo("digest", Buffer.from(process.env.ZK_AUTH));
            resolve(client);
        });
    });
    client.connect();
    return connected;
}

/** The library's calls end in (error, value, stat); nothing is answered for a node that is not there. */
function ask(client, call, ...args) {
    return new Promise((resolve, reject) => {
        client[call](...args, (error, value, stat) => {
            if (error?.name === "NO_NODE") resolve(undefined);
            else if (error) reject(error);
            else resolve({ value, stat });
        });
    });
}

const isEphemeral = ({ ephemeralOwner }) => Buffer.from(ephemeralOwner).some((byte) => byte !== 0);

/** Every node that stays, parents first. */
async function* nodesOf(client, path = "/") {
    const node = await ask(client, "getData", path);
    if (!node || isEphemeral(node.stat)) return;
    yield { path, data: node.value ?? Buffer.alloc(0) };
    const { value: names } = (await ask(client, "getChildren", path)) ?? { value: [] };
    for (const name of names.sort()) {
        const child = path === "/" ? `/${name}` : `${path}/${name}`;
        if (child !== "/zookeeper") yield* nodesOf(client, child);
    }
}

async function copyNode(fresh, { path, data }) {
    const there = await ask(fresh, "getData", path);
    if (!there) {
        // Open at first: its own children could otherwise be forbidden to whoever copies.
        await ask(fresh, "create", path, data, zookeeper.ACL.OPEN_ACL_UNSAFE, zookeeper.CreateMode.PERSISTENT);
    } else if (!data.equals(there.value ?? Buffer.alloc(0))) {
        await ask(fresh, "setData", path, data, -1);
    }
}

const [old, fresh] = await Promise.all([connect(from), connect(to)]);
const copied = [];
for await (const node of nodesOf(old)) {
    await copyNode(fresh, node);
    copied.push(node);
}
// Children first, for the same reason.
for (const { path } of copied.slice().reverse()) {
    const { value: acl } = await ask(old, "getACL", path);
    await ask(fresh, "setACL", path, acl, -1);
}
let different = 0;
for (const { path, data } of copied) {
    const there = await ask(fresh, "getData", path);
    if (!there || !data.equals(there.value ?? Buffer.alloc(0))) {
        console.error(`${path} differs`);
        different += 1;
    }
}
console.log(`${copied.length} nodes copied, ${different} differ`);
[old, fresh].forEach((client) => client.close());
process.exitCode = different === 0 ? 0 : 1;

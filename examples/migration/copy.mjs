// Copies what one ensemble holds into another: node copy.mjs <from> <to>, two connection strings. Nobody may write to
// either meanwhile. Every node is read back at the end; a second run goes on where the first one stopped.
// ZK_AUTH=user:password is shown to both, where nodes are not everybody's to read. A node that cannot be copied is
// named with the reason and what helps; the others are copied, and the exit code is 1.
// Not copied: ephemeral nodes (their clients make them anew), /zookeeper, and the versions and zxids of nodes.
// Container and TTL nodes become plain ones; they and the quotas are listed before the copy begins.

import zookeeper from "node-zookeeper-client";

const [from, to] = process.argv.slice(2);
if (!from || !to) {
    console.error("usage: node copy.mjs <connection string of the old ensemble> <of the new one>");
    process.exit(2);
}

const connectLimitMs = 20_000;

/** What could not be copied, told when it happens. */
const problems = [];
function problem(path, reason, remedy) {
    problems.push(path);
    console.error(`${path} ${reason}: ${remedy}`);
}

function connect(servers) {
    const client = zookeeper.createClient(servers, { sessionTimeout: 15_000, retries: 3, spinDelay: 1_500 });
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

/** Does the work for a node; a failure is told, and nothing is answered. `bytes` is what is sent for it. */
async function attempted(path, what, work, bytes = 0) {
    try {
        return await work();
    } catch (error) {
        if (error.name === "NO_AUTH") {
            const whose = "give the user who may in ZK_AUTH=user:password, or the old ensemble's super user";
            problem(path, `may not be ${what} by this session`, whose);
        } else if (error.name === "CONNECTION_LOSS" && bytes > usualLimit) {
            const remedy = "let it take more, with config.limits.juteMaxBufferBytes, and run this again";
            problem(path, `has ${bytes} bytes, more than the new ensemble takes`, remedy);
        } else if (error.name === "INVALID_ACL") {
            problem(
                path,
                "has an ACL that the new ensemble does not know",
                "give it the same providers (authProvider.1)",
            );
        } else {
            problem(path, `cannot be ${what} (${error.name ?? error.message})`, "run this again");
        }
    }
}

/** What a server takes by default, with the path and the ACL of a node. */
const usualLimit = 1_000_000;

/** Who belongs to a session. Of container and TTL nodes ZooKeeper tells clients no owner: they look like plain ones. */
function isEphemeral({ ephemeralOwner }) {
    return Buffer.from(ephemeralOwner).some((byte) => byte !== 0);
}

/** Every node that stays, parents first. */
async function* nodesOf(client, path = "/", skipped = "/zookeeper") {
    const node = await attempted(path, "read, nor what is below it,", () => ask(client, "getData", path));
    if (!node || isEphemeral(node.stat)) return;
    yield { path, data: node.value ?? Buffer.alloc(0) };
    const below = await attempted(path, "listed, nor what is below it,", () => ask(client, "getChildren", path));
    for (const name of (below?.value ?? []).sort()) {
        const child = path === "/" ? `/${name}` : `${path}/${name}`;
        if (child !== skipped) yield* nodesOf(client, child, skipped);
    }
}

/** What a copy leaves out, before anything is written. */
async function announce() {
    const quotas = "/zookeeper/quota";
    if (!(await attempted(quotas, "read", () => ask(old, "getData", quotas)))) return;
    for await (const { path, data } of nodesOf(old, quotas, undefined)) {
        if (!path.endsWith("/zookeeper_limits")) continue;
        const whose = path.slice(quotas.length, -"/zookeeper_limits".length);
        console.log(`the quota of ${whose || "/"} (${data}) is not copied: set it anew, with setquota of zkCli.sh`);
    }
}

async function copyNode(fresh, { path, data }) {
    const there = await ask(fresh, "getData", path);
    // In transactions, because only there the library takes more than one MiB.
    const change = fresh.transaction();
    if (!there) {
        // Open at first: its own children could otherwise be forbidden to whoever copies.
        change.create(path, data, zookeeper.ACL.OPEN_ACL_UNSAFE, zookeeper.CreateMode.PERSISTENT);
    } else if (!data.equals(there.value ?? Buffer.alloc(0))) {
        change.setData(path, data, -1);
    } else {
        return;
    }
    await new Promise((resolve, reject) => change.commit((error) => (error ? reject(error) : resolve())));
}

const [old, fresh] = await Promise.all([connect(from), connect(to)]);
const nodes = [];
for await (const node of nodesOf(old)) nodes.push(node);
await announce();
for (const node of nodes) {
    await attempted(node.path, "written", () => copyNode(fresh, node), node.data.length);
}
// Children first, for the same reason.
for (const { path } of nodes.slice().reverse()) {
    await attempted(path, "given its ACL", async () => {
        const { value: acl } = await ask(old, "getACL", path);
        await ask(fresh, "setACL", path, acl, -1);
    });
}
let different = 0;
for (const { path, data } of nodes.filter((node) => !problems.includes(node.path))) {
    const there = await attempted(path, "read back", () => ask(fresh, "getData", path));
    if (!there || !data.equals(there.value ?? Buffer.alloc(0))) {
        console.error(`${path} differs`);
        different += 1;
    }
}
const left = new Set(problems);
const whole = nodes.filter(({ path }) => !left.has(path)).length;
console.log(`${whole} nodes copied, ${different} differ${left.size > 0 ? `, ${left.size} could not be copied` : ""}`);
[old, fresh].forEach((client) => client.close());
process.exitCode = different === 0 && left.size === 0 ? 0 : 1;

// `npm start`: an ensemble of the project at the root of the checkout, used once, and how it stands.

import { frontDoor } from "./shared/frontDoor.mjs";

frontDoor(async () => {
    const { prepare } = await import("./prepare.mjs");
    const prepared = await prepare();
    const { step } = await import("./shared/progress.mjs");
    const { ensureImage } = await import("./docker/image.mjs");
    const { openStack } = await import("./quickstart/stack.mjs");
    const { modeOf, statusTable, writeAndRead } = await import("./quickstart/servers.mjs");

    const stack = await openStack(prepared);
    // The user may have set another one, and where nothing can be pulled it is made here or nowhere.
    await ensureImage(`zookeeper:${await stack.setting("version")}`);
    await stack.up();
    const { connectionString, servers } = await stack.outputs();
    const addresses = servers.map(({ host, clientPort: port }) => ({ host, port }));
    const [first, last] = [servers[0], servers.at(-1)];
    await step(`write through server ${first.id}, read through server ${last.id}`, () => writeAndRead(addresses));
    console.log(statusTable(servers, await Promise.all(addresses.map(modeOf))));
    console.log(`connection string: ${connectionString}`);
});

import assert from "node:assert/strict";
import { containerEvents } from "../support/dockerEvents";
import { modeOf, until } from "../support/insideContainers";
import { foreignContainer, whilePortIsHeld } from "../support/obstacles";
import { ensembleOf } from "../support/programKinds";
import { sharedStack } from "../support/sharedStack";

describe("host ports that somebody has", function () {
    this.timeout(400_000);
    const theStack = sharedStack();
    const port = (at: number) => theStack().firstPort + at;
    /** Three servers on these ports of the stack, counted from its first. */
    const on =
        (...ports: [number, number, number]) =>
        async () => {
            ensembleOf(theStack(), { servers: ports.map((each, at) => ({ id: at + 1, hostPort: port(each) })) });
        };
    const serve = (...ports: number[]) =>
        until("all three serve", async () => {
            const modes = await Promise.all(ports.map((each) => modeOf(`localhost:${port(each)}`)));
            return modes.sort().join() === "follower,follower,leader";
        });
    /** What the `up` says that is refused, and touches no container. */
    const refused = async (program: () => Promise<void>) => {
        let text = "";
        const events = await containerEvents(`${theStack().project}-`, async () => {
            text = await theStack().failingUp(program);
        });
        assert.deepEqual(events, []);
        return text.replace(/\s+/g, " ");
    };
    before(() => theStack().up(on(0, 1, 2)));

    it("by other servers, somebody else's container and another process: all are named before a server is taken", async () => {
        const { project } = theStack();
        const shifted = await refused(on(1, 2, 3));
        assert.match(shifted, /the new machine of server 1, 2 could not be made/);
        for (const id of [1, 2]) {
            const holder = `container ${project}-${id + 1}, which is server ${id + 1} of this ensemble`;
            assert.ok(shifted.includes(`server ${id}: its host port ${port(id)} is taken by ${holder}`), shifted);
        }
        await foreignContainer(`${project}-web`, port(9));
        const others = await whilePortIsHeld(port(8), () => refused(on(1, 8, 9)));
        assert.ok(others.includes(`server 1: its host port ${port(1)} is taken by container ${project}-2`), others);
        assert.ok(
            others.includes(`server 2: its host port ${port(8)} is taken by another process on this host`),
            others,
        );
        assert.ok(others.includes(`server 3: its host port ${port(9)} is taken by container ${project}-web`), others);
        await serve(0, 1, 2);
    });

    it("are had by way of ports that no server has, as the refusal says", async () => {
        await theStack().up(on(10, 11, 12));
        await theStack().up(on(1, 2, 3));
        await serve(1, 2, 3);
    });
});

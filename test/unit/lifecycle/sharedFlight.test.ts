import assert from "node:assert/strict";
import { sharedFlight } from "../../../lib/lifecycle/sharedFlight";

describe("a shared flight", () => {
    /** An action whose runs end when they are told to, each with its number. */
    function controlled() {
        const ends: ((error?: Error) => void)[] = [];
        const fly = sharedFlight(
            () =>
                new Promise<number>((resolve, reject) => {
                    const number = ends.length + 1;
                    ends.push((error) => (error ? reject(error) : resolve(number)));
                }),
        );
        return { fly, ends };
    }

    const settle = () => new Promise((resolve) => setImmediate(resolve));

    it("gives who asks during a run what was seen after the question, and one run to all of them", async () => {
        const { fly, ends } = controlled();
        const first = fly();
        const others = [fly(), fly()];
        ends[0]!();
        await settle();
        ends[1]!();

        assert.equal(await first, 1);
        assert.deepEqual(await Promise.all(others), [2, 2]);
        assert.equal(ends.length, 2);
    });

    it("runs again for who asks when nothing runs", async () => {
        const { fly, ends } = controlled();
        const first = fly();
        ends[0]!();
        await first;
        const second = fly();
        ends[1]!();

        assert.equal(await second, 2);
    });

    it("keeps a failure from those who asked later", async () => {
        const { fly, ends } = controlled();
        const first = fly();
        const later = fly();
        ends[0]!(new Error("the engine went away"));
        await assert.rejects(first, /went away/);
        await settle();
        ends[1]!();

        assert.equal(await later, 2);
    });
});

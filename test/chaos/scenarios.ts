import { ServerRole, ZookeeperEnsembleArgs } from "../../lib";

/** A change that is run with a fault in its middle, and the servers that clients know throughout. */
export interface Scenario {
    readonly name: string;
    readonly from: ZookeeperEnsembleArgs;
    readonly to: ZookeeperEnsembleArgs;
    readonly staying: readonly number[];
}

const observer = (id: number) => ({ id, role: ServerRole.Observer });
const voters = (...ids: number[]) => ids.map((id) => ({ id }));

export const scenarios: readonly Scenario[] = [
    {
        name: "roll of configuration",
        from: { size: 3 },
        to: { size: 3, config: { tickTimeMs: 1900 } },
        staying: [1, 2, 3],
    },
    { name: "roll 3.8 to 3.9", from: { size: 3, version: "3.8.6" }, to: { size: 3 }, staying: [1, 2, 3] },
    { name: "3 to 5", from: { size: 3 }, to: { size: 5 }, staying: [1, 2, 3] },
    { name: "5 to 3", from: { size: 5 }, to: { size: 3 }, staying: [1, 2, 3] },
    { name: "1 to 3", from: { size: 1 }, to: { size: 3 }, staying: [1] },
    {
        name: "an id replaced",
        from: { servers: voters(1, 2, 3) },
        to: { servers: voters(1, 3, 4) },
        staying: [1, 3],
    },
    {
        name: "observer on",
        from: { servers: voters(1, 2, 3) },
        to: { servers: [...voters(1, 2, 3), observer(4)] },
        staying: [1, 2, 3],
    },
    {
        name: "observer off",
        from: { servers: [...voters(1, 2, 3), observer(4)] },
        to: { servers: voters(1, 2, 3) },
        staying: [1, 2, 3],
    },
];

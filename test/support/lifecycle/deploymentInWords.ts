import { Wanted } from "../../../lib/lifecycle/decide/wanted";
import { Deployment } from "../../../lib/lifecycle/deployment";
import { EnsembleInWords } from "./ensembleInWords";
import { VirtualClock } from "./virtualClock";

/** A deployment whose engine lives, and that nothing stands in the way of. */
export function deploymentInWords(
    token: string,
    { machines }: EnsembleInWords,
    clock: VirtualClock,
    wanted: () => Promise<Wanted>,
): Deployment {
    const obstacles = async () => [];
    return new Deployment(wanted, {
        machines,
        obstacles,
        clock,
        token,
        isEngineAlive: async () => true,
        random: () => 0.5,
    });
}

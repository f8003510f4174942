import { differingReasons, ReplaceReason } from "../specification";

/** Why a server's machine is made or replaced. */
export type ChangeReason = ReplaceReason | "no machine" | "another release of this library";

/** Nothing when the machine is as wanted. Where no part differs, files that the library brings itself do. */
export function reasonsToReplace(actual: string, wanted: string): readonly ChangeReason[] {
    if (actual === wanted) {
        return [];
    }
    const reasons = differingReasons(actual, wanted);
    return reasons.length > 0 ? reasons : ["another release of this library"];
}

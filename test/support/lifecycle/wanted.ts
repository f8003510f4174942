import { FoundingContext } from "../../../lib/lifecycle/decide/founding";
import { emptyPlan, Plan } from "../../../lib/lifecycle/decide/plan";
import { Wanted } from "../../../lib/lifecycle/decide/wanted";
import { serverLineOf } from "../../../lib/zookeeper/serverLines";
import { linesIn } from "./observations";

/** A program that asks for these servers, `"1 2 3o"`, and for nothing else that is unusual. */
export function wantedOf(members: string, more: Partial<Wanted> = {}): Wanted {
    return {
        ensembleId: "ensemble",
        servers: linesIn(members).map((text) => ({ id: serverLineOf(text).id, line: text, specification: "new" })),
        version: "3.9.5",
        chroot: "",
        running: true,
        gates: true,
        allowDowngrade: false,
        acceptDataLoss: "",
        acceptRollback: "",
        limits: { tickTimeMs: 2000, initLimitTicks: 10 },
        servingTimeoutSeconds: 300,
        membershipTimeoutSeconds: 600,
        ...more,
    };
}

export function contextOf(more: Partial<FoundingContext> = {}): FoundingContext {
    return {
        nonce: "n1",
        wasFounded: true,
        foundedLife: undefined,
        acceptsDataLoss: false,
        acceptsRollback: false,
        alsoChanges: [],
        acceptedBefore: { dataLoss: undefined, rollback: undefined },
        place: undefined,
        today: "2026-11-30",
        ...more,
    };
}

export function planOf(order: readonly number[], sick: readonly number[] = [], changes: readonly number[] = []): Plan {
    return {
        ...emptyPlan,
        order,
        sick: new Set(sick),
        changes: new Map(changes.map((id) => [id, ["no machine"]])),
    };
}

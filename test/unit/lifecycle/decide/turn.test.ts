import path from "node:path";
import { newTurn, turn } from "../../../../lib/lifecycle/decide/turn";
import { Case, goldenDecisions } from "../../../support/lifecycle/goldenDecisions";
import { told } from "../../../support/lifecycle/told";
import { planOf } from "../../../support/lifecycle/wanted";

interface TurnCase extends Case {
    readonly turn: number;
    readonly order?: readonly number[];
    readonly sick?: readonly number[];
    readonly changes?: readonly number[];
}

describe("a server's turn", () => {
    goldenDecisions<TurnCase>(path.join(__dirname, "turn.yaml"), ({ turn: id, order, sick, changes }, wanted) => {
        let memory = newTurn;
        return (seen) => {
            const step = turn(wanted, planOf(order ?? [], sick, changes), id, seen, memory);
            memory = step.memory;
            return told(step.decision);
        };
    });
});

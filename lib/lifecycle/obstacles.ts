import { obstacleRefusal } from "./decide/inTheWay";
import { Plan } from "./decide/plan";
import { Obstacle } from "./machines";

/**
 * The same plan, or one that is refused because a machine that it makes could not be made. Nobody is asked where none
 * is made, or something else is refused.
 */
export async function withObstacles(
    plan: Plan,
    obstacles: (ids: readonly number[]) => Promise<readonly Obstacle[]>,
): Promise<Plan> {
    if (plan.refusal || !plan.isChanging) {
        return plan;
    }
    return { ...plan, refusal: obstacleRefusal(await obstacles([...plan.changes.keys()])) };
}

import { describe } from "../observe/describe";
import { all, Observation } from "../observe/observation";
import { act, Decision, done } from "./decision";
import { rollOrder } from "./rollOrder";

/**
 * All servers are to be stopped, one after the other: those that do not serve first, the leader last, so that the
 * ensemble takes writes as long as it can, and no election begins that nobody needs. What was acknowledged is on a
 * majority's disks. Also a machine that is starting, or starts again and again: it would come back.
 */
export function stop(observation: Observation): Decision {
    const up = all(observation).filter(({ condition }) => !["absent", "stopped"].includes(condition.is));
    const [next] = rollOrder(
        observation,
        up.map(({ id }) => id),
    );
    const server = up.find(({ id }) => id === next);
    return server
        ? act(
              { do: "stop", id: server.id },
              `stopped, because lifecycle.running is false: server ${server.id} (${describe(server)})`,
          )
        : done;
}

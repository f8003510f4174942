import assert from "node:assert/strict";
import fc from "fast-check";
import { preflight } from "../../../../lib/lifecycle/decide/preflight";
import { idsOf } from "../../../../lib/lifecycle/decide/wanted";
import {
    isSeenServing,
    isSilent,
    leaderOf,
    newestConfiguration,
    serverIn,
} from "../../../../lib/lifecycle/observe/observation";
import { quorumOf } from "../../../../lib/zookeeper/quorum";
import { votersOf } from "../../../../lib/zookeeper/serverLines";
import { holds } from "../../../support/fuzz";
import { situation } from "../../../support/lifecycle/arbitraries";
import { observation } from "../../../support/lifecycle/observations";
import { wantedOf } from "../../../support/lifecycle/wanted";

/**
 * A whole roll, as the engine takes it: each changed machine goes down when all before it in the order have had their
 * turn, and is up after its own, whose gate does not let the next one go down that cannot be spared. A silent server
 * serves or not, as chance has it: the deployer does not know.
 */
const roll = fc.tuple(
    fc.array(
        fc.record({
            is: fc.constantFrom("follower", "follower", "silent", "stopped", "looking", "crashing"),
            spec: fc.constantFrom("", " spec:old"),
        }),
        { minLength: 3, maxLength: 5 },
    ),
    fc.nat({ max: 4 }),
    fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
);

function takeAll([servers, leader, serves]: [{ is: string; spec: string }[], number, boolean[]]): void {
    const words = servers.map(({ is, spec }, index) => `${index + 1} ${index === leader ? "leader" : is}${spec}`);
    const wanted = wantedOf(servers.map((_, index) => index + 1).join(" "));
    const look = observation(words.join(", "));
    const plan = preflight(wanted, look, false);
    const voters = votersOf(newestConfiguration(look)?.lines ?? []);
    const is = (id: number) => serverIn(look, id);
    const seenUp = new Set(voters.filter((id) => isSeenServing(is(id))));
    const silentUp = new Set(voters.filter((id) => isSilent(is(id)) && serves[id - 1]));
    const count = (without?: number) => [...seenUp, ...silentUp].filter((id) => id !== without).length;
    const quorum = quorumOf(voters.length);
    for (const [index, id] of plan.refusal ? [] : plan.order.entries()) {
        const goesDown = plan.changes.has(id) && is(id).machine !== undefined;
        const gateOfTheOneBefore =
            index === 0 || seenUp.size === voters.length || [...seenUp].filter((up) => up !== id).length >= quorum;
        if (goesDown && (seenUp.has(id) || isSilent(is(id))) && !gateOfTheOneBefore) {
            return;
        }
        // While all serve, nothing is safer, also for one or two.
        if (goesDown && count() >= quorum && count() < voters.length) {
            assert.ok(count(id) >= quorum, `server ${id} costs the quorum: ${plan.order}`);
        }
        if (!plan.changes.has(id) && ["refused", "crashing", "absent"].includes(is(id).condition.is)) {
            return;
        }
        silentUp.delete(id);
        if (voters.includes(id)) {
            seenUp.add(id);
        }
    }
}

describe("a roll", () => {
    holds("that may begin never costs the quorum", roll, takeAll);

    holds("has every living server once, and its leader last", situation, ({ seen, named, wanted }) => {
        const look = observation(seen, { members: named, wanted: idsOf(wantedOf(wanted)) });
        const { order, sick } = preflight(wantedOf(wanted), look, false);
        const leader = leaderOf(look)?.id;
        assert.equal(new Set(order).size, order.length);
        if (leader !== undefined && order.includes(leader)) {
            assert.equal(order.at(-1), leader);
        }
        const known = (id: number) => sick.has(id) && !isSilent(serverIn(look, id));
        const firstOther = order.findIndex((id) => !known(id));
        assert.ok(firstOther < 0 || !order.slice(firstOther).some(known), `${order}, sick ${[...sick]}`);
        assert.ok([...sick].every((id) => order.includes(id)));
    });
});

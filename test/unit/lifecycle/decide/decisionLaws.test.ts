import assert from "node:assert/strict";
import fc from "fast-check";
import { Action, Decision } from "../../../../lib/lifecycle/decide/decision";
import { membership, newMembership } from "../../../../lib/lifecycle/decide/membership";
import { membershipRefusal, nextMembershipStep } from "../../../../lib/lifecycle/decide/membershipSteps";
import { preflight } from "../../../../lib/lifecycle/decide/preflight";
import { quorumRefusal } from "../../../../lib/lifecycle/decide/quorum";
import { newTurn, turn } from "../../../../lib/lifecycle/decide/turn";
import { idsOf, linesOf } from "../../../../lib/lifecycle/decide/wanted";
import {
    all,
    isSeenServing,
    isSilent,
    leaderOf,
    liveConfiguration,
    membersOf,
    newestConfiguration,
    Observation,
    reportOf,
    serverIn,
    servingOf,
} from "../../../../lib/lifecycle/observe/observation";
import { hasQuorum } from "../../../../lib/zookeeper/quorum";
import { memberIds, serverLineOf, votersOf } from "../../../../lib/zookeeper/serverLines";
import { downWords, lines, members, situation } from "../../../support/lifecycle/arbitraries";
import { observation } from "../../../support/lifecycle/observations";
import { contextOf, wantedOf } from "../../../support/lifecycle/wanted";
import { majoritiesIntersect } from "../../../support/majorities";
import { runSeed } from "../../../support/fuzz";

type Situation = typeof situation extends fc.Arbitrary<infer T> ? T : never;
type Do<Kind extends Action["do"]> = Extract<Action, { do: Kind }>;

interface Decided {
    readonly look: Observation;
    readonly wanted: ReturnType<typeof wantedOf>;
    readonly decisions: readonly Decision[];
}

/** The same situations for all laws, so that each is decided once. */
const seed = runSeed();
const known = new Map<string, Decided>();

function hold<T>(title: string, arbitrary: fc.Arbitrary<T>, property: (value: T) => void, numRuns = 200): void {
    it(`${title} (seed ${seed})`, () => fc.assert(fc.property(arbitrary, property), { seed, numRuns }));
}

/** What each gate decides at the first look and, with nothing changed, at the next ones. */
function decided(given: Situation, mayFound = false): Decided {
    const key = JSON.stringify([given, mayFound]);
    const before = known.get(key) ?? decide(given, mayFound);
    known.set(key, before);
    return before;
}

function decide({ seen, named, wanted: program }: Situation, mayFound: boolean): Decided {
    const wanted = wantedOf(program);
    const look = observation(seen, { members: named, wanted: idsOf(wanted) });
    const plan = preflight(wanted, look, false);
    const context = contextOf({ wasFounded: !mayFound, acceptsRollback: true });
    const decisions: Decision[] = [];
    let last = newMembership;
    for (let times = 0; times < 3; times++) {
        const step = membership(wanted, context, look, last);
        last = step.memory;
        decisions.push(step.decision);
    }
    for (const id of idsOf(wanted)) {
        decisions.push(turn(wanted, plan, id, look, newTurn).decision);
    }
    return { look, wanted, decisions };
}

function actions<Kind extends Action["do"]>({ decisions }: Decided, kind: Kind): Do<Kind>[] {
    return decisions.flatMap((decision) =>
        decision.kind === "act" && decision.action.do === kind ? [decision.action as Do<Kind>] : [],
    );
}

const is = (look: Observation, id: number) => serverIn(look, id).condition.is;

describe("whatever is seen", () => {
    hold(
        "nobody is told to leave who is wanted, or whom the configuration of anyone that stays names",
        situation,
        (given) => {
            const what = decided(given);
            const { look, wanted } = what;
            for (const { ids, version } of actions(what, "leave")) {
                const live = liveConfiguration(look)!;
                assert.equal(version, live.version);
                const stays = [...idsOf(wanted), ...memberIds(live.lines)];
                const reports = stays.map((id) => reportOf(serverIn(look, id).condition));
                const named = reports.flatMap((report) =>
                    report ? memberIds([...report.stored.lines, ...report.pendingLines]) : [],
                );
                assert.ok(!ids.some((id) => stays.includes(id) || named.includes(id)), `leave ${ids}`);
                assert.ok(
                    !idsOf(wanted).some((id) => isSilent(serverIn(look, id))),
                    "nobody knows what a silent one names",
                );
            }
        },
    );

    hold("no gate stops a server that serves, or may serve", situation, (given) => {
        const what = decided(given);
        assert.deepEqual(actions(what, "stop"), []);
        for (const { ids } of actions(what, "restart")) {
            for (const id of ids) {
                assert.ok(!isSeenServing(serverIn(what.look, id)), `restart ${id}`);
                assert.notEqual(is(what.look, id), "silent");
            }
        }
    });

    hold("servers are started that are stopped and wanted, and others only while nobody leads", situation, (given) => {
        const what = decided(given);
        for (const { ids } of actions(what, "start")) {
            const isMissed = (id: number) => idsOf(what.wanted).includes(id) || leaderOf(what.look) === undefined;
            assert.ok(ids.every((id) => is(what.look, id) === "stopped" && isMissed(id)));
        }
    });

    hold("only who has no vote is told to join, under one leader, with its configuration", situation, (given) => {
        const what = decided(given);
        for (const { ids, configuration } of actions(what, "join")) {
            assert.deepEqual(configuration, leaderOf(what.look)!.serving.configuration);
            assert.ok(ids.every((id) => ["blank", "copy", "left"].includes(is(what.look, id))));
        }
    });

    hold("copies are adopted only where nobody has data of his own, or is silent, or leads", situation, (given) => {
        const what = decided(given);
        for (const { ids } of actions(what, "adopt")) {
            for (const { id, condition } of all(what.look)) {
                const report = reportOf(condition);
                assert.ok(report && !report.serving, `server ${id} is ${condition.is}`);
                assert.ok(report.isCopy || report.disk !== "member" || report.epoch < 1n);
            }
            assert.ok(ids.every((id) => is(what.look, id) === "copy"));
        }
    });

    const founding = fc.tuple(
        fc.array(fc.constantFrom("blank", "blank", "bootstrapping", "bootstrapping nonce:n1", "silent", ...downWords), {
            minLength: 1,
            maxLength: 4,
        }),
        members,
    );
    hold(
        "somebody is told to found only when all that are known answered, and nobody has data",
        founding,
        ([words, program]) => {
            const seen = words.map((word, index) => `${index + 1} ${word}`).join(", ");
            const what = decided({ seen, named: program, wanted: program }, true);
            for (const { ids, lines: named } of actions(what, "bootstrap")) {
                assert.ok(
                    all(what.look).every(({ condition }) => ["blank", "bootstrapping"].includes(condition.is)),
                    seen,
                );
                assert.ok(ids.every((id) => idsOf(what.wanted).includes(id)));
                assert.deepEqual(named, linesOf(what.wanted));
            }
            if (actions(what, "bootstrap").length > 0) {
                const again = decided({ seen, named: program, wanted: program }, false);
                const begun = words.some(
                    (word, index) => word.endsWith("nonce:n1") && idsOf(what.wanted).includes(index + 1),
                );
                assert.equal(actions(again, "bootstrap").length > 0, begun, "data that was there is not founded over");
            }
        },
    );

    hold(
        "the last gate passes at the second look at the earliest, with the wanted membership",
        situation,
        (given) => {
            const { decisions, look, wanted } = decided(given);
            assert.notEqual(decisions[0]!.kind, "done");
            if (decisions[1]!.kind === "done") {
                const live = liveConfiguration(look)!;
                const roles = (texts: readonly string[]) =>
                    texts
                        .map(serverLineOf)
                        .map(({ id, role }) => `${id} ${role}`)
                        .sort();
                assert.deepEqual(roles(live.lines), roles(linesOf(wanted)));
                for (const id of membersOf(live)) {
                    assert.equal(is(look, id), "serving");
                    assert.equal(reportOf(serverIn(look, id).condition)!.stored.version, live.version);
                }
                assert.ok(
                    !all(look).some(({ id, machine }) => machine?.running && !idsOf(wanted).includes(id)),
                    "nobody is left over",
                );
            }
        },
        400,
    );

    hold(
        "a server's turn passes at once only where there is no quorum to be had",
        situation,
        ({ seen, named, wanted }) => {
            const { look, wanted: program } = decided({ seen, named, wanted });
            const plan = preflight(program, look, false);
            for (const id of idsOf(program)) {
                const step = turn(program, plan, id, look, newTurn);
                if (step.decision.kind === "done") {
                    assert.equal(leaderOf(look), undefined);
                    assert.ok(
                        !["silent", "absent", "stopped", "crashing", "preparing", "refused"].includes(is(look, id)),
                    );
                    continue;
                }
                if (turn(program, plan, id, look, step.memory).decision.kind === "done") {
                    assert.equal(is(look, id), "serving");
                    const lead = leaderOf(look)!.serving;
                    const voters = votersOf(lead.configuration.lines);
                    const later = plan.order.slice(plan.order.indexOf(id) + 1).find((other) => plan.changes.has(other));
                    const up = voters.filter((other) => isSeenServing(serverIn(look, other)) && other !== later);
                    const all = voters.every((other) => isSeenServing(serverIn(look, other)));
                    const costs =
                        later !== undefined &&
                        plan.order.includes(id) &&
                        voters.includes(later) &&
                        serverIn(look, later).machine;
                    const hadQuorum = hasQuorum(
                        voters,
                        voters.filter((other) => isSeenServing(serverIn(look, other))),
                    );
                    assert.ok(
                        !costs || all || !hadQuorum || !isSeenServing(serverIn(look, later)) || hasQuorum(voters, up),
                        `${later} is taken next`,
                    );
                }
            }
        },
    );
});

describe("a reconfiguration, whatever is seen", () => {
    /** Mostly well, so that there is one. */
    const healthy = fc
        .tuple(
            members,
            members,
            fc.array(
                fc.constantFrom(
                    "follower",
                    "follower",
                    "follower",
                    "follower zxid:1.3",
                    "silent",
                    "stopped",
                    "looking",
                    "follower config:0.9",
                ),
                { minLength: 7, maxLength: 7 },
            ),
        )
        .map(([named, wanted, words]) => {
            const ids = [...new Set([...named.split(" "), ...wanted.split(" ")].map((word) => parseInt(word, 10)))];
            const leader = parseInt(
                named.split(" ").find((word) => !word.endsWith("o"))!,
                10,
            );
            const seen = ids.map((id) => `${id} ${id === leader ? "leader" : words[id - 1]}`).join(", ");
            return { seen, named, wanted };
        });

    hold(
        "leaves a majority that serves, and shares a server with every majority before it",
        healthy,
        (given) => {
            const what = decided(given);
            const { look, wanted } = what;
            for (const { through, version, add, remove } of actions(what, "reconfigure")) {
                const live = liveConfiguration(look)!;
                const before = votersOf(live.lines);
                const changed = [...memberIds(add), ...remove];
                const after = votersOf([
                    ...live.lines.filter((text) => !changed.includes(serverLineOf(text).id)),
                    ...add,
                ]);
                const serves = (id: number) => isSeenServing(serverIn(look, id));
                assert.equal(version, live.version);
                assert.ok(before.length === 1 || majoritiesIntersect(before, after), `${before} → ${after}`);
                if (hasQuorum(before, before.filter(serves))) {
                    assert.ok(hasQuorum(after, after.filter(serves)), `${before} → ${after}: no quorum of it serves`);
                }
                assert.ok(
                    membersOf(live).includes(through) && is(look, through) === "serving" && !remove.includes(through),
                );
                const { zxid } = leaderOf(look)!.serving;
                assert.ok(memberIds(add).every((id) => servingOf(serverIn(look, id).condition)!.zxid >= zxid));
                const staying = membersOf(live).filter((id) => idsOf(wanted).includes(id));
                assert.ok(
                    staying.every((id) => is(look, id) === "serving"),
                    "a step is taken only while all that stay are well",
                );
            }
        },
        400,
    );

    const change = fc.tuple(lines, lines, fc.func(fc.boolean()));
    hold("is one of those that reach what is wanted, unless that is refused", change, ([from, to, isServing]) => {
        const keepsVoter = votersOf(from).some((id) => votersOf(to).includes(id));
        assert.equal(membershipRefusal(from, to) === undefined, keepsVoter);
        let live = from;
        for (let steps = 0; keepsVoter; steps++) {
            assert.ok(steps <= from.length + to.length + 1, "no end");
            const step = nextMembershipStep(live, to, isServing);
            if (!step) {
                assert.deepEqual([...live].sort(), [...to].sort());
                return;
            }
            const changed = [...memberIds(step.add), ...step.remove];
            const next = [...live.filter((text) => !changed.includes(serverLineOf(text).id)), ...step.add];
            const [before, after] = [votersOf(live), votersOf(next)];
            assert.ok(before.length === 1 || majoritiesIntersect(before, after), `${before} → ${after}`);
            assert.ok(after.length > 0, `${before} → nobody`);
            live = next;
        }
    });
});

describe("a silent server", () => {
    const one = fc.record({ situation, taken: fc.subarray([1, 2, 3, 4, 5, 6, 7]), id: fc.integer({ min: 1, max: 7 }) });
    const withWord = (seen: string, id: number, word: string) =>
        seen
            .split(", ")
            .map((server) => (server.startsWith(`${id} `) ? `${id} ${word}` : server))
            .join(", ");
    const isAllowed = (seen: string, named: string, taken: number[]) =>
        quorumRefusal(observation(seen, { members: named }), taken, { electionIsOver: true }) === undefined;

    hold(
        "counts for nobody's quorum: what is allowed beside it is allowed beside one that is down",
        one,
        ({ situation: { seen, named }, taken, id }) => {
            const others = taken.filter((other) => other !== id);
            if (isAllowed(withWord(seen, id, "silent"), named, others)) {
                assert.ok(isAllowed(withWord(seen, id, "crashing"), named, others));
            }
        },
    );

    hold(
        "is not lost: it is taken only where it could be taken if it served",
        one,
        ({ situation: { seen, named }, id }) => {
            if (isAllowed(withWord(seen, id, "silent"), named, [id])) {
                assert.ok(isAllowed(withWord(seen, id, "follower"), named, [id]));
            }
        },
    );

    hold(
        "changes nothing in who may be mended: nobody is told to found or to leave beside it",
        one,
        ({ situation: given, id }) => {
            const what = decided({ ...given, seen: withWord(given.seen, id, "silent"), wanted: given.named });
            if (isSilent(serverIn(what.look, id)) && newestConfiguration(what.look)?.lines.length) {
                assert.deepEqual(actions(what, "bootstrap"), []);
                assert.ok(!idsOf(what.wanted).includes(id) || actions(what, "leave").length === 0);
            }
        },
    );
});

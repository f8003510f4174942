import assert from "node:assert/strict";
import path from "node:path";
import { RefusalReason } from "../../../../lib/lifecycle/decide/decision";
import { Plan } from "../../../../lib/lifecycle/decide/plan";
import { birthRefusal, preflight, wrongPlace } from "../../../../lib/lifecycle/decide/preflight";
import { Condition } from "../../../../lib/lifecycle/observe/condition";
import { all, observationWith, reportOf } from "../../../../lib/lifecycle/observe/observation";
import { observation } from "../../../support/lifecycle/observations";
import { Case, goldenDecisions } from "../../../support/lifecycle/goldenDecisions";
import { toldRefusal } from "../../../support/lifecycle/told";
import { wantedOf } from "../../../support/lifecycle/wanted";

function toldPlan({ refusal, order, sick, changes, isChanging, toMend, toSettle, notes }: Plan): string[] {
    const lines: [string, string[]][] = [
        ["refuse", refusal ? [toldRefusal(refusal)] : []],
        ["order", order.length > 0 ? [order.join(" ")] : []],
        ["sick", sick.size > 0 ? [[...sick].join(" ")] : []],
        ["change", [...changes].map(([id, reasons]) => `${id}: ${reasons.join(", ")}`)],
        ["known", isChanging ? ["to change"] : []],
        ["mend", [...toMend].map(([id, what]) => `${id}: ${what}`)],
        ["settle", [...toSettle]],
        ["note", [...notes]],
    ];
    return lines.flatMap(([name, texts]) => texts.map((text) => `${name} ${text}`));
}

interface PreflightCase extends Case {
    /** It was waited for an election. */
    readonly waited?: boolean;
}

describe("the preflight", () => {
    goldenDecisions<PreflightCase>(
        path.join(__dirname, "preflight.yaml"),
        ({ waited = false }, wanted) =>
            (seen) =>
                toldPlan(preflight(wanted, seen, waited)),
    );

    const moves: [string, string, string][] = [
        ["10.9.0.12:", "10.9.0.99:", "10.9.0.99:2888:3888;2181"],
        [":2888:", ":2889:", "10.9.0.12:2889:3888;2181"],
        [":3888:", ":3889:", "10.9.0.12:2888:3889;2181"],
        [":2181", ":2182", "10.9.0.12:2888:3888;2182"],
        [";0.0.0.0:2181", "", "10.9.0.12:2888:3888;"],
    ];
    for (const [from, to, place] of moves) {
        it(`3. refuses a living server's move to ${place}`, () => {
            const wanted = wantedOf("1 2 3");
            const servers = wanted.servers.map((server) =>
                server.id === 2 ? { ...server, line: server.line.replace(from, to) } : server,
            );
            const { refusal } = preflight(
                { ...wanted, servers },
                observation("1 leader, 2 follower, 3 follower"),
                false,
            );
            assert.deepEqual(refusal, {
                reason: RefusalReason.AddressChanged,
                text:
                    `server 2 has the address 10.9.0.12:2888:3888;2181 and is to get ${place}: addresses and ports of a ` +
                    `living server cannot change; give the server a new id, or set its address and ports back`,
            });
        });
    }

    it("3. compares no addresses with those on a volume of another ensemble", () => {
        const ownOf = (text: string) => text.replaceAll("10.9.", "10.8.");
        const wanted = wantedOf("1 2 3");
        const servers = wanted.servers.map((server) => ({ ...server, line: ownOf(server.line) }));
        const seen = observation("1 looking config:1.7, 2 looking config:1.7, 3 refused config:9.1");
        const list = all(seen).map((server) => {
            const report = reportOf(server.condition)!;
            const stored = { ...report.stored, lines: report.stored.lines.map(ownOf) };
            return server.id === 3
                ? server
                : { ...server, condition: { ...server.condition, report: { ...report, stored } } as Condition };
        });
        assert.equal(preflight({ ...wanted, servers }, observationWith(0, list), true).refusal, undefined);
    });

    it("3. takes another role of the same place for no change of address", () => {
        const wanted = wantedOf("1 2 3o");
        assert.equal(preflight(wanted, observation("1 leader, 2 follower, 3 follower"), false).refusal, undefined);
    });
});

describe("the right place", () => {
    const place = (hasVolumes: boolean, usedBy: string[] = []) => ({
        name: "the Docker engine at unix:///run/docker.sock",
        hasVolumes,
        usedBy,
    });

    it("has volumes of the ensemble", () => {
        assert.equal(wrongPlace(place(true)), undefined);
        assert.deepEqual(wrongPlace(place(false)), {
            reason: RefusalReason.WrongPlace,
            text:
                "this ensemble was founded, and neither a machine nor a volume of it is to be seen at the Docker engine at " +
                "unix:///run/docker.sock: it may be somewhere else, so nothing is touched. Set the provider and the " +
                "environment to where it is, and run `pulumi up` again; if it is gone with all its volumes, `pulumi destroy` " +
                "forgets it",
        });
    });

    it("has no volumes that machines use which are not listed: they are there, and lost their labels", () => {
        const refusal = wrongPlace(place(true, ["instance i-0a1"]));
        assert.equal(refusal?.reason, RefusalReason.WrongPlace);
        assert.match(refusal.text, /no machine of this ensemble is listed at .*, and instance i-0a1 uses its volumes/);
    });
});

describe("before a machine is made", () => {
    const wanted = wantedOf("1 2 3");

    it("nobody asks where there is no left-over one", () => {
        assert.equal(birthRefusal(wanted, observation("1 leader, 2 silent, 3 absent"), 3, true), undefined);
    });

    it("a left-over one that serves must be one that can be spared", () => {
        assert.equal(birthRefusal(wanted, observation("1 leader, 2 follower, 3 follower"), 3, true), undefined);
        const refusal = birthRefusal(wanted, observation("1 leader, 2 stopped, 3 follower"), 3, true);
        assert.equal(refusal?.reason, RefusalReason.QuorumInDanger);
    });

    it("a left-over one that does not serve costs nothing", () => {
        assert.equal(birthRefusal(wanted, observation("1 leader, 2 silent, 3 stopped"), 3, true), undefined);
    });

    it("a silent one may serve", () => {
        assert.equal(
            birthRefusal(wanted, observation("1 leader, 2 stopped, 3 silent"), 3, true)?.reason,
            RefusalReason.QuorumInDanger,
        );
    });
});

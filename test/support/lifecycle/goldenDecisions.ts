import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { isSeq, parseDocument, YAMLMap } from "yaml";
import { idsOf, Wanted } from "../../../lib/lifecycle/decide/wanted";
import { Observation } from "../../../lib/lifecycle/observe/observation";
import { observation } from "./observations";
import { wantedOf } from "./wanted";

/** One promise: what is seen, look by look, and what is decided each time. */
export interface Case {
    readonly promise: string;
    /** Number of the rule, as it stands at the head of the file under test. */
    readonly rule?: number;
    /** Servers in words, see `observation`; or several `looks`, one after the other. */
    readonly seen?: string;
    readonly looks?: readonly Look[];
    /** Lines of everybody's configuration, `1 2 3o`; all servers that are seen, as voters, when it is left out. */
    readonly members?: string | number;
    /** What the program asks for; the members when it is left out. */
    readonly wanted?: string | number;
    /** What else the program asks for. */
    readonly program?: Partial<Wanted>;
}

interface Look {
    readonly seen: string;
    readonly members?: string | number;
    readonly atSeconds?: number;
    readonly decision?: string | readonly string[];
}

/**
 * Tests each case of a table of decisions: a YAML file beside the test. UPDATE_GOLDEN=1 writes what is decided into it:
 * read the difference, each line is what a person at a terminal is told.
 */
export function goldenDecisions<C extends Case>(
    file: string,
    begin: (given: C, wanted: Wanted) => (seen: Observation) => string | readonly string[],
): void {
    const document = parseDocument(readFileSync(file, "utf8"));
    assert.ok(isSeq<YAMLMap>(document.contents), `${file} is no list of cases`);
    for (const node of document.contents.items) {
        const given = node.toJS(document) as C;
        it(`${given.rule === undefined ? "" : `${given.rule}. `}${given.promise}`, () => {
            const looks = given.looks ?? [given as unknown as Look];
            const wanted = wantedIn(given, looks[0]!);
            const next = begin(given, wanted);
            const decided = looks.map((look) => next(observed(look, given, wanted)));
            if (process.env.UPDATE_GOLDEN === "1") {
                const nodes = given.looks === undefined ? [node] : (node.get("looks") as { items: YAMLMap[] }).items;
                nodes.forEach((each, index) => {
                    each.flow = false;
                    each.set("decision", decided[index]);
                });
                writeFileSync(file, document.toString({ lineWidth: 110 }));
                return;
            }
            const expected = looks.map(({ decision }) => decision);
            assert.deepEqual(decided, expected, `as in ${path.relative(process.cwd(), file)}`);
        });
    }
}

function wantedIn(given: Case, first: Look): Wanted {
    const named = first.seen.split(/,\s*/).map((words) => parseInt(words, 10));
    return wantedOf(String(given.wanted ?? given.members ?? named.join(" ")), given.program);
}

function observed(look: Look, given: Case, wanted: Wanted): Observation {
    const members = look.members ?? given.members;
    return observation(look.seen, {
        ...(members === undefined ? {} : { members: String(members) }),
        atMs: (look.atSeconds ?? 0) * 1000,
        wanted: idsOf(wanted),
    });
}

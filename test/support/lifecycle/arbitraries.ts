import fc from "fast-check";
import { line } from "./observations";
import { votersOf } from "../../../lib/zookeeper/serverLines";

/** Ensembles by chance, for laws that hold for all of them. */

const ids = [1, 2, 3, 4, 5, 6, 7];

export const role = fc.constantFrom("participant" as const, "observer" as const);

export const lines = fc
    .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 9 }), role), { minLength: 1, maxLength: 7, selector: ([id]) => id })
    .map((servers) => servers.map(([id, as]) => line(id, as)))
    .filter((servers) => votersOf(servers).length > 0);

const servingWords = ["follower", "observer", "follower config:0.9", "follower zxid:1.3"];
export const downWords = [
    ..."looking joining blank copy bootstrapping refused left stopped crashing preparing absent".split(" "),
    "stopped fresh",
    "looking next:1.9=1+2+3+4+5+6+7",
    "looking copied",
    "bootstrapping nonce:n1",
];
export const silentWords = ["silent", "silent restarts:2"];

const words = fc.constantFrom(...servingWords, ...downWords, ...silentWords);
const spec = fc.constantFrom("", " spec:old");

/** Servers in words: at most seven, at most two of whom lead. */
export const ensemble = fc
    .tuple(
        fc.subarray(ids, { minLength: 1 }),
        fc.array(fc.tuple(words, spec), { minLength: 7, maxLength: 7 }),
        fc.oneof({ weight: 8, arbitrary: fc.constantFrom(0, 1, 2) }, { weight: 1, arbitrary: fc.constant(3) }),
    )
    .map(([present, conditions, leader]) =>
        present
            .map((id, index) => {
                const [is, specification] = conditions[index]!;
                const leads = leader === index || (leader === 3 && index < 2);
                return `${id} ${leads ? "leader" : is}${specification}`;
            })
            .join(", "),
    );

/** Members of everybody's configuration, `1 2 3o`, with at least one voter. */
export const members = fc
    .tuple(fc.subarray(ids, { minLength: 1 }), fc.array(role, { minLength: 7, maxLength: 7 }))
    .map(([named, roles]) =>
        named.map((id, index) => `${id}${index > 0 && roles[index] === "observer" ? "o" : ""}`).join(" "),
    );

/** What is seen, whom the configuration names, and whom the program wants. */
export const situation = fc.record({ seen: ensemble, named: members, wanted: members });

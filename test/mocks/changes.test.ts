import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { ZookeeperEnsemble } from "../../lib";
import { Change, changeOf, restartText } from "../../lib/lifecycle/decide/changes";
import { ReplaceReason } from "../../lib/lifecycle/specification";
import { changes } from "../../lib/platforms/registry";
import { changeExamples, argument, PlatformName, withMore } from "../support/changeExamples";
import { Previewed, previewed, seen, Seen } from "../support/changeSeen";
import { argumentsOf } from "../support/documentation";
import { registered, Registration } from "../support/registrations";

const all = argumentsOf();
/** How Pulumi marks a secret value. */
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** What the table would have to say of what is seen. */
function changeIn({ refusal, reasons, linesDiffer, runs, touched, ignored, chrootDiffers }: Seen): Change | string {
    if (refusal !== undefined) {
        return { is: "refused" };
    }
    const distinct = new Set([...reasons.values()].map((each) => each.join()));
    if (distinct.size > 0) {
        const [[first, ...more]] = [...reasons.values()] as [[ReplaceReason]];
        const isOne = distinct.size === 1 && more.length === 0 && !linesDiffer;
        return isOne ? { is: "roll", reason: first } : [...distinct, ...(linesDiffer ? ["membership"] : [])].join("; ");
    }
    if (linesDiffer) {
        return { is: "membership" };
    }
    if (!runs) {
        return { is: "stopOrStart" };
    }
    if (touched.length > 0 || chrootDiffers) {
        return { is: "inPlace" };
    }
    if (ignored.length === 0) {
        return { is: "nothing" };
    }
    return { is: ignored.every((name) => /^coordination-\d+-/.test(name)) ? "newServers" : "founding" };
}

const withoutExceptions = (change: Change): Change =>
    change.is === "roll" ? { is: "roll", reason: change.reason } : change;

describe("what a change of an argument does", function () {
    this.timeout(60_000);

    it("stands in the table for every public argument, and for nothing else", () => {
        const leaves = [...all].filter(([, isGroup]) => !isGroup).map(([path]) => path);
        assert.ok(leaves.length > 130, `${leaves.length} arguments`);
        assert.deepEqual(
            leaves.filter((path) => changeOf(path, changes) === undefined),
            [],
            "arguments without a line",
        );
        assert.deepEqual(
            Object.keys(changes).filter((path) => !all.has(path)),
            [],
            "lines of what is no argument",
        );
    });

    it("has an example of every public argument", () => {
        const examples = new Set(Object.values(changeExamples).flatMap((each) => [...each.keys()]));
        assert.deepEqual([...examples].sort(), [...all].flatMap(([path, isGroup]) => (isGroup ? [] : [path])).sort());
    });

    const known = new Map<string, Promise<Previewed>>();
    const once = (args: object): Promise<Previewed> => {
        const key = JSON.stringify(args);
        known.set(key, known.get(key) ?? previewed(args));
        return known.get(key)!;
    };

    for (const platform of Object.keys(changeExamples) as PlatformName[]) {
        for (const [path, example] of changeExamples[platform]) {
            const change = changeOf(path, changes)!;
            it(`${path}, on ${platform}: is as the table says (${change.is})`, async () => {
                const before = await once(example.before);
                const found = await seen(before, await previewed(example.after, before));
                assert.deepEqual(changeIn(found), withoutExceptions(change), JSON.stringify([...found.touched]));
                if (found.refusal === undefined) {
                    const expected = [...found.reasons].map(([id, reasons]) => restartText(id, reasons));
                    assert.deepEqual(found.told, expected, "as a preview says it");
                }
            });

            if (change.is === "roll" && change.inPlaceWith !== undefined) {
                it(`${path}, on ${platform}: with ${change.inPlaceWith} it happens in place`, async () => {
                    const more = withMore(example, argument(change.inPlaceWith!, 200));
                    const before = await once(more.before);
                    const found = await seen(before, await previewed(more.after, before));
                    assert.deepEqual(changeIn(found), { is: "inPlace" });
                });
            }
        }
    }

    it("is told by a preview also where only the up will know the image, and the others of the reasons are known", async () => {
        const before = await once({ docker: {}, jvm: { heapMiB: 300 } });
        const nobodyKnows = { outputs: () => ({}), call: () => ({}) };
        const after = await previewed({ docker: {}, jvm: { heapMiB: 301 } }, before, nobodyKnows);
        const { told } = await seen(before, after);
        assert.deepEqual(
            told,
            [1, 2, 3].map((id) => `server ${id} is restarted: version, jvm`),
        );
    });

    it("is recorded in clear, although an image's name or a network's is secret", async () => {
        const network = { name: pulumi.secret("shop"), subnet: "10.17.5.0/24" };
        const program = () => {
            const docker = { image: pulumi.secret("mirror/zookeeper"), network };
            new ZookeeperEnsemble("coordination", { docker });
        };
        const { resources } = await registered(program, { preview: true });
        const isSecret = ({ inputs }: Registration) => JSON.stringify(inputs).includes(secretSignature);
        const secrets = resources.filter(isSecret).map(({ name }) => name);
        assert.ok(secrets.includes("coordination-1-server"), "secrets are seen where they are");
        assert.deepEqual(
            secrets.filter((name) => /-(guard|serving|membership|founding)$/.test(name)),
            [],
        );
    });
});

import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { Containers, must } from "../script/containers";

/*
 * What has destroyed ensembles elsewhere, or in experiments. Each is played twice with real servers: as the library
 * renders them, and without the one rule that guards it; there the harm must come, or the test would prove nothing.
 * The table of all known killers and their tests stands in docs/reliability.md.
 */

const image = "zookeeper:3.9.5";
const watchedMs = 20_000;

/** The files of a server without one of the rules. */
type Weaken = (name: string, text: string) => string;

interface Killer {
    readonly title: string;
    readonly rule: string;
    readonly weaken: Weaken;
    /** Plays the events up to the harm; true when servers without an acknowledged write lead. */
    readonly isHarmed: (servers: Containers) => Promise<boolean>;
}

const killers: readonly Killer[] = [
    {
        title: "an acknowledged reconfiguration is forgotten at a restart",
        rule: "a pending .next is put back before every start",
        weaken: edited("member.sh", [["\nput_back_next\nchoose_dynamic", "\nchoose_dynamic"]]),
        isHarmed: async (servers) => {
            await founded(servers, 1, 2, 3);
            await stop(servers, 1);
            await joined(servers, [1, 2, 3], [4, 5]);
            await stop(servers, 2);
            await beforeTheCommit(servers, 2);
            await write(servers, 3, "acknowledged");

            // Those who have it are not reached; a majority of the configuration before is.
            await Promise.all([3, 4, 5].map((id) => stop(servers, id)));
            // At its first start ZooKeeper still knows the .next, which it deletes.
            await must("start", servers.name(2));
            await servers.untilLogged(2, "LOOKING");
            await stop(servers, 2);
            await must("start", servers.name(1), servers.name(2));
            return becomesTrue(() => leadWithoutTheWrite(servers, [1, 2]));
        },
    },
    {
        title: "a log volume is lost while another server is stale",
        rule: "volumes of different generations count as blank",
        weaken: edited("member.sh", [['elif [[ $generation != "$log_generation" ]]; then', "elif false; then"]]),
        isHarmed: async (servers) => {
            await founded(servers, 1, 2, 3);
            // Its snapshot is of this epoch; what comes after it is in the log alone.
            await stop(servers, 2);
            await must("start", servers.name(2));
            await servers.serving(2);
            await stop(servers, 3);
            await write(servers, 1, "acknowledged");
            await stop(servers, 1);
            await servers.replace(2, ["log"]);
            await must("start", servers.name(3));
            return becomesTrue(() => leadWithoutTheWrite(servers, [2, 3]));
        },
    },
    {
        title: "both volumes of one server are rolled back to the same older moment",
        rule: "copies of volumes count as blank",
        weaken: edited("member.sh", [["|| copy=$(copy_reason)", "|| copy="]]),
        isHarmed: async (servers) => {
            await founded(servers, 1, 2, 3);
            await stop(servers, 2);
            await servers.backUp(2);
            await stop(servers, 3);
            await must("start", servers.name(2));
            await servers.serving(2);
            await write(servers, 1, "acknowledged");
            await stop(servers, 1);
            await servers.restore(2);
            await must("start", servers.name(3));
            return becomesTrue(() => leadWithoutTheWrite(servers, [2, 3]));
        },
    },
    {
        title: "a server grows to three, and the two empty ones start first",
        rule: "an empty database is trusted only by the directive `bootstrap`",
        weaken: (name, text) =>
            edited("zoo.cfg", [["db.autocreate=false", "db.autocreate=true"]])(
                name,
                edited("member.sh", [["{standaloneEnabled,db.autocreate}=false", "standaloneEnabled=false"]])(
                    name,
                    text,
                ),
            ),
        isHarmed: async (servers) => {
            await founded(servers, 1);
            await write(servers, 1, "acknowledged");
            await stop(servers, 1);
            for (const id of [2, 3]) {
                await servers.start(id);
                await servers.until(id, /^state=blank$/m);
                await servers.directive(id, `join 100000000\n${servers.lines(1, 2, 3)}`);
            }
            return becomesTrue(() => leadWithoutTheWrite(servers, [2, 3]));
        },
    },
    {
        title: "the first server of a grown ensemble is wiped, and its list names only itself",
        rule: "a blank server waits for the deployer's directive",
        weaken: edited("member.sh", [
            [
                "until directive_fits; do sleep",
                `[[ ! -e $FILES/list ]] || printf 'bootstrap n0\\n%s\\n' "$(<"$FILES/list")" >"$DIRECTIVE"; ` +
                    "until directive_fits; do sleep",
            ],
        ]),
        isHarmed: async (servers) => {
            await founded(servers, 1);
            await write(servers, 1, "acknowledged");
            await joined(servers, [1], [2, 3]);
            // What it was made with: a list of servers as many tools hand it over, from the day of its founding.
            servers.provide("list", servers.line(1));
            await servers.replace(1, ["data", "log"]);
            return becomesTrue(() => leadWithoutTheWrite(servers, [1]));
        },
    },
    {
        title: "all servers lose half their disks and are told to found a second time",
        rule: "`bootstrap` is refused where data was",
        weaken: edited("member.sh", [["elif [[ $verb == bootstrap && $has_data == yes ]]; then", "elif false; then"]]),
        isHarmed: async (servers) => {
            await founded(servers, 1, 2, 3);
            await write(servers, 1, "acknowledged");
            for (const id of [1, 2, 3]) {
                await servers.replace(id, ["log"]);
                await servers.until(id, /^state=blank$/m);
            }
            for (const id of [1, 2, 3]) {
                await servers.directive(id, `bootstrap n2\n${servers.lines(1, 2, 3)}`);
            }
            return becomesTrue(() => leadWithoutTheWrite(servers, [1, 2, 3]));
        },
    },
];

for (const { title, rule, weaken, isHarmed } of killers) {
    describe(`known killer: ${title}`, function () {
        this.timeout(300_000);

        it(`harms nobody, because ${rule}`, async () => {
            assert.equal(await played(new Containers(image), isHarmed), false);
        });

        it("does its harm without that rule", async () => {
            assert.equal(await played(new Containers(image, weaken), isHarmed), true);
        });
    });
}

async function played(servers: Containers, isHarmed: Killer["isHarmed"]): Promise<boolean> {
    try {
        await servers.makeNetwork();
        return await isHarmed(servers);
    } finally {
        await servers.removeAll();
    }
}

/** Replaces texts of one file; one that is not there any more would make the proof empty. */
function edited(file: string, replacements: readonly (readonly [string, string])[]): Weaken {
    return (name, text) => {
        if (name !== file) {
            return text;
        }
        return replacements.reduce((before, [old, now]) => {
            assert.equal(before.split(old).length, 2, `${file} has no single ${old}: the rule has moved`);
            return before.replace(old, () => now);
        }, text);
    };
}

/** Servers that serve together, with a node that all tests write. */
async function founded(servers: Containers, ...ids: number[]): Promise<void> {
    await Promise.all(ids.map((id) => servers.start(id)));
    for (const id of ids) {
        await servers.until(id, /^state=blank$/m);
    }
    for (const id of ids) {
        assert.equal((await servers.directive(id, `bootstrap n1\n${servers.lines(...ids)}`)).code, 0);
    }
    await servers.serving(...ids);
    assert.match(await servers.cli(ids[0]!, "create /node before"), /Created \/node/);
}

/** New servers that are added all at once, which the library does only from a single one. */
async function joined(servers: Containers, members: number[], joiners: number[]): Promise<void> {
    const [leader] = await leadersOf(servers, members);
    const version = await servers.value(leader!, "configVersion");
    await Promise.all(joiners.map((id) => servers.start(id)));
    for (const id of joiners) {
        await servers.until(id, /^state=blank$/m);
        await servers.directive(id, `join ${version}\n${servers.lines(...members)}`);
    }
    await servers.serving(...joiners);
    const added = joiners.map((id) => `add=${servers.line(id)}`);
    const { code, stderr } = await servers.verb(leader!, "reconfig", version, ...added);
    assert.equal(code, 0, stderr);
    const [last] = joiners.slice(-1);
    for (const id of [...(await runningOf(servers, members)), ...joiners]) {
        await servers.until(id, new RegExp(`^config=server\\.${last}=.*:participant;`, "m"));
    }
}

async function runningOf(servers: Containers, ids: readonly number[]): Promise<number[]> {
    const reports = await Promise.all(ids.map((id) => servers.report(id)));
    return ids.filter((_, index) => reports[index] !== "");
}

/** The disk as it is between a follower's acknowledgement of a reconfiguration and its news of the commit. */
async function beforeTheCommit(servers: Containers, id: number): Promise<void> {
    const dynamic = "/data/ensemble/conf/zoo.cfg.dynamic";
    // Versions of one epoch have the same length: the last name is the newest. Its last line has no end.
    const script = [
        `newest=$(ls ${dynamic}.[1-9a-f]* | tail -n 1)`,
        `{ cat $newest; echo; echo version=\${newest##*.}; } > ${dynamic}.next`,
        `rm $newest`,
        `chown --reference=/data/ensemble/conf ${dynamic}.next`,
    ];
    const volume = `${servers.name(id)}-data:/data`;
    await must(
        "run",
        "--rm",
        "--network",
        "none",
        "-v",
        volume,
        "--entrypoint",
        "bash",
        image,
        "-ec",
        script.join(";"),
    );
}

async function write(servers: Containers, id: number, value: string): Promise<void> {
    await servers.cli(id, `set /node ${value}`);
    assert.match(await servers.cli(id, "get /node"), new RegExp(`^${value}$`, "m"), "the write was acknowledged");
}

async function stop(servers: Containers, id: number): Promise<void> {
    await must("stop", "-t", "10", servers.name(id));
}

async function leadersOf(servers: Containers, ids: readonly number[]): Promise<number[]> {
    const reports = await Promise.all(ids.map((id) => servers.report(id)));
    return ids.filter((_, index) => /^srvr: Mode: leader/m.test(reports[index]!));
}

/** One of them leads, and what it answers is not what was acknowledged. */
async function leadWithoutTheWrite(servers: Containers, ids: readonly number[]): Promise<boolean> {
    const [leader] = await leadersOf(servers, ids);
    if (leader === undefined) {
        return false;
    }
    const answer = await servers.cli(leader, "get /node");
    assert.doesNotMatch(answer, /^acknowledged$/m, "the servers that missed the write cannot have it");
    return /^before$/m.test(answer) || /Node does not exist/.test(answer);
}

/** Whether it is so at any time while it is watched, several elections long. */
async function becomesTrue(holds: () => Promise<boolean>): Promise<boolean> {
    for (const end = Date.now() + watchedMs; Date.now() < end; await pause(500)) {
        if (await holds()) {
            return true;
        }
    }
    return false;
}

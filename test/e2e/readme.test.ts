import assert from "node:assert/strict";
import { freePorts } from "../support/dockerWorld";
import { codeBlocks, Document, documentOf, sectionOf } from "../support/documents";
import { FreshCheckout } from "../support/freshCheckout";
import { logsOf } from "../support/insideContainers";

/** The commands in the shell blocks of a document, in order, without the remarks behind them. */
function commandsOf(document: Document): string[] {
    return codeBlocks(document, "sh")
        .flatMap((block) => block.split("\n"))
        .map((line) => line.replace(/ +#.*$/, "").trim())
        .filter((line) => line !== "");
}

/** What must be seen of a command; what is not listed only has to end well. */
const seen: Record<string, RegExp> = {
    "npm start":
        /│ 3 +│ participant │ (leader|follower) [^]*connection string: localhost:\d+,localhost:\d+,localhost:\d+/,
    "npm run pulumi -- preview": /coordination-5-server create[^]*\+ 8 to create/,
    "npm run pulumi -- up": /server 4 is added to the ensemble[^]*server 5 is added to the ensemble/,
    "npm run down": /kept, with the data of the servers/,
    "npm run down -- --volumes": /removed with the data of the servers/,
    "npx zookeeper-ensemble status": /coordination: healthy, quorum 5 of 5/,
    "npx zookeeper-ensemble status --watch": /healthy, quorum 5 of 5/,
    "npx zookeeper-ensemble status --json": /"healthy": ?true/,
    "npx zookeeper-ensemble logs 2": /ZooKeeper|QuorumPeer/,
    "npx zookeeper-ensemble cli -- ls /": /\[.*zookeeper.*\]/,
    "npx zookeeper-ensemble cli 2": /\[.*zookeeper.*\]/,
    "docker exec <container> bash /ensemble/member.sh report": /^state=member$/m,
};

describe("the commands of README.md and docs/operations.md, typed in a fresh checkout", function () {
    this.timeout(600_000);

    it("do what is said of them", async () => {
        const [start, ...later] = commandsOf(documentOf("README.md")).filter((command) => command !== "npm test");
        const firstDown = later.findIndex((command) => command.startsWith("npm run down"));
        const commands = [
            // As README.md says for ports that are taken.
            `npm run pulumi -- stack init dev`,
            `npm run pulumi -- config set firstHostPort ${await freePorts(5)}`,
            start!,
            ...later.slice(0, firstDown),
            ...commandsOf(sectionOf(documentOf("docs/operations.md"), "Look at an ensemble")),
            "npm run pulumi -- up --expect-no-changes --yes",
            ...later.slice(firstDown),
        ];
        await FreshCheckout.use(async (checkout) => {
            let container = "";
            for (const command of commands) {
                const line = command.replace("<container>", container);
                const { code, output } = await checkout.run(
                    // Nobody sits before it: what asks for a yes gets it.
                    /pulumi -- up$/.test(line) ? `${line} --yes` : line,
                    {
                        ...(command === "npx zookeeper-ensemble cli 2" && { input: "ls /\nquit\n" }),
                        ...(command.endsWith("--watch") && { enough: /healthy[^]*healthy/ }),
                    },
                );
                // npx itself ends by the signal of ctrl-C.
                const isWell = code === 0 || (code === null && command.endsWith("--watch"));
                assert.ok(isWell, `${line} ended with ${code}:\n${output}`);
                assert.match(output, seen[command] ?? /^/, `${line} printed:\n${output}`);
                container ||= /│ (zef-\S+)-1-data/.exec(output)?.[1]?.concat("-1") ?? "";
            }
            const unused = Object.keys(seen).filter((command) => !commands.includes(command));
            assert.deepEqual(unused, [], "no document has these commands any more");
            await assert.rejects(logsOf(container), /no such container/i);
        });
    });
});

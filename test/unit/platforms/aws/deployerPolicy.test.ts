import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "../../../..");
const source = join(root, "lib/platforms/aws");
const policyFile = "examples/aws/deployer-policy.json";

interface Statement {
    readonly Sid: string;
    readonly Effect: string;
    readonly Action: string | readonly string[];
    readonly Resource: string | readonly string[];
    readonly Condition?: object;
}

const text = readFileSync(join(root, policyFile), "utf8");
const { Version, Statement: statements } = JSON.parse(text) as { Version: string; Statement: Statement[] };

describe("the deployer's rights", () => {
    it("allow every call that the component makes by the SDK", () => {
        const calls = sdkCalls();
        assert.ok(calls.length >= 8, `only ${calls.join(", ")} were found`);
        for (const call of calls) {
            assert.ok(allowing(call).length > 0, `${policyFile} does not allow ${call}`);
        }
    });

    it("would not allow a call that is not meant", () => {
        for (const call of ["ec2:RebootInstances", "ssm:StartSession", "s3:GetObject", "iam:CreateUser"]) {
            assert.deepEqual(allowing(call), []);
        }
    });

    it("let machines be stopped, ended and commanded only when they are an ensemble's", () => {
        for (const call of ["ec2:TerminateInstances", "ec2:StopInstances", "ec2:DeleteVolume"]) {
            assert.deepEqual(
                allowing(call).map(({ Condition }) => Condition),
                [{ StringLike: { "aws:ResourceTag/zookeeper-ensemble:id": "*" } }],
            );
        }
        const onInstances = allowing("ssm:SendCommand").filter(({ Resource }) =>
            String(Resource).includes("instance/"),
        );
        assert.equal(onInstances.length, 1);
        assert.deepEqual(onInstances[0]!.Condition, {
            StringLike: { "ssm:resourceTag/zookeeper-ensemble:id": "*" },
        });
    });

    it("are a policy that AWS takes: allowed statements with names of their own, within the limit of size", () => {
        assert.equal(Version, "2012-10-17");
        assert.equal(new Set(statements.map(({ Sid }) => Sid)).size, statements.length);
        for (const { Sid, Effect, Action } of statements) {
            assert.match(Sid, /^[A-Za-z0-9]+$/);
            assert.equal(Effect, "Allow");
            [Action].flat().forEach((action) => assert.match(action, /^[a-z0-9]+:[A-Za-z]+\*?$/));
        }
        assert.ok(JSON.stringify(JSON.parse(text)).length <= 6144, "a managed policy holds 6,144 characters");
    });

    it("stand in the document as in the example", () => {
        const document = readFileSync(join(root, "docs/aws.md"), "utf8");
        assert.ok(document.includes(text.trim()), `docs/aws.md shows another policy than ${policyFile}`);
    });
});

function allowing(call: string): Statement[] {
    return statements.filter(({ Action }) =>
        [Action]
            .flat()
            .some((action) => (action.endsWith("*") ? call.startsWith(action.slice(0, -1)) : action === call)),
    );
}

/** `service:Call` of every command that the sources make, by the module that it is imported from. */
function sdkCalls(): string[] {
    const calls = new Set<string>();
    const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
    for (const file of files) {
        const code = readFileSync(join(source, file), "utf8");
        for (const [, names, service] of code.matchAll(
            /const \{([^}]*)\} = await import\("@aws-sdk\/client-(\w+)"\)/g,
        )) {
            for (const name of names!.split(",").map((each) => each.trim())) {
                const call = /^(?:paginate(\w+)|(\w+)Command)$/.exec(name);
                if (call) {
                    calls.add(`${service}:${call[1] ?? call[2]}`);
                }
            }
        }
        const made = [...code.matchAll(/new (\w+)Command\(/g)].map(([, call]) => call!);
        for (const call of made) {
            assert.ok(
                [...calls].some((known) => known.endsWith(`:${call}`)),
                `${file} makes ${call} from a module that this test does not see`,
            );
        }
    }
    return [...calls];
}

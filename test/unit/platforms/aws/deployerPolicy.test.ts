import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sdkOperations } from "../../../support/awsSdkOperations";

const root = join(__dirname, "../../../..");
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

/** What they allow and what not, and on what, is judged in test/oracles. */
describe("the deployer's rights", () => {
    it("allow every call that the component makes by the SDK", () => {
        const calls = sdkOperations();
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

    it("are a policy that AWS takes: allowed statements with names of their own, within the limit of size", () => {
        assert.equal(Version, "2012-10-17");
        assert.equal(new Set(statements.map(({ Sid }) => Sid)).size, statements.length);
        for (const { Sid, Effect } of statements) {
            assert.match(Sid, /^[A-Za-z0-9]+$/);
            assert.equal(Effect, "Allow");
        }
        assert.ok(JSON.stringify(JSON.parse(text)).length <= 6144, "a managed policy holds 6,144 characters");
    });

    it("stand in the document as in the example", () => {
        const document = readFileSync(join(root, "docs/aws.md"), "utf8");
        assert.ok(document.includes(text.trim()), `docs/aws.md shows another policy than ${policyFile}`);
    });
});

function allowing(call: string): Statement[] {
    return statements.filter(({ Action }) => [Action].flat().includes(call));
}

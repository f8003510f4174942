// Stand-in for the Pulumi AWS plugin v7.48.0, for tests: the resource types and functions that the component and its
// examples use, as a simulator of EC2 has them. Its address stands in ZK_EC2_SIMULATOR; previews need none.
import { serve } from "../shared/serve.mjs";
import { document } from "./document.mjs";
import { functions } from "./functions.mjs";
import { instanceProfile, role, rolePolicyAttachment } from "./identity.mjs";
import { instance } from "./instance.mjs";
import { networkInterface, subnet, vpc } from "./network.mjs";
import { record } from "./record.mjs";
import { securityGroup, securityGroupEgressRule, securityGroupIngressRule } from "./securityGroup.mjs";
import { configure, settingFaults } from "./settings.mjs";
import { volume, volumeAttachment } from "./volume.mjs";

serve({
    name: "aws",
    title: "AWS",
    version: "7.48.0",
    resources: [
        instance,
        networkInterface,
        volume,
        volumeAttachment,
        securityGroup,
        securityGroupIngressRule,
        securityGroupEgressRule,
        role,
        rolePolicyAttachment,
        instanceProfile,
        document,
        record,
        vpc,
        subnet,
    ],
    functions,
    settingFaults,
    settingsThatReplace: ["region"],
    configure,
});

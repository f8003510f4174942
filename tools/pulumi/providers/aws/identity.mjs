// aws:iam/role:Role, aws:iam/rolePolicyAttachment:RolePolicyAttachment and aws:iam/instanceProfile:InstanceProfile
import { isDeepStrictEqual } from "node:util";
import { boolean, computed, list, number, object, replace, required, string } from "../shared/schema.mjs";
import { awsResource, tagged } from "./resource.mjs";
import { isKnown, refuseTogether } from "./rules.mjs";

const output = { output: true };
const both = { ...replace, ...computed };
const arn = { pattern: /^arn:[a-z-]+:iam::(aws|\d{12}):policy\/.+$/ };
const path = string({ ...replace, default: "/", pattern: /^\/([\x21-\x7e]+\/)?$/ });
const name = (most) => string({ ...both, pattern: new RegExp(`^[\\w+=,.@-]{1,${most}}$`) });

/** The length also of a name that Check made: the pattern has seen only what the program gave. */
const nameRules = (most) => (inputs, refuse) => {
    refuseTogether(inputs, refuse, "name", ["namePrefix"]);
    const { length } = inputs.name ?? "";
    if (isKnown(inputs.name) && length > most) {
        refuse("name", `name is ${JSON.stringify(inputs.name)}, which has ${length} characters, the most is ${most}`);
    }
};

const policy = {
    refuse: (text) => (parsed(text) === undefined ? "which is not a policy in JSON" : undefined),
    // AWS writes the JSON in its own way.
    equivalent: (one, other) => isDeepStrictEqual(parsed(one), parsed(other)),
};

function parsed(text) {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}

// The names of what has just been made are not known everywhere at once, nor are those of what has just gone.
const conflict = { codes: ["DeleteConflict"], limitSeconds: 120 };
const missing = { codes: ["NoSuchEntity"], limitSeconds: 120 };

export const role = awsResource({
    token: "aws:iam/role:Role",
    autonamed: true,
    properties: {
        ...tagged,
        assumeRolePolicy: string({ ...required, ...policy }),
        description: string(),
        forceDetachPolicies: boolean({ default: false }),
        maxSessionDuration: number({ default: 3600, least: 3600, most: 43_200 }),
        name: name(64),
        namePrefix: name(38),
        path,
        permissionsBoundary: string(arn),
        arn: string(output),
        createDate: string(output),
        inlinePolicies: list(object({}), output),
        managedPolicyArns: list(string(), output),
        uniqueId: string(output),
    },
    words: {
        what: "IAM Role",
        service: "IAM",
        calls: { create: "CreateRole", read: "GetRole", update: "UpdateRole", delete: "DeleteRole" },
    },
    retries: { delete: conflict },
    rules: nameRules(64),
});

export const rolePolicyAttachment = awsResource({
    token: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    properties: {
        policyArn: string({ ...required, ...replace, ...arn }),
        role: string({ ...required, ...replace }),
    },
    words: {
        what: "IAM Role Policy Attachment",
        service: "IAM",
        calls: {
            create: "AttachRolePolicy",
            read: "ListAttachedRolePolicies",
            update: "",
            delete: "DetachRolePolicy",
        },
    },
    retries: { create: missing },
});

export const instanceProfile = awsResource({
    token: "aws:iam/instanceProfile:InstanceProfile",
    autonamed: true,
    properties: {
        ...tagged,
        name: name(128),
        namePrefix: name(38),
        path,
        role: string(),
        arn: string(output),
        createDate: string(output),
        uniqueId: string(output),
    },
    words: {
        what: "IAM Instance Profile",
        service: "IAM",
        calls: {
            create: "CreateInstanceProfile",
            read: "GetInstanceProfile",
            update: "AddRoleToInstanceProfile",
            delete: "DeleteInstanceProfile",
        },
    },
    rules: nameRules(128),
});

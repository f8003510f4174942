import { AwsError } from "../awsError";
import { Cloud } from "../cloud";
import { tagsOf } from "../tags";
import { found, missing, newId, Profile, Properties, Role } from "../world";
import { required, requireSame, ResourceType } from "./resource";

const uniqueId = (prefix: string) => `${prefix}${newId("x").slice(3).toUpperCase()}`;

export function roleType({ world }: Cloud): ResourceType {
    const outputs = ({ name, id, path, createDate, inputs, tags }: Role): Properties => ({
        arn: world.arn("iam", `role${path}${name}`),
        assumeRolePolicy: inputs.assumeRolePolicy,
        createDate,
        forceDetachPolicies: inputs.forceDetachPolicies ?? false,
        managedPolicyArns: [...(world.roles.get(name)?.policies ?? [])],
        maxSessionDuration: inputs.maxSessionDuration ?? 3600,
        name,
        path,
        tagsAll: tags,
        uniqueId: id,
    });
    const changeable = ["assumeRolePolicy", "description", "permissionsBoundary", "maxSessionDuration"];
    return {
        properties: ["name", "path", "forceDetachPolicies", ...changeable],
        async create(inputs) {
            const name = nameOf(inputs);
            requireTrust(inputs);
            if (world.roles.has(name)) {
                throw new AwsError("EntityAlreadyExists", `Role with name ${name} already exists.`, 409);
            }
            const path = String(inputs.path ?? "/");
            const createDate = new Date().toISOString();
            const tags = tagsOf(inputs);
            const role = { name, id: uniqueId("AROA"), path, inputs, createDate, policies: new Set<string>(), tags };
            world.roles.set(name, role);
            return { id: name, outputs: outputs(role) };
        },
        async read(id) {
            const role = world.roles.get(id);
            return role && outputs(role);
        },
        async update(id, inputs, olds) {
            requireSame(inputs, olds, ["name", "path"]);
            requireTrust(inputs);
            const role = found(world.roles, id, ...missing.role);
            Object.assign(role, { inputs, tags: tagsOf(inputs) });
            return outputs(role);
        },
        async remove(id) {
            const role = world.roles.get(id);
            if (!role) {
                return false;
            }
            if ([...world.profiles.values()].some((profile) => profile.role === id)) {
                throw conflict("must remove roles from instance profile first");
            }
            if (role.policies.size > 0 && role.inputs.forceDetachPolicies !== true) {
                throw conflict("must detach all policies first");
            }
            world.roles.delete(id);
            return true;
        },
    };
}

function conflict(what: string): AwsError {
    return new AwsError("DeleteConflict", `Cannot delete entity, ${what}.`, 409);
}

function nameOf(inputs: Properties): string {
    const name = required(inputs, "name");
    if (!/^[\w+=,.@-]{1,64}$/.test(name)) {
        throw new AwsError("ValidationError", `'${name}' is not a name of 1 to 64 letters, digits and _+=,.@-`);
    }
    return name;
}

/** Only EC2 hands roles to machines. */
function requireTrust(inputs: Properties): void {
    const text = required(inputs, "assumeRolePolicy");
    try {
        const { Version, Statement } = JSON.parse(text) as { Version?: unknown; Statement?: unknown };
        if (Version !== undefined && Array.isArray(Statement)) {
            return;
        }
    } catch {
        // Told below.
    }
    throw new AwsError("MalformedPolicyDocument", "the trust policy is not a policy document with statements");
}

export function policyAttachmentType({ world }: Cloud): ResourceType {
    const parts = (id: string) => {
        const at = id.indexOf("/");
        return { role: id.slice(0, at), policyArn: id.slice(at + 1) };
    };
    return {
        properties: ["role", "policyArn"],
        async create(inputs) {
            const role = found(world.roles, inputs.role, ...missing.role);
            const policyArn = required(inputs, "policyArn");
            if (!/^arn:aws:iam::(aws|\d{12}):policy\/[\w+=,.@/-]+$/.test(policyArn)) {
                throw new AwsError("NoSuchEntity", `Policy ${policyArn} does not exist or is not attachable.`, 404);
            }
            role.policies.add(policyArn);
            return { id: `${role.name}/${policyArn}`, outputs: { role: role.name, policyArn } };
        },
        async read(id) {
            const { role, policyArn } = parts(id);
            return world.roles.get(role)?.policies.has(policyArn) ? { role, policyArn } : undefined;
        },
        async update(id) {
            throw new AwsError("InvalidParameterValue", `${id}: an attached policy cannot be changed in place`);
        },
        async remove(id) {
            const { role, policyArn } = parts(id);
            return world.roles.get(role)?.policies.delete(policyArn) ?? false;
        },
    };
}

export function profileType({ world }: Cloud): ResourceType {
    const outputs = ({ name, id, path, createDate, role, tags }: Profile): Properties => ({
        arn: world.arn("iam", `instance-profile${path}${name}`),
        createDate,
        name,
        path,
        role: role ?? "",
        tagsAll: tags,
        uniqueId: id,
    });
    const roleOf = (inputs: Properties) =>
        typeof inputs.role === "string" ? found(world.roles, inputs.role, ...missing.role).name : undefined;
    return {
        properties: ["name", "path", "role"],
        async create(inputs) {
            const name = nameOf(inputs);
            if (world.profiles.has(name)) {
                throw new AwsError("EntityAlreadyExists", `Instance Profile ${name} already exists.`, 409);
            }
            const [path, createDate] = [String(inputs.path ?? "/"), new Date().toISOString()];
            const profile = {
                name,
                id: uniqueId("AIPA"),
                path,
                createDate,
                role: roleOf(inputs),
                tags: tagsOf(inputs),
            };
            world.profiles.set(name, profile);
            return { id: name, outputs: outputs(profile) };
        },
        async read(id) {
            const profile = world.profiles.get(id);
            return profile && outputs(profile);
        },
        async update(id, inputs, olds) {
            requireSame(inputs, olds, ["name", "path"]);
            const profile = found(world.profiles, id, ...missing.profile);
            Object.assign(profile, { role: roleOf(inputs), tags: tagsOf(inputs) });
            return outputs(profile);
        },
        async remove(id) {
            return world.profiles.delete(id);
        },
    };
}

import { AwsError, unsupported } from "./awsError";
import { Cloud } from "./cloud";
import { Request, Response } from "./httpServer";
import { invoke } from "./invokes";
import { instanceResource } from "./resources/compute";
import { recordType } from "./resources/dns";
import { documentType } from "./resources/documents";
import { policyAttachmentType, profileType, roleType } from "./resources/identity";
import { interfaceType, subnetType, vpcType } from "./resources/network";
import { requireKnown, ResourceType } from "./resources/resource";
import { groupType, ruleType } from "./resources/security";
import { attachmentType, volumeType } from "./resources/storage";
import { Properties } from "./world";

/** By the token of the type in Pulumi's package. */
export function resourceTypes(cloud: Cloud): ReadonlyMap<string, ResourceType> {
    return new Map([
        ["aws:ec2/vpc:Vpc", vpcType(cloud)],
        ["aws:ec2/subnet:Subnet", subnetType(cloud)],
        ["aws:ec2/networkInterface:NetworkInterface", interfaceType(cloud)],
        ["aws:ec2/securityGroup:SecurityGroup", groupType(cloud)],
        ["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", ruleType(cloud, "ingress")],
        ["aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", ruleType(cloud, "egress")],
        ["aws:ebs/volume:Volume", volumeType(cloud)],
        ["aws:ec2/volumeAttachment:VolumeAttachment", attachmentType(cloud)],
        ["aws:ec2/instance:Instance", instanceResource(cloud)],
        ["aws:iam/role:Role", roleType(cloud)],
        ["aws:iam/rolePolicyAttachment:RolePolicyAttachment", policyAttachmentType(cloud)],
        ["aws:iam/instanceProfile:InstanceProfile", profileType(cloud)],
        ["aws:ssm/document:Document", documentType(cloud)],
        ["aws:route53/record:Record", recordType(cloud)],
    ]);
}

interface Body {
    readonly region?: string;
    readonly name?: string;
    readonly inputs?: Properties;
    readonly olds?: Properties;
    readonly state?: Properties;
    readonly args?: Properties;
}

/** The API through which the stand-in of the provider's plugin makes, reads, changes and removes. */
export function controlApi(cloud: Cloud): (request: Request) => Promise<Response> {
    const types = resourceTypes(cloud);
    return async ({ method, path, body }) => {
        try {
            const [kind = "", token = "", id] = path.split("/").slice(1).map(decodeURIComponent);
            const parsed = (body === "" ? {} : JSON.parse(body)) as Body;
            requireRegion(cloud, parsed.region ?? parsed.inputs?.region ?? parsed.args?.region);
            if (kind === "invokes") {
                return json(200, { result: invoke(cloud, token, parsed.args ?? {}) });
            }
            const type = types.get(token);
            if (kind !== "resources" || !type) {
                throw unsupported(`the type ${token}`);
            }
            return await handle(token, type, method, id, parsed);
        } catch (error) {
            return refusal(error as Error);
        }
    };
}

async function handle(
    token: string,
    type: ResourceType,
    method: string,
    id: string | undefined,
    { inputs = {}, olds = {}, state = {}, name = "" }: Body,
): Promise<Response> {
    if (method === "POST" && id === undefined) {
        requireKnown(token, type, inputs);
        return json(200, await type.create(inputs, name));
    }
    if (id === undefined) {
        throw unsupported(`${method} of ${token} without an id`);
    }
    switch (method) {
        case "GET": {
            const outputs = await type.read(id);
            return outputs ? json(200, { outputs }) : gone(id);
        }
        case "PATCH":
            requireKnown(token, type, inputs);
            return json(200, { outputs: await type.update(id, inputs, olds) });
        case "DELETE":
            return (await type.remove(id, state)) ? json(200, {}) : gone(id);
        default:
            throw unsupported(`the method ${method}`);
    }
}

function requireRegion({ world }: Cloud, region: unknown): void {
    if (region !== undefined && region !== null && region !== "" && region !== world.region) {
        throw unsupported(`the region ${String(region)}, it is all in ${world.region}`);
    }
}

function json(status: number, value: unknown): Response {
    return { status, type: "application/json", body: JSON.stringify(value) };
}

function gone(id: string): Response {
    return json(404, { code: "NotFound", message: `there is no ${id}` });
}

function refusal(error: Error): Response {
    if (error instanceof AwsError) {
        // What does not exist any more is an error of its own where it is named by another resource.
        const status = error.status === 404 ? 400 : error.status;
        return json(status, { code: error.code, message: error.message });
    }
    return json(500, { code: "InternalError", message: error.stack ?? error.message });
}

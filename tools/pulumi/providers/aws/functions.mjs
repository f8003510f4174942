// What programs ask AWS before they make anything. All answers come from the simulator.
import { boolean, list, map, object, required, string } from "../shared/schema.mjs";
import { secret } from "../shared/values.mjs";
import { ApiError } from "./simulator.mjs";

const limitSeconds = 60;
const region = string();
const filters = list(object({ name: string(required), values: list(string(), required) }));

function invoke(token, properties, { doing, rules, resultOf = (result) => result }) {
    return {
        token,
        properties,
        rules,
        call: async (context) => resultOf(await ask(token, properties, doing, context)),
    };
}

async function ask(token, properties, doing, { simulator, region: ownRegion, signal, args }) {
    const complete = properties.region ? { region: ownRegion, ...args } : args;
    const soon = AbortSignal.any([signal, AbortSignal.timeout(limitSeconds * 1000)]);
    const answer = await simulator.invoke(token, { args: complete }, soon).catch((error) => {
        throw new Error(`invocation of ${token} returned an error: ${doing}: ${wordsOf(error)}`, { cause: error });
    });
    return Object.fromEntries(Object.entries(answer.result ?? {}).filter(([, value]) => value !== null));
}

const wordsOf = (error) => (error instanceof ApiError ? `api error ${error.code}: ${error.message}` : error.message);

/** Of several images the newest may be anybody's: AWS's images are public. */
function imageRules(
    { mostRecent, owners, filters: given = [], allowUnsafeFilter, executableUsers, nameRegex },
    refuse,
) {
    if (!owners && given.length === 0 && !executableUsers && !nameRegex) {
        refuse("owners", "one of `executable_users,filter,name_regex,owners` must be specified");
    }
    const ofSomebody = given.some(({ name }) => ["image-id", "owner-id", "owner-alias"].includes(name));
    if (mostRecent && !owners && !ofSomebody && !allowUnsafeFilter) {
        refuse("owners", "mostRecent needs owners, or a filter for image-id, owner-id or owner-alias");
    }
}

function zoneRules({ zoneId, name }, refuse) {
    if (zoneId && name) refuse("zoneId", "zoneId and name exclude each other: give one of them");
}

const subnetProperties = {
    region,
    id: string(),
    availabilityZone: string(),
    cidrBlock: string(),
    defaultForAz: boolean(),
    filters,
    tags: map(),
    vpcId: string(),
};

const imageProperties = {
    region,
    allowUnsafeFilter: boolean(),
    executableUsers: list(string()),
    filters,
    includeDeprecated: boolean(),
    mostRecent: boolean(),
    nameRegex: string(),
    owners: list(string()),
};

const anywhere = { id: string() };

export const functions = [
    invoke("aws:ec2/getSubnet:getSubnet", subnetProperties, { doing: "reading EC2 Subnet" }),
    invoke(
        "aws:route53/getZone:getZone",
        { zoneId: string(), name: string(), privateZone: boolean(), tags: map(), vpcId: string() },
        { doing: "reading Route 53 Hosted Zone", rules: zoneRules },
    ),
    invoke("aws:ec2/getAmi:getAmi", imageProperties, { doing: "reading EC2 AMIs", rules: imageRules }),
    invoke(
        "aws:ssm/getParameter:getParameter",
        { region, name: string(required), withDecryption: boolean() },
        {
            doing: "reading SSM Parameter",
            // A parameter may hold a password; who knows that it does not takes `insecureValue`.
            resultOf: ({ value, ...others }) => ({ ...others, ...(value && { value: secret(value) }) }),
        },
    ),
    invoke(
        "aws:ec2/getInstanceType:getInstanceType",
        { region, instanceType: string(required) },
        { doing: "reading EC2 Instance Type" },
    ),
    invoke("aws:index/getCallerIdentity:getCallerIdentity", anywhere, { doing: "reading STS Caller Identity" }),
    invoke("aws:index/getPartition:getPartition", anywhere, { doing: "reading Partition" }),
    invoke(
        "aws:index/getRegion:getRegion",
        { region, ...anywhere, endpoint: string(), name: string() },
        { doing: "reading Region" },
    ),
];

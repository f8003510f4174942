// The provider's settings. The SDK sends everything but text as JSON.
import { revealed, unknown } from "../shared/values.mjs";
import { simulatorAt } from "./simulator.mjs";

/** Of no importance to a simulator, whatever they say. */
const ignored = [
    "accessKey",
    "secretKey",
    "token",
    "allowedAccountIds",
    "endpoints",
    "insecure",
    "maxRetries",
    "retryMode",
    "s3UsEast1RegionalEndpoint",
    "s3UsePathStyle",
    "skipCredentialsValidation",
    "skipMetadataApiCheck",
    "skipRegionValidation",
    "skipRequestingAccountId",
    "tokenBucketRateLimiterCapacity",
    "userAgents",
    "version",
];
const leftOut = ["", "null", "[]", "{}", "false", false, undefined, null];

/** What is wrong with the provider's configuration, as Check failures. */
export function settingFaults(settings) {
    const unsupported = Object.entries(settings)
        .filter(([key, value]) => !isSupported(key) && !leftOut.includes(revealed(value)))
        .map(([key]) => ({
            property: key,
            reason: `provider setting ${key} is not implemented by this stand-in for the AWS plugin: leave it out`,
        }));
    return [...unsupported, ...regionFaults(settings), ...defaultTagsFaults(settings)];
}

const isSupported = (key) => ["region", "defaultTags", ...ignored].includes(key) || key.startsWith("__");

const regionOf = ({ region }) => revealed(region) || process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION;

function regionFaults(settings) {
    const region = regionOf(settings);
    if (!region) {
        const reason = "missing region: run `pulumi config set aws:region`, or set AWS_REGION";
        return [{ property: "region", reason }];
    }
    if (region === unknown || /^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) return [];
    return [{ property: "region", reason: `region is ${JSON.stringify(region)}, which is no region of AWS` }];
}

function defaultTagsFaults({ defaultTags }) {
    const text = revealed(defaultTags);
    if (!text || text === unknown) return [];
    const refuse = (why) => [{ property: "defaultTags", reason: `defaultTags is ${JSON.stringify(text)}, ${why}` }];
    try {
        const { tags = {}, ...others } = parsed(text) ?? {};
        const texts = Object.values(tags).every((value) => typeof revealed(value) === "string");
        return texts && Object.keys(others).length === 0 ? [] : refuse("which is not { tags: { key: text } }");
    } catch {
        return refuse("which is not JSON");
    }
}

const parsed = (value) => (typeof value === "string" ? JSON.parse(value) : value);

/** What every resource type and function gets. */
export function configure(settings) {
    return {
        region: regionOf(settings),
        defaultTags: parsed(settings.defaultTags || "{}")?.tags ?? {},
        simulator: simulatorAt(process.env.ZK_EC2_SIMULATOR),
    };
}

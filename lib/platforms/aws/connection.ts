import * as pulumi from "@pulumi/pulumi";
import type { EC2Client } from "@aws-sdk/client-ec2";
import type { SSMClient } from "@aws-sdk/client-ssm";
import { Forbidden, NoAnswer, within } from "../../lifecycle/answers";
import { lazily } from "../../pulumi/lazily";
import { settled } from "../../pulumi/settled";

/** The deployer's way to AWS: its instances, and commands on them. */
export interface Connection {
    readonly ec2: EC2Client;
    readonly ssm: SSMClient;
}

/** What the lifecycle takes from the provider, so that both look at the same account and region. */
export interface ProviderSettings {
    readonly region?: string;
    readonly profile?: string;
    readonly accessKey?: string;
    readonly secretKey?: string;
    readonly token?: string;
}

export const providerSettings = ["region", "profile", "accessKey", "secretKey", "token"] as const;

/**
 * What neither arguments nor provider say comes from the environment and the shared files, as for the provider itself.
 */
export function connectionOf(
    owner: pulumi.Resource,
    region: pulumi.Input<string> | undefined,
): () => Promise<Connection> {
    const found = settingsOf(owner, region);
    return lazily(() => settled(found).then(connect));
}

function settingsOf(owner: pulumi.Resource, region: pulumi.Input<string> | undefined): pulumi.Output<ProviderSettings> {
    const provider = owner.getProvider("aws:ec2/instance:Instance") as
        Record<string, pulumi.Output<string | undefined> | undefined> | undefined;
    const config = new pulumi.Config("aws");
    const found = Object.fromEntries(
        providerSettings.map((setting) => [setting, provider ? provider[setting] : config.get(setting)]),
    );
    return pulumi.output({ ...found, region: region ?? found.region }) as pulumi.Output<ProviderSettings>;
}

/** Loads the SDK only now: a preview needs none of it. */
export async function connect({ region, profile, accessKey, secretKey, token }: ProviderSettings): Promise<Connection> {
    const [{ EC2Client }, { SSMClient }] = await Promise.all([
        import("@aws-sdk/client-ec2"),
        import("@aws-sdk/client-ssm"),
    ]);
    const configuration = {
        ...(region && { region }),
        ...(profile && { profile }),
        ...(accessKey &&
            secretKey && {
                credentials: { accessKeyId: accessKey, secretAccessKey: secretKey, sessionToken: token },
            }),
        // All servers are asked at the same time: throttled calls are spread by the SDK.
        retryMode: "adaptive",
        maxAttempts: 8,
        // By itself the SDK waits for ever.
        requestHandler: { connectionTimeout: 10_000, requestTimeout: 20_000, throwOnRequestTimeout: true },
    };
    const [ec2, ssm] = [new EC2Client(configuration), new SSMClient(configuration)];
    // Around everything: attempts, the pauses between them, and whoever gives the credentials.
    ec2.middlewareStack.add((next) => (args) => limited(() => next(args)), { step: "initialize", priority: "high" });
    ssm.middlewareStack.add((next) => (args) => limited(() => next(args)), { step: "initialize", priority: "high" });
    return { ec2, ssm };
}

/** Of one call with all its attempts. */
const callLimitSeconds = 60;

/** That a deployer may not, AWS says by one of these. An expired token is none: the next may be there already. */
const forbidding = [
    ...["UnauthorizedOperation", "AccessDenied", "AccessDeniedException", "AuthFailure"],
    ...["UnrecognizedClientException", "InvalidClientTokenId"],
];

export async function limited<T>(call: () => Promise<T>, limitSeconds = callLimitSeconds): Promise<T> {
    try {
        return await within(limitSeconds, "AWS", call);
    } catch (error) {
        throw understood(error as Error & { $fault?: unknown });
    }
}

/** AWS's own errors have a `$fault`: whatever else comes is no answer. */
function understood(error: Error & { $fault?: unknown }): Error {
    const { name, message, $fault } = error;
    if (forbidding.includes(name)) {
        return new Forbidden(`${name}: ${message}`, { cause: error });
    }
    return $fault === undefined && !(error instanceof NoAnswer) ? new NoAnswer(message, { cause: error }) : error;
}

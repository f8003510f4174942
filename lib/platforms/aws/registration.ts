import { ResolvedConfig } from "../../model/config";
import { heapIn, resolveJvm } from "../../model/jvm";
import { hostnamePrefix } from "../../model/names";
import { Section } from "../../model/section";
import { resolveServers } from "../../model/servers";
import { providerOf } from "../../pulumi/neighbours";
import { Common, PlatformPart, Registration } from "../registration";
import { awsChanges } from "./changes";
import { resolveAws } from "./model/aws";
import { awsPlacing } from "./model/awsServers";
import { checkAwsClashes } from "./model/clashes";
import { roomOf } from "./model/awsVolumes";
import { checkRuleCounts } from "./model/awsSources";
import { AwsEnsembleSpec } from "./model/awsSpec";
import { oneMachinePlacing, resolveSharedJvm } from "./model/oneMachine";

/** AWS's provider is loaded only when it is used: it costs time and memory, and may not be installed. */
export const aws: Registration = {
    key: "aws",
    atLeast: "aws: { vpcId, subnetIds } for machines on EC2",
    // A machine boots, and gets packages, the archive and its agent, before ZooKeeper starts.
    usualServingTimeoutSeconds: 900,
    changes: awsChanges,
    resolve: onAws,
    placeOf: ({ aws }, opts) => ["aws", providerOf(opts, "aws", "aws:ec2/instance:Instance"), aws?.region ?? undefined],
    checkClashes: (args, own, other) => checkAwsClashes(args, own as AwsEnsembleSpec, other),
    makePlatform: (spec) => {
        // eslint-disable-next-line @typescript-eslint/no-require-imports
        const { awsPlatform } = require("./awsPlatform") as typeof import("./awsPlatform");
        const makePlatform = awsPlatform(spec as AwsEnsembleSpec);
        return (owner, args) => makePlatform(owner, args.aws!);
    },
};

function onAws(
    args: Section,
    { name, ensembleId, version }: Common,
    config: ResolvedConfig,
): Pick<AwsEnsembleSpec, "aws"> & PlatformPart {
    const { metricsEnabled } = config.spec;
    const { spec, memory } = resolveAws(args, { name, version: version.text, metricsEnabled });
    const prefix = hostnamePrefix(name, ensembleId, false);
    const placing = spec.singleMachine ? oneMachinePlacing(config, prefix) : awsPlacing(spec.subnetCount, prefix);
    const servers = resolveServers(args, { config, placing });
    checkRuleCounts(args, spec, servers, metricsEnabled);
    const jvm = spec.singleMachine ? resolveSharedJvm(args, memory, servers.length) : resolveJvm(args, memory, true);
    const awsSpec = { ...spec, subnetIndexes: servers.map(placing.subnetIndexOf) };
    return { servers, jvm, aws: awsSpec, room: roomOf(awsSpec, heapIn(memory, jvm.heapMiB)) };
}

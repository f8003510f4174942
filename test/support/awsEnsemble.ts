import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { AwsEnsembleSpec, AwsSpec, isOnAws } from "../../lib/platforms/aws/model/awsSpec";
import { awsArgs } from "./awsArgs";
import { specOf } from "./specs";

/** The specification of an ensemble on EC2, as the arguments give it and with what a test changes of its AWS part. */
export function awsEnsemble(changes: Partial<AwsSpec> = {}, args: object = {}): AwsEnsembleSpec {
    const spec = specOf({ aws: awsArgs(), ...args });
    assert.ok(isOnAws(spec));
    return { ...spec, aws: { ...spec.aws, ...changes } };
}

const digest = (text: string) => createHash("sha512").update(text).digest("hex");

/** As much of a URL and a checksum as there may well be; a real one does not get smaller by compression. */
export const longDistribution = {
    url: `https://mirror.internal/${digest("url").slice(0, 100)}/apache-zookeeper-3.9.5-bin.tar.gz`,
    sha512: digest("archive"),
};

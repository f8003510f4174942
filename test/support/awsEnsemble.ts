import assert from "node:assert/strict";
import { AwsEnsembleSpec, AwsSpec, isOnAws } from "../../lib/platforms/aws/model/awsSpec";
import { awsArgs } from "./awsArgs";
import { specOf } from "./specs";

/** The specification of an ensemble on EC2, as the arguments give it and with what a test changes of its AWS part. */
export function awsEnsemble(changes: Partial<AwsSpec> = {}, args: object = {}): AwsEnsembleSpec {
    const spec = specOf({ aws: awsArgs(), ...args });
    assert.ok(isOnAws(spec));
    return { ...spec, aws: { ...spec.aws, ...changes } };
}

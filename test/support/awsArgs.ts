export const VPC = "vpc-0123456789abcdef0";
export const SUBNETS = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb", "subnet-0cccccccccccccccc"];

/** The smallest arguments of `aws`, with whatever a test adds. */
export function awsArgs(changes: object = {}) {
    return { vpcId: VPC, subnetIds: SUBNETS, ...changes };
}

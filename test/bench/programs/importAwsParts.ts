// The least that any program with these resources of AWS pays.
import { performance } from "node:perf_hooks";
import "@pulumi/aws/ebs/volume";
import "@pulumi/aws/ec2/getSubnet";
import "@pulumi/aws/ec2/instance";
import "@pulumi/aws/ec2/networkInterface";
import "@pulumi/aws/ec2/securityGroup";
import "@pulumi/aws/ec2/volumeAttachment";
import "@pulumi/aws/getPartition";
import "@pulumi/aws/iam/instanceProfile";
import "@pulumi/aws/iam/role";
import "@pulumi/aws/iam/rolePolicyAttachment";
import "@pulumi/aws/route53/getZone";
import "@pulumi/aws/route53/record";
import "@pulumi/aws/ssm/document";
import "@pulumi/aws/ssm/getParameter";
import "@pulumi/aws/vpc/securityGroupEgressRule";
import "@pulumi/aws/vpc/securityGroupIngressRule";

console.log(JSON.stringify({ milliseconds: performance.now() - performance.nodeTiming.bootstrapComplete }));

// aws:ec2/networkInterface:NetworkInterface, and for examples aws:ec2/vpc:Vpc and aws:ec2/subnet:Subnet
import { boolean, computed, list, number, object, replace, required, set, string } from "../shared/schema.mjs";
import { awsResource, regional, tagged } from "./resource.mjs";
import { networkAddress } from "./rules.mjs";

const output = { output: true };
const both = { ...replace, ...computed };
const onlyFalse = { default: false, refuse: (value) => value };

/** An interface keeps its first address all its life. */
function losesPrimaryAddress({ privateIp }, { privateIps }) {
    return !Array.isArray(privateIps) || !privateIps.includes(privateIp);
}

const interfaceProperties = {
    ...regional,
    ...tagged,
    description: string(),
    interfaceType: string(both),
    ipv6AddressListEnabled: boolean(onlyFalse),
    privateIp: string({
        ...computed,
        refuse: () => "and the official plugin does not read privateIp when it makes an interface: use privateIps",
    }),
    privateIpListEnabled: boolean(onlyFalse),
    privateIps: set(string(), { ...computed, replace: losesPrimaryAddress }),
    privateIpsCount: number({ ...computed, least: 0 }),
    securityGroups: set(string(), computed),
    sourceDestCheck: boolean({ default: true }),
    subnetId: string({ ...required, ...replace }),
    arn: string(output),
    attachments: list(object({}), output),
    ipv4PrefixCount: number(output),
    ipv4Prefixes: list(string(), output),
    ipv6AddressCount: number(output),
    ipv6AddressLists: list(string(), output),
    ipv6Addresses: list(string(), output),
    ipv6PrefixCount: number(output),
    ipv6Prefixes: list(string(), output),
    macAddress: string(output),
    outpostArn: string(output),
    ownerId: string(output),
    privateDnsName: string(output),
    privateIpLists: list(string(), output),
};

export const networkInterface = awsResource({
    token: "aws:ec2/networkInterface:NetworkInterface",
    properties: interfaceProperties,
    words: {
        what: "EC2 Network Interface",
        service: "EC2",
        calls: {
            create: "CreateNetworkInterface",
            read: "DescribeNetworkInterfaces",
            update: "ModifyNetworkInterfaceAttribute",
            delete: "DeleteNetworkInterface",
        },
    },
    unsettledBy: (changed) => (changed.has("privateIps") ? ["privateIpLists", "privateIpsCount"] : []),
});

export const vpc = awsResource({
    token: "aws:ec2/vpc:Vpc",
    properties: {
        ...regional,
        ...tagged,
        cidrBlock: string({ ...required, ...both, ...networkAddress(4) }),
        enableDnsHostnames: boolean(computed),
        enableDnsSupport: boolean({ default: true }),
        instanceTenancy: string({ default: "default", pattern: /^default$/ }),
        arn: string(output),
        defaultNetworkAclId: string(output),
        defaultRouteTableId: string(output),
        defaultSecurityGroupId: string(output),
        dhcpOptionsId: string(output),
        enableNetworkAddressUsageMetrics: boolean(output),
        ipv6AssociationId: string(output),
        mainRouteTableId: string(output),
        ownerId: string(output),
    },
    words: {
        what: "EC2 VPC",
        service: "EC2",
        calls: { create: "CreateVpc", read: "DescribeVpcs", update: "ModifyVpcAttribute", delete: "DeleteVpc" },
    },
    retries: { delete: { codes: ["DependencyViolation"] } },
});

export const subnet = awsResource({
    token: "aws:ec2/subnet:Subnet",
    properties: {
        ...regional,
        ...tagged,
        assignIpv6AddressOnCreation: boolean(onlyFalse),
        availabilityZone: string(both),
        cidrBlock: string({ ...required, ...replace, ...networkAddress(4) }),
        enableDns64: boolean(onlyFalse),
        enableResourceNameDnsARecordOnLaunch: boolean(onlyFalse),
        enableResourceNameDnsAaaaRecordOnLaunch: boolean(onlyFalse),
        ipv6Native: boolean(onlyFalse),
        mapPublicIpOnLaunch: boolean({ default: false }),
        vpcId: string({ ...required, ...replace }),
        arn: string(output),
        availabilityZoneId: string(output),
        ipv6CidrBlockAssociationId: string(output),
        ownerId: string(output),
        privateDnsHostnameTypeOnLaunch: string(output),
    },
    words: {
        what: "EC2 Subnet",
        service: "EC2",
        calls: {
            create: "CreateSubnet",
            read: "DescribeSubnets",
            update: "ModifySubnetAttribute",
            delete: "DeleteSubnet",
        },
    },
    timeoutsSeconds: { create: 600, delete: 1200 },
    retries: { delete: { codes: ["DependencyViolation"] } },
});

import assert from "node:assert/strict";
import { awsAddressFault, domainFault, vpcFault } from "../../../../../lib/platforms/aws/model/awsPlaces";

describe("what AWS's answers say against the arguments", () => {
    const subnet = { id: "subnet-0a", vpcId: "vpc-1", cidrBlock: "10.0.16.0/20" };

    it("an address is in the server's subnet, and none that AWS keeps", () => {
        const outside =
            "is outside the server's subnet subnet-0a, which is 10.0.16.0/20: take a free one from 10.0.16.4 to 10.0.31.254, or another subnet by servers[].subnetIndex";
        const kept =
            "is one that AWS keeps for itself in the subnet subnet-0a, which is 10.0.16.0/20: take a free one from 10.0.16.4 to 10.0.31.254";
        const faults: Record<string, string | undefined> = {
            "10.0.15.255": outside,
            "10.0.16.0": kept,
            "10.0.16.3": kept,
            "10.0.16.4": undefined,
            "10.0.20.1": undefined,
            "10.0.31.254": undefined,
            "10.0.31.255": kept,
            "10.0.32.0": outside,
        };
        for (const [address, fault] of Object.entries(faults)) {
            assert.equal(awsAddressFault(address, subnet), fault && `"${address}" ${fault}`, address);
        }
    });

    it("of a subnet without IPv4 nothing is said", () => {
        assert.equal(awsAddressFault("10.0.0.9", { id: "subnet-0a", vpcId: "vpc-1" }), undefined);
        assert.equal(awsAddressFault("10.0.0.9", { ...subnet, cidrBlock: "" }), undefined);
    });

    it("a subnet is in the VPC of the security groups", () => {
        assert.equal(vpcFault(subnet, "vpc-1"), undefined);
        assert.equal(
            vpcFault(subnet, "vpc-2"),
            '"subnet-0a" is in vpc-1, and the security groups are in vpc-2: give a subnet of that VPC',
        );
    });

    it("a domain is the zone's, or below it", () => {
        const zone = { id: "Z1", name: "Example.com." };
        for (const domain of ["example.com", "zk.example.com", "a.b.example.com"]) {
            assert.equal(domainFault(domain, zone), undefined, domain);
        }
        for (const domain of ["com", "zk.internal", "myexample.com", "example.com.zk", "example"]) {
            assert.equal(
                domainFault(domain, zone),
                `"${domain}" is not in the zone Z1, which is "example.com": give "example.com" or a name below it`,
            );
        }
    });
});

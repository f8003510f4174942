import assert from "node:assert/strict";
import { overlaps, parseSubnet, Subnet } from "../../../lib/model/subnet";

const subnet = (text: string) => parseSubnet(text) as Subnet;

describe("subnets", () => {
    it("are an address and a prefix, from its first address on", () => {
        assert.deepEqual(subnet("10.1.2.0/24"), {
            text: "10.1.2.0/24",
            network: 0x0a010200,
            broadcast: 0x0a0102ff,
            prefix: 24,
        });
        for (const text of [
            "",
            "10.1.2.0",
            "10.1.2.0/",
            "10.1.2.0/33",
            "10.1.2.0/0",
            "10.1.2.0/24/1",
            "10.1.256.0/24",
            "10.01.2.0/24",
            "10.1.2/24",
            "10.1.2.0.0/24",
            "fd00::/64",
            "10.1.2.0/ 24",
        ]) {
            assert.equal(typeof parseSubnet(text), "string", text);
        }
        for (const text of ["0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/8", "255.0.0.0/8"]) {
            assert.match(parseSubnet(text) as string, /reserved/, text);
        }
    });

    it("overlap when they share an address, whichever is the larger", () => {
        assert.ok(overlaps("10.1.2.0/24", "10.1.0.0/16") && overlaps("10.1.0.0/16", "10.1.2.0/24"));
        assert.ok(!overlaps("10.1.2.0/24", "10.1.3.0/24"));
        assert.ok(!overlaps("not a subnet", "10.1.3.0/24"));
    });
});

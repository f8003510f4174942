import assert from "node:assert/strict";
import { parseSubnet, Subnet } from "../../../../../lib/model/subnet";
import {
    addressFault,
    addressOf,
    isForOthers,
    prefixFor,
    rangeForOthers,
} from "../../../../../lib/platforms/docker/model/subnet";

const subnet = (text: string) => parseSubnet(text) as Subnet;

describe("subnets of containers", () => {
    it("have room for servers in their lower half", () => {
        assert.equal(addressOf(subnet("10.1.2.0/24"), 117), "10.1.2.127");
        assert.equal(addressOf(subnet("10.1.2.0/24"), 118), undefined);
        assert.equal(addressOf(subnet("10.1.4.0/22"), 255), "10.1.5.9");
        for (const id of [1, 4, 5, 20, 21, 52, 53, 117, 118, 245, 246, 255]) {
            const prefix = prefixFor(id);
            assert.ok(addressOf(subnet(`10.0.0.0/${prefix}`), id) !== undefined, `id ${id} in /${prefix}`);
            assert.ok(addressOf(subnet(`10.0.0.0/${prefix + 1}`), id) === undefined, `id ${id} in /${prefix + 1}`);
        }
    });

    it("give servers every address but the network's, the gateway's and the last", () => {
        const { text } = subnet("10.1.2.16/29");
        const free = Array.from({ length: 10 }, (_, index) => `10.1.2.${15 + index}`).filter(
            (address) => addressFault(subnet(text), address) === undefined,
        );
        assert.deepEqual(free, ["10.1.2.18", "10.1.2.19", "10.1.2.20", "10.1.2.21", "10.1.2.22"]);
        assert.match(addressFault(subnet(text), "zk") ?? "", /is not an IPv4 address/);
    });

    it("keep their upper half for other containers", () => {
        assert.equal(rangeForOthers(subnet("10.1.2.0/24")), "10.1.2.128/25");
        assert.ok(isForOthers(subnet("10.1.2.0/24"), "10.1.2.128"));
        assert.ok(!isForOthers(subnet("10.1.2.0/24"), "10.1.2.127"));
    });
});

import assert from "node:assert/strict";
import { overlaps, parseSubnet } from "../../../../../lib/model/subnet";
import { addressFault } from "../../../../../lib/platforms/docker/model/subnet";
import { dockerPartOf, faultsOf, specOf } from "../../../../support/specs";
import { resolve } from "../../../../../lib/platforms/resolve";
import { place } from "../../../../../lib/platforms/docker/place";

const addressesOf = (args: object, identity?: Parameters<typeof resolve>[0]) =>
    new Map((identity ? resolve(identity, args) : specOf(args)).servers.map(({ id, address }) => [id, address]));

describe("ids up to 255 with the default subnet", () => {
    for (const servers of [[{ id: 9 }, { id: 4 }, { id: 200 }], [{ id: 255 }], [{ id: 118 }], [{ id: 117 }]]) {
        it(`${JSON.stringify(servers)} are an ensemble`, () => {
            assert.deepEqual(faultsOf({ servers, docker: {} }), []);
        });
    }

    it("255 servers are one, too, each with an address of its own that it may have", () => {
        // The name decides on which side the neighbour is.
        for (const name of Array.from({ length: 20 }, (_, index) => `name-${index}`)) {
            const spec = resolve({ name, project: "shop", stack: "dev" }, { size: 255, docker: {} });
            const { subnet: text, rangeForOthers } = dockerPartOf(spec);
            const subnet = parseSubnet(text);
            assert.ok(typeof subnet !== "string" && subnet.prefix === 23, text);
            assert.equal(new Set(spec.servers.map(({ address }) => address)).size, 255);
            assert.ok(overlaps(text, rangeForOthers));
            for (const { id, address } of spec.servers) {
                assert.equal(addressFault(subnet, address), undefined, `server ${id} at ${address} in ${text}`);
                assert.ok(!overlaps(`${address}/32`, rangeForOthers), `server ${id} at ${address}`);
            }
        }
    });

    it("nobody's address moves when such an id joins or leaves, and the usual ids keep the usual subnet", () => {
        const usual = addressesOf({ servers: [{ id: 1 }, { id: 117 }], docker: {} });
        const large = addressesOf({ servers: [{ id: 1 }, { id: 117 }, { id: 255 }], docker: {} });
        assert.deepEqual([large.get(1), large.get(117)], [usual.get(1), usual.get(117)]);
        assert.match(dockerPartOf(specOf({ size: 117, docker: {} })).subnet, /\.0\/24$/);
        const one = [{ id: 1 }, { id: 200, address: usual.get(117)! }];
        assert.match(dockerPartOf(specOf({ servers: one, docker: {} })).subnet, /\.0\/24$/);
    });

    it("a network that is there has no room for them: refused before anything is touched, with the way out", () => {
        const { refusal } = place("shop", "10.1.2.0/23");
        const wanted = { network: "digest", subnet: "10.1.2.0/23" };
        assert.match(refusal({ network: "digest" }, wanted), /no room for the addresses.*servers\[\]\.address/);
        assert.equal(refusal(wanted, wanted), "");
        assert.equal(place("shop").refusal(wanted, { network: "digest" }), "", "the others stay where they are");
    });

    it("in a subnet of the user's choosing the room is the user's matter", () => {
        assert.equal(faultsOf({ servers: [{ id: 200 }], docker: { network: { subnet: "10.1.2.0/24" } } }).length, 1);
    });
});

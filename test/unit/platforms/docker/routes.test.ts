import assert from "node:assert/strict";
import { parseRoutes, routedElsewhere, routesHere } from "../../../../lib/platforms/docker/routes";

// As Linux on a little-endian processor shows it.
const table = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	0100A8C0	0003	0	0	0	00000000	0	0	0
tun0	0000600A	00000000	0001	0	0	0	0000F0FF	0	0	0
br-51fe6aa81a0d	0005110A	00000000	0001	0	0	0	00FFFFFF	0	0	0
eth0	0000A8C0	00000000	0001	0	0	0	00FFFFFF	0	0	0
`;

describe("the subnet of a new network beside the host's own routes", () => {
    const routes = parseRoutes(table);

    it("reads the table, without the default route", () => {
        assert.deepEqual(
            routes.map(({ subnet }) => subnet),
            ["10.96.0.0/12", "10.17.5.0/24", "192.168.0.0/24"],
        );
        assert.deepEqual(parseRoutes(""), []);
    });

    it("is named when a VPN or a network card has it", () => {
        const text = routedElsewhere("10.100.7.0/24", routes) ?? "";
        assert.match(
            text,
            /^the subnet 10\.100\.7\.0\/24 is part of what this host reaches through tun0 \(10\.96\.0\.0\/12\)/,
        );
        assert.match(text, /choose another by docker\.network\.subnet/);
        assert.match(routedElsewhere("192.168.0.128/25", routes) ?? "", /eth0/);
    });

    it("is not where nothing has it, nor for a network of Docker's, which is compared by its name", () => {
        assert.equal(routedElsewhere("10.18.5.0/24", routes), undefined);
        assert.equal(routedElsewhere("10.17.5.0/24", routes), undefined);
    });

    it("is compared with what this host has, or nothing", async () => {
        for (const { subnet } of await routesHere()) assert.match(subnet, /^[\d.]+\/\d+$/);
    });
});

import assert from "node:assert/strict";
import { membershipLines, parseServerLine, serverLineOf } from "../../../lib/zookeeper/serverLines";
import { specOf } from "../../support/specs";

const spec = specOf({ size: 2, observers: 1, docker: { network: { subnet: "10.1.2.0/24" } } });

describe("server lines", () => {
    it("carry address, ports, role and client port", () => {
        assert.deepEqual(membershipLines(spec), [
            "server.1=10.1.2.11:2888:3888:participant;0.0.0.0:2181",
            "server.2=10.1.2.12:2888:3888:participant;0.0.0.0:2181",
            "server.3=10.1.2.13:2888:3888:observer;0.0.0.0:2181",
        ]);
    });

    it("are read back in every spelling of ZooKeeper's", () => {
        const whole = parseServerLine("server.7=10.1.2.3:2888:3888:participant;0.0.0.0:2181")!;
        assert.deepEqual(whole, {
            id: 7,
            host: "10.1.2.3",
            peerPort: 2888,
            electionPort: 3888,
            role: "participant",
            clientPort: 2181,
        });
        for (const same of [
            "server.7=10.1.2.3:2888:3888;2181",
            " server.7 = 10.1.2.3:2888:3888:PARTICIPANT;0.0.0.0:2181\r",
        ]) {
            assert.deepEqual(parseServerLine(same), whole, same);
        }
        const v6 = parseServerLine("server.1=[2001:db8::1]:2888:3888:observer;[::]:2181");
        assert.deepEqual([v6?.host, v6?.clientPort, v6?.role], ["2001:db8::1", 2181, "observer"]);
        assert.equal(parseServerLine("server.1=a:1:2")?.clientPort, undefined);
    });

    it("are read once, while that is not too long ago", () => {
        const line = (id: number) => `server.${id}=a:1:2;3`;
        const first = serverLineOf(line(1));
        assert.equal(first.text, line(1));
        assert.equal(serverLineOf(line(1)), first);
        for (let id = 2; id < 1_100; id++) assert.equal(serverLineOf(line(id)).id, id);
        const again = serverLineOf(line(1));
        assert.notEqual(again, first, "nothing is kept for ever");
        assert.deepEqual(again, first);
        assert.throws(() => serverLineOf("server.1"), /not understood: server\.1$/);
    });

    it("are refused when they are none", () => {
        for (const line of [
            "",
            "version=100000000",
            "server.1",
            "server.1=a:1",
            "server.x=a:1:2",
            "server.1=a:1:2|b:1:2;3",
            "server.1=a:1:2:leader;3",
        ]) {
            assert.equal(parseServerLine(line), undefined, line);
        }
    });
});

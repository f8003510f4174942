import assert from "node:assert/strict";
import { leftOut } from "../../../../lib/lifecycle/decide/leftOut";
import { preflight } from "../../../../lib/lifecycle/decide/preflight";
import { observation } from "../../../support/lifecycle/observations";
import { wantedOf } from "../../../support/lifecycle/wanted";

const wanted = wantedOf("1 2 3");

/** `made`: servers whose machine was made by this `up`; `turned`: those whose gate has run. */
function before(seen: string, id: number, { made = [] as number[], turned = [] as number[] } = {}) {
    const look = observation(seen);
    const plan = preflight(wanted, look, false);
    const ids = plan.order.slice(0, plan.order.indexOf(id));
    return leftOut(wanted, plan, look, id, { ids, made: new Set(made), turned: new Set(turned) });
}

describe("a gate that --target leaves out", () => {
    const stopped = "1 leader spec:old, 2 stopped spec:old, 3 follower spec:old";

    it("keeps a server untouched that the quorum needs until the one before is mended", () => {
        assert.equal(
            before(stopped, 3),
            "server 2 (machine ensemble-2 is exited (1)) must be seen to serve before server 3 is taken, and this `up` " +
                "leaves that gate out: run `pulumi up` without --target, or with the serving marker of each of them as a " +
                "target, too; where no target was given, with --refresh",
        );
        assert.equal(before(stopped, 3, { turned: [2] }), undefined);
    });

    it("costs nothing for the server that is to be mended itself", () => {
        assert.equal(before(stopped, 2), undefined);
    });

    it("costs nothing where enough others serve", () => {
        const healthy = "1 leader spec:old, 2 follower spec:old, 3 follower spec:old";
        assert.equal(before(healthy, 1), undefined);
    });

    it("keeps the next one untouched when a machine is new", () => {
        const healthy = "1 leader spec:old, 2 follower spec:old, 3 follower spec:old";
        assert.match(before(healthy, 3, { made: [2] })!, /^server 2 \(it has a new machine\) must be seen to serve/);
        assert.equal(before(healthy, 3, { made: [2], turned: [2] }), undefined);
        assert.match(before(healthy, 1, { made: [2], turned: [3] })!, /^server 2 /);
    });

    it("is no matter while nobody has data", () => {
        assert.equal(before("1 blank, 2 blank, 3 blank", 3, { made: [] }), undefined);
    });
});

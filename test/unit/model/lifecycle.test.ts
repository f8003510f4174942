import assert from "node:assert/strict";
import { Gates, LifecycleArgs } from "../../../lib/args/ensemble";
import { resolve } from "../../../lib/platforms/resolve";

const resolved = (lifecycle?: LifecycleArgs) =>
    resolve({ name: "e", project: "p", stack: "s" }, { docker: {}, ...(lifecycle && { lifecycle }) });

describe("the lifecycle's arguments", () => {
    it("have defaults that watch everything and accept nothing", () => {
        assert.deepEqual(resolved().lifecycle, {
            servingTimeoutSeconds: 300,
            membershipTimeoutSeconds: 300,
            gates: true,
            running: true,
            acceptDataLoss: "",
            acceptRollback: "",
            restartTrigger: "",
            allowDowngrade: false,
        });
    });

    it("give the membership the time of a server, unless it has its own", () => {
        assert.equal(resolved({ servingTimeoutSeconds: 900 }).lifecycle.membershipTimeoutSeconds, 900);
        const both = { servingTimeoutSeconds: 900, membershipTimeoutSeconds: 60 };
        assert.equal(resolved(both).lifecycle.membershipTimeoutSeconds, 60);
        assert.throws(
            () => resolved({ membershipTimeoutSeconds: 9 }),
            /lifecycle.membershipTimeoutSeconds: 9 is below 10/,
        );
    });

    it("say once what is given up without gates, and refuse what needs them", () => {
        const { warnings } = resolved({ gates: Gates.Off });
        assert.equal(warnings.filter((text) => /lifecycle.gates: is off: nobody looks/.test(text)).length, 1);
        assert.deepEqual(resolved({ gates: Gates.On }).warnings, []);
        const consents = { acceptDataLoss: "2026-11-21", acceptRollback: "2026-11-21" };
        const needs = { gates: Gates.Off, running: false, ...consents };
        assert.throws(() => resolved(needs), /lifecycle.running: false needs the gates/);
        assert.throws(() => resolved(needs), /lifecycle.acceptDataLoss: needs the gates/);
        assert.throws(() => resolved(needs), /lifecycle.acceptRollback: needs the gates/);
        assert.throws(
            () => resolved({ gates: "of" as Gates }),
            /lifecycle.gates: "of" is not one of "on", "off": did you mean/,
        );
    });
});

import { Gates } from "../args/ensemble";
import { LifecycleSpec } from "./ensembleSpec";
import { Section } from "./section";

/** How long a server usually takes at most is the platform's: containers start faster than machines boot. */
export function resolveLifecycle(args: Section, usualServingTimeoutSeconds: number): LifecycleSpec {
    const lifecycle = args.section("lifecycle");
    const seconds = { min: 10, max: 86_400 };
    const servingTimeoutSeconds = lifecycle.integer("servingTimeoutSeconds", seconds) ?? usualServingTimeoutSeconds;
    const spec = {
        servingTimeoutSeconds,
        membershipTimeoutSeconds: lifecycle.integer("membershipTimeoutSeconds", seconds) ?? servingTimeoutSeconds,
        gates: lifecycle.oneOf("gates", Object.values(Gates)) !== Gates.Off,
        running: lifecycle.boolean("running") ?? true,
        acceptDataLoss: lifecycle.text("acceptDataLoss") ?? "",
        acceptRollback: lifecycle.text("acceptRollback") ?? "",
        restartTrigger: lifecycle.text("restartTrigger") ?? "",
        allowDowngrade: lifecycle.boolean("allowDowngrade") ?? false,
    };
    lifecycle.refuseUnknown();
    if (!spec.gates) {
        warnWithoutGates(lifecycle, spec);
    }
    return spec;
}

function warnWithoutGates(lifecycle: Section, spec: LifecycleSpec): void {
    lifecycle.warn(
        "gates",
        "is off: nobody looks whether the servers serve, so a change can cost the quorum, stopped and wiped servers are " +
            "not mended, and the membership cannot change. Change one server per up, and look yourself in between",
    );
    if (!spec.running) {
        lifecycle.fault("running", "false needs the gates, which stop the servers: set lifecycle.gates on");
    }
    if (spec.acceptDataLoss !== "") {
        lifecycle.fault("acceptDataLoss", "needs the gates, which see that all data is lost: set lifecycle.gates on");
    }
    if (spec.acceptRollback !== "") {
        lifecycle.fault(
            "acceptRollback",
            "needs the gates, which see that all data are copies: set lifecycle.gates on",
        );
    }
}

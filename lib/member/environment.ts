import { EnsembleSpec, ServerSpec } from "../model/ensembleSpec";
import { digestCommand } from "./digestCommand";
import { jvmFlags } from "./jvmFlags";
import { Places } from "./places";

/**
 * The member script's environment as far as it is the same on every platform and known before the machine is: see the
 * head of `member.sh`. The platform adds SERVER_SPEC and ZK_SERVER_HEAP. No other server is named here.
 */
export function memberEnvironment(spec: EnsembleSpec, server: ServerSpec, places: Places): Record<string, string> {
    return {
        ...sharedEnvironment(spec, places),
        CLIENT_SPEC: `0.0.0.0:${server.ports.client}`,
        REQUIRE_MOUNTS: "yes",
        SERVER_ID: String(server.id),
    };
}

/** What of it is the same for all servers, as far as their places are. */
export function sharedEnvironment(spec: EnsembleSpec, places: Places): Record<string, string> {
    const digest = digestCommand(spec);
    return {
        DATA_DIR: places.data,
        ...(digest !== undefined && { DIGEST_COMMAND: digest }),
        ENSEMBLE_FILES: places.files,
        ENSEMBLE_ID: spec.ensembleId,
        LOG_DIR: places.log,
        RUN_DIR: places.run,
        SERVER_JVMFLAGS: jvmFlags(spec, places).join(" "),
        ZOOKEEPER_USER: "zookeeper",
    };
}

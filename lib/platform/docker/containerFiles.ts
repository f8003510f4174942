import { jvmFlags } from "../../render/jvm";
import { logbackXml } from "../../render/logback";
import { memberScript } from "../../render/memberScript";
import { DATA_DIR, LOG_DIR, zooCfgTemplate } from "../../render/zooCfg";
import { DockerEnsembleSpec, ServerSpec } from "../../spec/ensembleSpec";

const folder = "/ensemble";
export const memberScriptPath = `${folder}/member.sh`;
export const runFolder = "/run/ensemble";

/** What a container needs besides the official image, uploaded before its first start. */
export function uploads(spec: DockerEnsembleSpec, server: ServerSpec): { file: string; content: string }[] {
    return [
        { file: `${folder}/logback.xml`, content: logbackXml() },
        { file: memberScriptPath, content: memberScript() },
        { file: `${folder}/zoo.cfg`, content: zooCfgTemplate(spec, server) },
    ];
}

/** The member script's contract, see the head of `lib/render/member.sh`. No other server is named here. */
export function environment(spec: DockerEnsembleSpec, server: ServerSpec): string[] {
    const { ports, address } = server;
    return [
        `CLIENT_SPEC=0.0.0.0:${ports.client}`,
        `DATA_DIR=${DATA_DIR}`,
        `ENSEMBLE_FILES=${folder}`,
        `ENSEMBLE_ID=${spec.ensembleId}`,
        `LOG_DIR=${LOG_DIR}`,
        "REQUIRE_MOUNTS=yes",
        `RUN_DIR=${runFolder}`,
        `SERVER_ID=${server.id}`,
        `SERVER_JVMFLAGS=${jvmFlags(spec).join(" ")}`,
        `SERVER_SPEC=${address}:${ports.peer}:${ports.election}`,
        `ZK_SERVER_HEAP=${spec.jvm.heapMiB}`,
        "ZOOKEEPER_USER=zookeeper",
    ].sort();
}

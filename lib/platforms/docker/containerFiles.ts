import { logbackXml } from "../../member/logging";
import { memberEnvironment } from "../../member/environment";
import { memberScript } from "../../member/script";
import { containerPlaces } from "../../member/places";
import { zooCfgTemplate } from "../../member/zooCfg";
import { ServerSpec } from "../../model/ensembleSpec";
import { DockerEnsembleSpec } from "./model/dockerSpec";

const folder = containerPlaces.files;
export const memberScriptPath = `${folder}/member.sh`;

/** What a container needs besides the official image, uploaded before its first start. */
export function uploads(spec: DockerEnsembleSpec, server: ServerSpec): { file: string; content: string }[] {
    return [
        { file: `${folder}/logback.xml`, content: logbackXml() },
        { file: memberScriptPath, content: memberScript() },
        { file: `${folder}/zoo.cfg`, content: zooCfgTemplate(spec, server) },
    ];
}

/** The member script's contract, see the head of `lib/member/scripts/member.sh`. No other server is named here. */
export function environment(spec: DockerEnsembleSpec, server: ServerSpec): string[] {
    const { ports, address } = server;
    const variables = {
        ...memberEnvironment(spec, server, containerPlaces),
        WANTED_VERSION: spec.version.text,
        SERVER_SPEC: `${address}:${ports.peer}:${ports.election}`,
        ZK_SERVER_HEAP: String(spec.jvm.heapMiB),
    };
    return Object.entries(variables)
        .map(([name, value]) => `${name}=${value}`)
        .sort();
}

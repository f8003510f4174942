import { logbackXml } from "../../render/logback";
import { memberEnvironment } from "../../render/memberEnvironment";
import { memberScript } from "../../render/memberScript";
import { containerPlaces } from "../../render/places";
import { zooCfgTemplate } from "../../render/zooCfg";
import { DockerEnsembleSpec, ServerSpec } from "../../spec/ensembleSpec";

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

/** The member script's contract, see the head of `lib/render/member.sh`. No other server is named here. */
export function environment(spec: DockerEnsembleSpec, server: ServerSpec): string[] {
    const { ports, address } = server;
    const variables = {
        ...memberEnvironment(spec, server, containerPlaces),
        SERVER_SPEC: `${address}:${ports.peer}:${ports.election}`,
        ZK_SERVER_HEAP: String(spec.jvm.heapMiB),
    };
    return Object.entries(variables)
        .map(([name, value]) => `${name}=${value}`)
        .sort();
}

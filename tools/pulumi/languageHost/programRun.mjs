// What the run of a program has in common in all languages.

import languagePb from "@pulumi/pulumi/proto/language_pb.js";
import { exitOf } from "./children.mjs";

// The code with which Pulumi's runners say that they have already told the user what is wrong.
const exitAlreadyExplained = 32;

/** Waits for a program's end, and gives the engine's word for it. */
export async function responseTo(program) {
    const { code, signal } = await exitOf(program);
    const response = new languagePb.RunResponse();
    if (signal) return response.setError(`program was ended by ${signal}`);
    if (code === exitAlreadyExplained) return response.setBail(true);
    return code === 0 ? response : response.setError(`program exited with non-zero exit code: ${code}`);
}

/** The environment variables by which a program reads its configuration. */
export function configuration(request) {
    return {
        PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toArray())),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    };
}

// SDKs of packages, written by Pulumi's own generators, which are built together with the CLI.

import { status } from "@grpc/grpc-js";
import languagePb from "@pulumi/pulumi/proto/language_pb.js";
import { output } from "./children.mjs";

export async function generatePackage(request, language) {
    const generator = process.env.PULUMI_SDKGEN;
    if (!generator) {
        const message = "cannot generate an SDK: PULUMI_SDKGEN does not name the generator built with the CLI";
        throw Object.assign(new Error(message), { code: status.UNIMPLEMENTED });
    }
    const { code, stdout, stderr } = await output(generator, [language], { input: request.serializeBinary() });
    if (code !== 0) throw new Error(`cannot generate the SDK: ${stderr.toString().trim()}`);
    return languagePb.GeneratePackageResponse.deserializeBinary(stdout);
}

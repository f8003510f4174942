import { gzip } from "pako";
import { stringify } from "yaml";
import { EnsembleError } from "../../../errors";
import { ServerSpec } from "../../../model/ensembleSpec";
import { AwsEnsembleSpec } from "../model/awsSpec";
import { machineFiles } from "./machineFiles";
import { answeringScript } from "./machinePlaces";
import { enabledUnits } from "./units";

/** EC2 takes no more, before base64. */
export const USER_DATA_LIMIT_BYTES = 16_384;

/**
 * What a machine is told at its first start, as `userDataBase64` takes it. Plain text all through: no Output, so that
 * previews are exact; no secret; no other server, so that growing replaces no machine; no volume's id, which the
 * machine reads from its tags. Without a server it is for a machine of all of them. Always compressed: the scripts
 * alone are larger than the limit. What a machine needs only to answer its deployer is not here, see `broughtFiles`:
 * text of this kind gets little smaller by any other compressor, 5 % by xz.
 */
export function userDataBase64(spec: AwsEnsembleSpec, server: ServerSpec | undefined): string {
    // By a library of plain JavaScript: another Node.js brings another zlib, other bytes, and so other machines.
    const compressed = gzip(cloudConfig(spec, server), { level: 9, memLevel: 9 });
    if (compressed.length > USER_DATA_LIMIT_BYTES) {
        const whose = server ? `server ${server.id}` : "the machine";
        throw EnsembleError.ofFaults(spec.name, [
            {
                path: "aws",
                message:
                    `the user data of ${whose} has ${compressed.length} bytes when compressed, ` +
                    `EC2 takes ${USER_DATA_LIMIT_BYTES}: shorten config.extra or jvm.flags`,
            },
        ]);
    }
    return Buffer.from(compressed).toString("base64");
}

/** The text before it is compressed: https://cloudinit.readthedocs.io, as version 22.2 and all later ones read it. */
export function cloudConfig(spec: AwsEnsembleSpec, server: ServerSpec | undefined): string {
    const document = {
        write_files: machineFiles(spec, server).map(({ path, mode, text }) => ({
            path,
            permissions: mode,
            content: text,
        })),
        // Not waited for: volumes may come later than this, and cloud-init would look hung.
        runcmd: [
            // An image that was taken of such a machine has what another deployer brought.
            ["rm", "-f", answeringScript],
            ["systemctl", "daemon-reload"],
            ["systemctl", "enable", "--now", "--no-block", ...enabledUnits(spec.aws)],
        ],
    };
    // As little indentation as YAML can do with: every line of every script has it.
    return `#cloud-config\n${stringify(document, { lineWidth: 0, indent: 1 }).replace(/^ /gm, "")}`;
}

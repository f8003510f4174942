import assert from "node:assert/strict";
import { ZookeeperEnsembleArgs } from "../../lib/args/ensemble";
import { EnsembleError } from "../../lib/errors";
import { EnsembleSpec } from "../../lib/model/ensembleSpec";
import { DockerSpec, isOnDocker } from "../../lib/platforms/docker/model/dockerSpec";
import { resolve } from "../../lib/platforms/resolve";

export const IDENTITY = { name: "coordination", project: "shop", stack: "dev" };

/** The specification of arguments that may be anything, as plain JavaScript and YAML hand them over. */
export function specOf(args: unknown): EnsembleSpec {
    return resolve(IDENTITY, args as ZookeeperEnsembleArgs);
}

/** The part of a specification that is Docker's. */
export function dockerPartOf(spec: EnsembleSpec): DockerSpec {
    assert.ok(isOnDocker(spec));
    return spec.docker;
}

/** The lines of faults that the arguments get; none when they are accepted. */
export function faultsOf(args: unknown, identity = IDENTITY): string[] {
    try {
        resolve(identity, args as ZookeeperEnsembleArgs);
        return [];
    } catch (error) {
        if (!(error instanceof EnsembleError)) {
            throw error;
        }
        const [head, ...lines] = error.message.split("\n");
        if (head !== `ZookeeperEnsemble ${JSON.stringify(identity.name)} cannot be made:`) {
            throw new Error(`unexpected first line: ${head}`);
        }
        return lines.map((line) => line.replace(/^ {2}/, ""));
    }
}

/** The arguments with a platform, for tests of everything else. */
export function onDocker(args: object): object {
    return { docker: {}, ...args };
}

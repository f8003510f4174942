// The Docker plugin built from its Go modules: upstream's provider behind Pulumi's bridge, as in the released one.

import path from "node:path";
import { fileURLToPath } from "node:url";
import { builtOnce } from "../shared/cache.mjs";
import { run } from "../shared/progress.mjs";
import { goBuild, needGo } from "./goBuild.mjs";
import { filesBelow, hashOf } from "./nodeTools.mjs";
import { dockerPluginVersion } from "./versions.mjs";

const dockerPluginModule = fileURLToPath(new URL("dockerPlugin", import.meta.url));
/** Without its "v", as schemas and plugins say it. */
const plainVersion = dockerPluginVersion.slice(1);

/** The executable, built when it has not been from just these sources. */
export async function builtDockerPlugin() {
    const sources = await hashOf(dockerPluginModule, await filesBelow(dockerPluginModule));
    const key = `${dockerPluginVersion}-${process.platform}-${process.arch}-${sources}`;
    const folder = await builtOnce("docker-plugin", key, build);
    return path.join(folder, "pulumi-resource-docker");
}

/** What the generator makes of the plugin's information; the plugin embeds it from a file of this repository. */
export async function generatedSchema() {
    const files = (await filesBelow(dockerPluginModule)).filter((file) => path.basename(file) !== "schema.json");
    const key = `${process.platform}-${process.arch}-${await hashOf(dockerPluginModule, files)}`;
    const folder = await builtOnce("docker-plugin-schemagen", key, (temporary) =>
        goBuild({
            title: "building the generator of the Docker plugin's schema (once, a few minutes)",
            folder: dockerPluginModule,
            target: "./schemagen",
            output: path.join(temporary, "schemagen"),
        }),
    );
    const { stdout } = await run(path.join(folder, "schemagen"), [plainVersion]);
    return stdout;
}

async function build(folder) {
    await needGo(`the Docker plugin ${dockerPluginVersion}`, "let ZOOKEEPER_ENSEMBLE_DOCKER_PLUGIN choose another one");
    await goBuild({
        title: `building the Docker plugin ${dockerPluginVersion} from its Go modules (once, about 4 minutes)`,
        folder: dockerPluginModule,
        target: ".",
        output: path.join(folder, "pulumi-resource-docker"),
        linkerFlags: `-X main.version=${plainVersion}`,
    });
}

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, DockerEndpoint } from "../../../../lib/platforms/docker/endpoint";
import { setVariables } from "../../../support/environment";

const nothingSaid: DockerEndpoint = {
    host: undefined,
    context: undefined,
    certPath: undefined,
    caMaterial: undefined,
    certMaterial: undefined,
    keyMaterial: undefined,
};

describe("the Docker engine that the lifecycle looks at", () => {
    let home = "";
    let restore = () => {};
    const engines: Server[] = [];

    beforeEach(async () => {
        home = await mkdtemp(join(tmpdir(), "endpoint-"));
        restore = setVariables({ HOME: home, DOCKER_HOST: "", DOCKER_CONTEXT: "", DOCKER_CERT_PATH: "" });
    });

    afterEach(async () => {
        restore();
        engines.splice(0).forEach((engine) => engine.close());
        await rm(home, { recursive: true, force: true });
    });

    it("is the provider's host, else that of DOCKER_HOST", async () => {
        const [own, other] = [await engine("own"), await engine("other")];
        process.env.DOCKER_HOST = other;
        assert.equal(await nameOf({ ...nothingSaid, host: own }), "own");
        assert.equal(await nameOf(nothingSaid), "other");
    });

    it("is that of a context before any host, as for the provider", async () => {
        const [contexts, other] = [await engine("of the context"), await engine("other")];
        await writeContext("elsewhere", contexts);
        process.env.DOCKER_HOST = other;
        assert.equal(await nameOf({ ...nothingSaid, host: other, context: "elsewhere" }), "of the context");
        process.env.DOCKER_CONTEXT = "elsewhere";
        assert.equal(await nameOf({ ...nothingSaid, host: other }), "of the context");
    });

    for (const context of ["unheard-of", "default"]) {
        it(`is none for the context "${context}", which the provider does not take either`, async () => {
            process.env.DOCKER_HOST = await engine("other");
            await assert.rejects(
                nameOf({ ...nothingSaid, context }),
                new RegExp(`the Docker context "${context}" cannot be read.*take one that \`docker context ls\` shows`),
            );
        });
    }

    /** An engine that answers with its name. */
    async function engine(name: string): Promise<string> {
        const socket = join(home, `${name.replaceAll(" ", "-")}.sock`);
        const server = createServer((request, response) => {
            response.end(request.url?.endsWith("/info") ? JSON.stringify({ Name: name }) : "OK");
        });
        engines.push(server);
        await new Promise<void>((resolve) => server.listen(socket, resolve));
        return `unix://${socket}`;
    }

    async function writeContext(name: string, host: string): Promise<void> {
        const folder = join(home, ".docker/contexts/meta", createHash("sha256").update(name).digest("hex"));
        await mkdir(folder, { recursive: true });
        await writeFile(
            join(folder, "meta.json"),
            JSON.stringify({ Name: name, Endpoints: { docker: { Host: host } } }),
        );
    }

    async function nameOf(endpoint: DockerEndpoint): Promise<string> {
        return ((await (await connect(endpoint)).info()) as { Name: string }).Name;
    }
});

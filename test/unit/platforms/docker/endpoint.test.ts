import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { AddressInfo } from "node:net";
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

    describe("by TLS", () => {
        let own: { cert: string; key: string };
        before(async () => {
            const folder = await mkdtemp(join(tmpdir(), "certificate-"));
            const files = ["-keyout", join(folder, "key.pem"), "-out", join(folder, "cert.pem")];
            const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2"];
            execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", ...files, ...subject], {
                stdio: "ignore",
            });
            const [cert, key] = ["cert.pem", "key.pem"].map((file) => readFileSync(join(folder, file), "utf8"));
            own = { cert: cert!, key: key! };
            await rm(folder, { recursive: true });
        });

        /** An engine that takes nobody without this certificate. */
        async function secureEngine(): Promise<string> {
            const server = createSecureServer(
                { ...own, ca: own.cert, requestCert: true, rejectUnauthorized: true },
                (request, response) => {
                    response.end(request.url?.endsWith("/info") ? JSON.stringify({ Name: "secure" }) : "OK");
                },
            );
            engines.push(server);
            await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
            return `tcp://localhost:${(server.address() as AddressInfo).port}`;
        }

        it("is reached with a certificate, with its CA or, as by the provider, without one", async () => {
            const host = await secureEngine();
            const given = { ...nothingSaid, host, certMaterial: own.cert, keyMaterial: own.key };
            assert.equal(await nameOf({ ...given, caMaterial: own.cert }), "secure");
            assert.equal(await nameOf(given), "secure");
        });

        it("is never asked in clear: with a certificate or https:// only TLS is spoken", async () => {
            let inClear = 0;
            const server = createServer((_, response) => response.end("OK"));
            server.on("request", () => inClear++);
            engines.push(server);
            await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
            const at = `localhost:${(server.address() as AddressInfo).port}`;
            const material = { certMaterial: own.cert, keyMaterial: own.key };
            await assert.rejects(nameOf({ ...nothingSaid, host: `tcp://${at}`, ...material }), /no Docker engine/);
            await assert.rejects(nameOf({ ...nothingSaid, host: `https://${at}` }), /no Docker engine/);
            assert.equal(inClear, 0);
        });

        it("half of a certificate is said, as the provider does not take it either", async () => {
            const host = await secureEngine();
            const missing = (text: string) => new RegExp(`no ${text}: the two belong together`);
            await assert.rejects(nameOf({ ...nothingSaid, host, certMaterial: own.cert }), missing("keyMaterial"));
            await assert.rejects(nameOf({ ...nothingSaid, host, keyMaterial: own.key }), missing("certMaterial"));
        });
    });

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

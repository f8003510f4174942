import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, Server } from "node:http";
import { AddressInfo, Socket } from "node:net";
import { mock } from "node:test";
import { Forbidden, NoAnswer } from "../../../../lib/lifecycle/answers";
import { connect, limited } from "../../../../lib/platforms/aws/connection";
import { Ec2Machines } from "../../../../lib/platforms/aws/ec2Machines";
import { setVariables } from "../../../support/environment";

/** An endpoint of AWS that accepts; what it answers, if anything, is the test's. */
describe("the deployer's way to AWS", () => {
    let endpoint: Server;
    let restore = () => {};
    const sockets: Socket[] = [];

    beforeEach(async () => {
        endpoint = createServer();
        endpoint.on("connection", (socket) => sockets.push(socket));
        endpoint.listen(0, "127.0.0.1");
        await once(endpoint, "listening");
        restore = setVariables({
            AWS_ENDPOINT_URL: `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}`,
            AWS_REGION: "eu-central-1",
            AWS_ACCESS_KEY_ID: "nobody",
            AWS_SECRET_ACCESS_KEY: "nothing",
        });
    });

    afterEach(async () => {
        mock.timers.reset();
        restore();
        sockets.splice(0);
        endpoint.closeAllConnections();
        await new Promise((closed) => endpoint.close(closed));
    });

    it("gives an attempt up that is not answered, and all of them together", async () => {
        const connection = await connect({});
        mock.timers.enable({ apis: ["setTimeout"] });
        const asked = once(endpoint, "request");
        const failures: unknown[] = [];
        const machines = new Ec2Machines(async () => connection, "e", 30, [1]);
        const look = machines.list().catch((error: unknown) => failures.push(error));
        await asked;
        const ended = once(sockets[0]!, "close");
        mock.timers.tick(20_000);
        await ended;
        assert.ok(failures.length === 0, "it is attempted again");
        mock.timers.tick(40_000);
        await look;
        const [failure] = failures;
        assert.ok(failure instanceof NoAnswer && /within 60 s/.test(failure.message), String(failure));
    });

    it("believes AWS that it may not", async () => {
        endpoint.on("request", (_, response) => {
            response.writeHead(403, { "content-type": "text/xml" });
            const error = "<Code>UnauthorizedOperation</Code><Message>You are not authorized</Message>";
            response.end(`<Response><Errors><Error>${error}</Error></Errors><RequestID>1</RequestID></Response>`);
        });
        await assert.rejects(
            new Ec2Machines(() => connect({}), "e", 30, [1]).list(),
            (error) => error instanceof Forbidden && /^UnauthorizedOperation: You are not/.test(error.message),
        );
    });
});

describe("a failure on the way to AWS", () => {
    const failing = (error: Partial<Error> & { $fault?: string }) =>
        limited(() => Promise.reject(Object.assign(new Error("failed"), error)));

    it("is an answer when AWS has given it: callers go by its name", async () => {
        const name = "InvalidInstanceID.NotFound";
        await assert.rejects(failing({ name, $fault: "client" }), { name });
    });

    it("is none when it comes from the connection, or a token has expired: the next may be there already", async () => {
        await assert.rejects(failing({ name: "TimeoutError" }), NoAnswer);
        const expired = failing({ name: "ExpiredToken", $fault: "client" });
        await assert.rejects(expired, (error) => !(error instanceof Forbidden));
    });
});

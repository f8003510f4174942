// `pulumi-language-nodejs`, `-python` and `-go` for networks where the official ones cannot be had. The first argument
// is the language. The engine gives its address as the last one, reads the port from the first line on stdout and calls
// the LanguageRuntime service there.

import { Server, ServerCredentials } from "@grpc/grpc-js";
import languageGrpc from "@pulumi/pulumi/proto/language_grpc_pb.js";
import { endAll } from "./children.mjs";
import { languageRuntime } from "./languageRuntime.mjs";

// Schemas and snapshots outgrow gRPC's 4 MiB.
const unlimited = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };

const server = new Server(unlimited);
server.addService(
    languageGrpc.LanguageRuntimeService,
    languageRuntime({ language: process.argv[2], engine: process.argv.at(-1) }),
);
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    process.stdout.write(`${port}\n`);
});

// The engine holds our stdin open as long as it lives: after a killed CLI its programs must not go on.
let ending = false;
async function endWithEngine() {
    if (ending) return;
    ending = true;
    await endAll();
    process.exit(0);
}
for (const event of ["end", "close", "error"]) process.stdin.on(event, endWithEngine);
process.stdin.resume();

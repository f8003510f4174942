// Stand-in for the Pulumi Docker plugin v5.2.0: networks, volumes, local images and containers over the Docker Engine
// API. The engine starts it with its own address as the last argument and reads the port from stdout.
import grpc from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { makeService } from "./service.mjs";

// gRPC allows 4 MB by default, less than one large upload; the engine's own limit is 400 MB.
const messageLimitBytes = 400 * 1024 * 1024;

const server = new grpc.Server({
    "grpc.max_receive_message_length": messageLimitBytes,
    "grpc.max_send_message_length": messageLimitBytes,
});
server.addService(services.ResourceProviderService, makeService());
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) {
        console.error(`the Docker plugin stand-in cannot listen on 127.0.0.1: ${error.message}`);
        process.exit(1);
    }
    process.stdout.write(`${port}\n`);
});

// The engine holds our stdin open as long as it lives: without this an orphan would outlast a killed CLI.
process.stdin.on("end", () => process.exit(0)).on("error", () => process.exit(0));
process.stdin.resume();

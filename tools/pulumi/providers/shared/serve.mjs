// A provider plugin as the engine starts it: with the engine's address as the last argument, the port on stdout.
import grpc from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { makeService } from "./service.mjs";

// gRPC allows 4 MB by default, less than one large upload; the engine's own limit is 400 MB.
const messageLimitBytes = 400 * 1024 * 1024;

export function serve(plugin) {
    const server = new grpc.Server({
        "grpc.max_receive_message_length": messageLimitBytes,
        "grpc.max_send_message_length": messageLimitBytes,
    });
    server.addService(services.ResourceProviderService, makeService(plugin));
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
        if (error) {
            console.error(`the ${plugin.title} plugin stand-in cannot listen on 127.0.0.1: ${error.message}`);
            process.exit(1);
        }
        process.stdout.write(`${port}\n`);
    });

    // The engine holds our stdin open as long as it lives: without this an orphan would outlast a killed CLI.
    process.stdin.on("end", () => process.exit(0)).on("error", () => process.exit(0));
    process.stdin.resume();
}

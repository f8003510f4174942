// Imports the library and makes an ensemble on Docker whose resources nobody makes.
import { createRequire } from "node:module";
import { performance } from "node:perf_hooks";
import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import { ZookeeperEnsemble } from "zookeeper-ensemble";

// The mocks of the SDK do not know hooks yet; whether they do is asked through `supportsFeature`.
Object.assign(MockMonitor.prototype, {
    registerResourceHook: (_: unknown, callback: (error: unknown, answer: object) => void) => callback(null, {}),
});

async function main(): Promise<void> {
    const mocks: pulumi.runtime.Mocks = {
        newResource: ({ name, inputs }) => ({ id: name, state: { ...inputs, imageId: "sha256:0" } }),
        call: () => ({}),
    };
    await pulumi.runtime.setMocks(mocks, "bench", "bench", true);
    const ensemble = new ZookeeperEnsemble("coordination", { docker: {} });
    const servers = await new Promise<number>((resolve) =>
        ensemble.servers.apply((outputs) => resolve(outputs.length)),
    );
    const milliseconds = performance.now() - performance.nodeTiming.bootstrapComplete;
    const modules = Object.keys(require.cache).length;
    console.log(JSON.stringify({ milliseconds, servers, modules, aws: traceOfAws() }));
}

/** Why the library needs the other platform's provider although nobody asked for it; empty when it does not. */
function traceOfAws(): string {
    const loaded = Object.keys(require.cache).find((file) => /[\\/]@pulumi[\\/]aws[\\/]/.test(file));
    if (loaded) {
        return `${loaded} is loaded`;
    }
    try {
        return `${createRequire(require.resolve("zookeeper-ensemble")).resolve("@pulumi/aws")} is installed`;
    } catch {
        return "";
    }
}

void main();

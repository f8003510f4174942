// All that the library loads for an ensemble on AWS, most of it not before the first one is made.
import { createRequire } from "node:module";
import { performance } from "node:perf_hooks";
import "zookeeper-ensemble";

const inside = createRequire(require.resolve("zookeeper-ensemble"));
inside("./platforms/aws/awsPlatform");
const { loadAwsProvider } = inside("./platforms/aws/provider") as { loadAwsProvider: () => object };
const resources = Object.keys(loadAwsProvider()).length;

const milliseconds = performance.now() - performance.nodeTiming.bootstrapComplete;
console.log(JSON.stringify({ milliseconds, resources }));

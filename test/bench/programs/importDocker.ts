// The least that any program with containers pays.
import { performance } from "node:perf_hooks";
import "@pulumi/docker";

console.log(JSON.stringify({ milliseconds: performance.now() - performance.nodeTiming.bootstrapComplete }));

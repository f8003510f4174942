// What a program pays that imports the package as most examples do.
import { performance } from "node:perf_hooks";
import { ec2 } from "@pulumi/aws";

// The package loads its parts when they are first touched.
const instance = typeof ec2.Instance;
console.log(JSON.stringify({ instance, milliseconds: performance.now() - performance.nodeTiming.bootstrapComplete }));

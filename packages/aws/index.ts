// The package zookeeper-ensemble as it is, with Pulumi's AWS provider installed beside it. In a program in another
// language the component runs in a process of its own, in this folder, where only what this package depends on can be
// found.
import { version } from "@pulumi/aws/package.json";
import { Provider } from "@pulumi/aws/provider";
import * as pulumi from "@pulumi/pulumi";

// A provider that the program hands over has its settings (region, profile) only when its package is known by then; the
// whole of @pulumi/aws would cost seconds at each start.
pulumi.runtime.registerResourcePackage("aws", {
    version,
    constructProvider: (name, _type, urn) => new Provider(name, undefined, { urn }),
});

export * from "zookeeper-ensemble";

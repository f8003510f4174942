import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const infrastructure = new pulumi.StackReference(config.require("infrastructure"));

/** What the programs of this project connect to. */
export const connectionString = infrastructure.requireOutput("flagsConnectionString");

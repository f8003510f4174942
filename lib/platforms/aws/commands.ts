import * as pulumi from "@pulumi/pulumi";
import { Context, ensembleTags } from "./context";
import { documentContent, documentName } from "./files/commandDocument";

/** The document by which the deployer asks the machines: without it nobody is asked, so the machines wait for it. */
export function makeCommands(context: Context, dependsOn: pulumi.Resource[]): pulumi.Resource {
    const { aws, owner, spec, inputs } = context;
    return new aws.Document(
        `${spec.name}-commands`,
        {
            name: documentName(spec.ensembleId),
            documentType: "Command",
            documentFormat: "JSON",
            targetType: "/AWS::EC2::Instance",
            content: documentContent(),
            region: inputs.region,
            tags: ensembleTags(context, "commands"),
        },
        { parent: owner, dependsOn, protect: false },
    );
}

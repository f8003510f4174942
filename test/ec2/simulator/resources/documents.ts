import { AwsError } from "../awsError";
import { Cloud } from "../cloud";
import { checkedDocument } from "../documents";
import { tagsOf } from "../tags";
import { CommandText, found, missing, Properties } from "../world";
import { required, requireSame, ResourceType } from "./resource";

/** Own documents of Systems Manager, of the type Command. */
export function documentType({ world }: Cloud): ResourceType {
    const outputs = ({ name, content, version, inputs, tags }: CommandText): Properties => ({
        arn: world.arn("ssm", `document/${name}`),
        content,
        defaultVersion: String(version),
        documentFormat: "JSON",
        documentType: "Command",
        documentVersion: String(version),
        latestVersion: String(version),
        name,
        schemaVersion: "2.2",
        status: "Active",
        tagsAll: tags,
        targetType: inputs.targetType,
    });
    return {
        properties: ["name", "content", "documentType", "documentFormat", "targetType"],
        async create(inputs) {
            const name = required(inputs, "name");
            if (
                !/^[\w.-]{3,128}$/.test(name) ||
                /^(aws|amazon|amzn|AWSEC2|AWSConfigRemediation|AWSSupport)/i.test(name)
            ) {
                throw new AwsError("ValidationException", `${name} is not a name of a document of one's own`);
            }
            if (world.documents.has(name)) {
                throw new AwsError("DocumentAlreadyExists", `Document with name ${name} already exists.`);
            }
            const content = contentOf(inputs);
            const document = { name, content, version: 1, inputs, tags: tagsOf(inputs) };
            world.documents.set(name, document);
            return { id: name, outputs: outputs(document) };
        },
        async read(id) {
            const document = world.documents.get(id);
            return document && outputs(document);
        },
        async update(id, inputs, olds) {
            requireSame(inputs, olds, ["name", "documentType"]);
            const document = found(world.documents, id, ...missing.document);
            const content = contentOf(inputs);
            const version = document.version + (content === document.content ? 0 : 1);
            Object.assign(document, { content, version, inputs, tags: tagsOf(inputs) });
            return outputs(document);
        },
        async remove(id) {
            return world.documents.delete(id);
        },
    };
}

function contentOf(inputs: Properties): string {
    if (inputs.documentType !== "Command" || inputs.documentFormat !== "JSON") {
        throw new AwsError("ValidationException", "documents of the type Command in JSON are simulated");
    }
    const content = required(inputs, "content");
    checkedDocument(content);
    return content;
}

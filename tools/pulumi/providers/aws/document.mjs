// aws:ssm/document:Document
import { computed, list, map, replace, required, string } from "../shared/schema.mjs";
import { awsResource, regional, tagged } from "./resource.mjs";

const output = { output: true };

export const document = awsResource({
    token: "aws:ssm/document:Document",
    autonamed: true,
    properties: {
        ...regional,
        ...tagged,
        content: string(required),
        documentFormat: string({ default: "JSON", pattern: /^(JSON|TEXT|YAML)$/ }),
        documentType: string({ ...required, ...replace, pattern: /^(Command|Automation|Policy|Session|Package)$/ }),
        name: string({ ...replace, ...computed, pattern: /^[\w.-]{3,128}$/ }),
        targetType: string({ pattern: /^\/[\w.:/-]*$/ }),
        versionName: string({ pattern: /^[\w.-]{1,128}$/ }),
        arn: string(output),
        createdDate: string(output),
        defaultVersion: string(output),
        description: string(output),
        documentVersion: string(output),
        hash: string(output),
        hashType: string(output),
        latestVersion: string(output),
        owner: string(output),
        parameters: list(map(), output),
        platformTypes: list(string(), output),
        schemaVersion: string(output),
        status: string(output),
    },
    words: {
        what: "SSM Document",
        service: "SSM",
        calls: {
            create: "CreateDocument",
            read: "DescribeDocument",
            update: "UpdateDocument",
            delete: "DeleteDocument",
        },
    },
});

import { ssmOperation } from "../../support/awsExchanges";
import { AwsError, unsupported } from "./awsError";
import { Request, Response } from "./httpServer";
import { parameterValue } from "./invokes";
import { RunCommand, SendCommand } from "./runCommand";
import { newUuid } from "./world";

interface Body {
    readonly CommandId?: string;
    readonly InstanceId?: string;
    readonly Names?: readonly string[];
    readonly Filters?: readonly { readonly Key: string; readonly Values: readonly string[] }[];
    readonly [key: string]: unknown;
}

/** Parameters of an operation that are understood. */
const operations: Readonly<Record<string, readonly string[]>> = {
    SendCommand: ["DocumentName", "InstanceIds", "Parameters", "TimeoutSeconds", "Comment"],
    GetCommandInvocation: ["CommandId", "InstanceId", "PluginName"],
    DescribeInstanceInformation: ["Filters", "MaxResults", "NextToken"],
    GetParameter: ["Name", "WithDecryption"],
    GetParameters: ["Names", "WithDecryption"],
};

/** Systems Manager as the AWS SDK speaks to it: JSON 1.1. */
export function ssmApi(runCommand: RunCommand, isThrottled: () => boolean): (request: Request) => Promise<Response> {
    return async ({ headers, body }) => {
        try {
            const operation = ssmOperation(headers);
            if (isThrottled()) {
                throw new AwsError("ThrottlingException", "Rate exceeded");
            }
            const answer = await perform(runCommand, operation, JSON.parse(body) as Body);
            return { status: 200, type: "application/x-amz-json-1.1", body: JSON.stringify(answer) };
        } catch (error) {
            return refusal(error as Error);
        }
    };
}

async function perform(runCommand: RunCommand, operation: string, body: Body): Promise<unknown> {
    const known = operations[operation];
    const other = known ? Object.keys(body).find((key) => !known.includes(key)) : operation;
    if (!known || other !== undefined) {
        throw unsupported(`${other} of Systems Manager`);
    }
    switch (operation) {
        case "SendCommand":
            return {
                Command: {
                    CommandId: await runCommand.send(body as SendCommand),
                    Status: "Pending",
                    StatusDetails: "Pending",
                },
            };
        case "GetCommandInvocation":
            return runCommand.invocation(String(body.CommandId), String(body.InstanceId));
        case "DescribeInstanceInformation":
            return { InstanceInformationList: filtered(await runCommand.information(), body) };
        case "GetParameter":
            return { Parameter: parameter(String(body.Name)) };
        default:
            return parameters(body.Names ?? []);
    }
}

function filtered(list: Record<string, unknown>[], { Filters = [] }: Body): Record<string, unknown>[] {
    const properties: Readonly<Record<string, string>> = { InstanceIds: "InstanceId", PingStatus: "PingStatus" };
    return list.filter((one) =>
        Filters.every(({ Key, Values }) => {
            const property = properties[Key];
            if (!property) {
                throw unsupported(`the filter ${Key} of DescribeInstanceInformation`);
            }
            return Values.includes(String(one[property]));
        }),
    );
}

function parameter(name: string) {
    return { Name: name, Type: "String", Value: parameterValue(name), Version: 1 };
}

function parameters(names: readonly string[]) {
    const isKnown = (name: string) => {
        try {
            return parameterValue(name) !== "";
        } catch {
            return false;
        }
    };
    return {
        Parameters: names.filter(isKnown).map(parameter),
        InvalidParameters: names.filter((name) => !isKnown(name)),
    };
}

function refusal(error: Error): Response {
    const isAwsError = error instanceof AwsError;
    const type = isAwsError ? error.code : "InternalServerError";
    const body = { __type: type, message: isAwsError ? error.message : error.stack, requestId: newUuid() };
    return { status: isAwsError ? 400 : 500, type: "application/x-amz-json-1.1", body: JSON.stringify(body) };
}

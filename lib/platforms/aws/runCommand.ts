import { setTimeout as pause } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import type { GetCommandInvocationCommandOutput, SSMClient } from "@aws-sdk/client-ssm";
import { NoAnswer } from "../../lifecycle/answers";
import { systemClock } from "../../lifecycle/clock";
import { CommandResult } from "../../lifecycle/machines";
import { compressedMark, keptChars, parametersOf, Question } from "./files/commandDocument";

/** The least that Systems Manager takes: a command that was not delivered by then never runs. */
const deliverySeconds = 30;
/** Machines that one call may name. */
const mostMachines = 50;
const togetherMs = 20;
const firstPauseMs = 150;
const longestPauseMs = 1500;
const unfinished = ["Pending", "InProgress", "Delayed", "Cancelling"];

/** The way to an ensemble's machines. */
export interface Asking {
    readonly ssm: SSMClient;
    /** Name of the ensemble's document. */
    readonly document: string;
}

/**
 * Asks a machine by Systems Manager's Run Command, and waits for the answer. Rejects when the question does not get
 * there or is not answered in time.
 */
export async function ask(
    asking: Asking,
    instanceId: string,
    question: Question,
    limitSeconds: number,
): Promise<CommandResult> {
    const commandId = await send(asking, [instanceId], question, limitSeconds);
    return answer(asking.ssm, instanceId, commandId, deliverySeconds + limitSeconds);
}

/**
 * As `ask`, for one question that is asked of many machines at the same time: those that are asked within a
 * moment are asked by one call, because AWS counts the calls. Nobody waits for a machine that is slow to be reached.
 */
export function sharedQuestion(
    asking: Asking,
    question: Question,
    limitSeconds: number,
): (instanceId: string) => Promise<CommandResult> {
    let waiting: { ids: Set<string>; sent: Promise<string | undefined> } | undefined;
    const collect = async (ids: Set<string>): Promise<string | undefined> => {
        await pause(togetherMs);
        waiting = undefined;
        // One machine that Systems Manager does not know spoils the call for all: then each is asked on its own.
        return ids.size === 1 ? undefined : send(asking, [...ids], question, limitSeconds).catch(() => undefined);
    };
    return async (instanceId) => {
        if (!waiting || waiting.ids.size >= mostMachines || waiting.ids.has(instanceId)) {
            const ids = new Set<string>();
            waiting = { ids, sent: collect(ids) };
        }
        waiting.ids.add(instanceId);
        const commandId = await waiting.sent;
        return commandId === undefined
            ? ask(asking, instanceId, question, limitSeconds)
            : answer(asking.ssm, instanceId, commandId, limitSeconds);
    };
}

async function send(
    { ssm, document }: Asking,
    InstanceIds: string[],
    question: Question,
    limitSeconds: number,
): Promise<string> {
    const { SendCommandCommand } = await import("@aws-sdk/client-ssm");
    const sent = ssm.send(
        new SendCommandCommand({
            InstanceIds,
            DocumentName: document,
            TimeoutSeconds: deliverySeconds,
            Parameters: parametersOf(question, limitSeconds),
        }),
    );
    const { Command } = await sent.catch((error: Error) => explain(error, document));
    return Command!.CommandId!;
}

async function answer(
    ssm: SSMClient,
    instanceId: string,
    commandId: string,
    limitSeconds: number,
): Promise<CommandResult> {
    const end = systemClock.nowMs() + limitSeconds * 1000;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.4, longestPauseMs)) {
        await pause(pauseMs);
        const invocation = await invocationOf(ssm, instanceId, commandId);
        if (invocation && !unfinished.includes(invocation.Status ?? "Pending")) {
            return resultOf(invocation);
        }
        if (systemClock.nowMs() > end) {
            const state = invocation?.StatusDetails ?? "unknown to Systems Manager";
            throw new NoAnswer(`a command is ${state} after ${limitSeconds} s`);
        }
    }
}

function explain(error: Error, document: string): never {
    if (error.name === "InvalidDocument") {
        throw new NoAnswer(
            `the document ${document} of Systems Manager, by which machines are asked, is not there: \`pulumi up ` +
                `--refresh\` of a program that changes nothing else makes it anew`,
        );
    }
    if (error.name === "InvalidInstanceId") {
        throw new NoAnswer(
            "Systems Manager does not know it: its agent has not come up yet, or cannot reach Systems Manager",
        );
    }
    throw error;
}

/** Right after the sending an invocation does not exist yet. */
async function invocationOf(
    ssm: SSMClient,
    InstanceId: string,
    CommandId: string,
): Promise<GetCommandInvocationCommandOutput | undefined> {
    const { GetCommandInvocationCommand } = await import("@aws-sdk/client-ssm");
    try {
        return await ssm.send(new GetCommandInvocationCommand({ InstanceId, CommandId }));
    } catch (error) {
        if ((error as Error).name === "InvocationDoesNotExist") {
            return undefined;
        }
        throw error;
    }
}

function resultOf(invocation: GetCommandInvocationCommandOutput): CommandResult {
    const { Status, StatusDetails, ResponseCode, StandardOutputContent = "", StandardErrorContent = "" } = invocation;
    if (Status !== "Success" && !(Status === "Failed" && ResponseCode !== undefined && ResponseCode >= 0)) {
        throw new NoAnswer(`a command ended as ${StatusDetails || Status}: ${StandardErrorContent.trim()}`.trim());
    }
    return { exitCode: ResponseCode ?? 1, output: outputOf(StandardOutputContent) };
}

function outputOf(text: string): string {
    if (!text.startsWith(compressedMark)) {
        return text;
    }
    if (text.length >= keptChars) {
        throw new Error(
            `a command's answer is longer than the ${keptChars} characters that Systems Manager keeps: ask for less ` +
                `(--lines)`,
        );
    }
    return gunzipSync(Buffer.from(text.slice(compressedMark.length), "base64")).toString("utf8");
}

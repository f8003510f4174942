import type Docker from "dockerode";
import { Forbidden, NoAnswer, within } from "../../lifecycle/answers";

/** For what an engine answers at once when it is well. */
export const engineLimitSeconds = 20;

/**
 * For one container: its answer is waited for by every look, and by each renewal of the lease, which the servers forget
 * after 20 s.
 */
export const inspectLimitSeconds = 10;

/** How long an engine may take to start a container, and to end one after its grace period. */
export const powerLimitSeconds = 60;

/** One call of the engine, within a limit. dockerode takes the signal among the call's own options. */
export async function ask<T>(
    what: string,
    call: (abortSignal: AbortSignal) => Promise<T>,
    limitSeconds = engineLimitSeconds,
): Promise<T> {
    try {
        return await within(limitSeconds, what, call);
    } catch (error) {
        throw understood(error as { message: string; statusCode?: number; code?: string });
    }
}

/**
 * Who has no rights learns it from the engine (from a plugin that grants them, or a proxy before it) or from the
 * engine's socket. Whatever else comes without a status is no answer: the connection failed.
 */
function understood(error: { message: string; statusCode?: number; code?: string }): unknown {
    const { message, statusCode, code } = error;
    if (statusCode === 401 || statusCode === 403 || code === "EACCES" || code === "EPERM") {
        return new Forbidden(message, { cause: error });
    }
    return statusCode === undefined && !(error instanceof NoAnswer) ? new NoAnswer(message, { cause: error }) : error;
}

/** Whether it is on this host, as far as the way to it tells: then what this host knows holds for the engine, too. */
export function isLocal({ modem }: Docker): boolean {
    return "socketPath" in modem && modem.socketPath !== undefined;
}

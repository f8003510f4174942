/** Nothing was heard within the limit: what was asked for may have been done, or may be done later. */
export class NoAnswer extends Error {}

/** The platform answers that this deployer may not: asking again is of no use. Silence is never taken for it. */
export class Forbidden extends Error {}

/**
 * The answer of a platform, which may never come: a container whose lock is held, a frozen daemon and a connection
 * through a firewall that forgot it end nothing by themselves, and an `up` would wait for ever. The call gets a signal
 * and ends itself where it can; where it cannot, as while SSH connects, it is left alone.
 */
export async function within<T>(
    seconds: number,
    what: string,
    call: (abortSignal: AbortSignal) => Promise<T>,
): Promise<T> {
    const limit = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => {
            // Before the call rejects by its own signal, which says less.
            reject(new NoAnswer(`${what}: no answer within ${seconds} s`));
            limit.abort();
        }, seconds * 1000);
    });
    try {
        return await Promise.race([late, call(limit.signal)]);
    } finally {
        clearTimeout(timer);
    }
}

// Pulling an image, with a limit on silence: a network that swallows packets must not hold the caller for minutes.

const silenceLimitMs = 20_000;

/** Throws when the image did not come; `error.isFinal` says that no other network would have brought it either. */
export async function pull(docker, reference) {
    const silence = new AbortController();
    const timer = setTimeout(() => silence.abort(), silenceLimitMs);
    try {
        const stream = await docker.pull(reference, { abortSignal: silence.signal });
        await followed(docker, stream, () => timer.refresh());
    } catch (error) {
        if (silence.signal.aborted) throw new Error(`nothing came for ${silenceLimitMs / 1000} s`, { cause: error });
        if (!/manifest .*(unknown|not found)/i.test(error.message)) throw error;
        const unknown = new Error(`image ${reference} does not exist: name a version that was released`, {
            cause: error,
        });
        throw Object.assign(unknown, { isFinal: true });
    } finally {
        clearTimeout(timer);
    }
}

/** Waits for the end of a stream of the engine's progress messages; an error message in it becomes an error. */
export function followed(docker, stream, onMessage = () => {}) {
    return new Promise((resolve, reject) => {
        docker.modem.followProgress(
            stream,
            (error, messages) => {
                const failure = error ?? messages.find((message) => message.error);
                if (failure) reject(new Error(failure.message ?? failure.error));
                else resolve(messages);
            },
            onMessage,
        );
    });
}

/**
 * Runs an action once at a time per subject: who asks while it runs gets the running one's result. Several gates of
 * one ensemble look at the same time, and each would act on what it sees.
 */
export function singleFlight<S extends object, A extends unknown[], T>(
    action: (subject: S, ...args: A) => Promise<T>,
): (subject: S, ...args: A) => Promise<T> {
    const running = new WeakMap<S, Promise<T>>();
    return (subject, ...args) => {
        const current = running.get(subject);
        if (current) {
            return current;
        }
        const started = action(subject, ...args).finally(() => running.delete(subject));
        running.set(subject, started);
        return started;
    };
}

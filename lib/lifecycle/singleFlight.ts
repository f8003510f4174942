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

/**
 * Runs an action once at a time per subject; who asks while it runs shares the next run with all others who do. So what
 * one gets is never older than one's question, and many who look at the same time cost little more than one.
 */
export function sharedFlight<S extends object, T>(action: (subject: S) => Promise<T>): (subject: S) => Promise<T> {
    const running = new WeakMap<S, Promise<T>>();
    const next = new WeakMap<S, Promise<T>>();
    const start = (subject: S): Promise<T> => {
        const started = action(subject).finally(() => running.delete(subject));
        running.set(subject, started);
        return started;
    };
    return (subject) => {
        const current = running.get(subject);
        if (!current) {
            return start(subject);
        }
        const afterwards = () => {
            next.delete(subject);
            return start(subject);
        };
        const following = next.get(subject) ?? current.then(afterwards, afterwards);
        next.set(subject, following);
        return following;
    };
}

/**
 * Runs an action once at a time; who asks while it runs shares the next run with all others who do. So what one gets is
 * never older than one's question, and many who look at the same time cost little more than one.
 */
export function sharedFlight<T>(action: () => Promise<T>): () => Promise<T> {
    let running: Promise<T> | undefined;
    let next: Promise<T> | undefined;
    const start = (): Promise<T> => {
        running = action().finally(() => (running = undefined));
        return running;
    };
    return () => {
        if (!running) {
            return start();
        }
        const afterwards = () => {
            next = undefined;
            return start();
        };
        next ??= running.then(afterwards, afterwards);
        return next;
    };
}

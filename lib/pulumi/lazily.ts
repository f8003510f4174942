/**
 * Made when it is first asked for; a preview never asks for what only the running ensemble can tell. What could not be
 * made is made anew for the next who asks: an engine that did not answer once may answer a moment later.
 */
export function lazily<T>(make: () => Promise<T>): () => Promise<T> {
    let made: Promise<T> | undefined;
    return () => {
        if (!made) {
            const making = make();
            made = making;
            making.catch(() => (made = undefined));
        }
        return made;
    };
}

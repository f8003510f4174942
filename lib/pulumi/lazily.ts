/** Made when it is first asked for, and once; a preview never asks for what only the running ensemble can tell. */
export function lazily<T>(make: () => Promise<T>): () => Promise<T> {
    let made: Promise<T> | undefined;
    return () => (made ??= make());
}

import { StackUnderTest } from "./stackUnderTest";

/** One stack for all tests of a `describe`: made before the first, and everything of it removed after the last. */
export const sharedStack = (): (() => StackUnderTest) => shared((action) => StackUnderTest.use(action));

/** What `use` makes, for all tests of a `describe`. */
export function shared<T>(use: (action: (made: T) => Promise<void>) => Promise<void>): () => T {
    let shared: T | undefined;
    let finish = () => {};
    let used: Promise<void> | undefined;
    before(
        () =>
            new Promise<void>((resolve, reject) => {
                used = use(async (made) => {
                    shared = made;
                    resolve();
                    await new Promise<void>((end) => (finish = end));
                });
                used.catch(reject);
            }),
    );
    after(async () => {
        finish();
        await used;
    });
    return () => shared!;
}

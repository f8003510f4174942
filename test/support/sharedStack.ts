import { StackUnderTest } from "./stackUnderTest";

/** One stack for all tests of a `describe`: made before the first, and everything of it removed after the last. */
export function sharedStack(): () => StackUnderTest {
    let stack: StackUnderTest | undefined;
    let finish = () => {};
    let used: Promise<void> | undefined;
    before(
        () =>
            new Promise<void>((resolve, reject) => {
                used = StackUnderTest.use(async (made) => {
                    stack = made;
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
    return () => stack!;
}

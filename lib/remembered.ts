/**
 * A reading of texts that come again and again: each is read once, while at most so many others have been read since.
 * What cannot be read throws each time.
 */
export function remembered<Value>(read: (text: string) => Value, atMost: number): (text: string) => Value {
    const known = new Map<string, Value>();
    return (text) => {
        const before = known.get(text);
        if (before !== undefined) {
            return before;
        }
        const value = read(text);
        if (known.size >= atMost) {
            // The one that was read first.
            known.delete(known.keys().next().value!);
        }
        known.set(text, value);
        return value;
    };
}

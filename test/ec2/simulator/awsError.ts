/** An answer of AWS that is an error, in its own words: a code that programs look at, a message for people. */
export class AwsError extends Error {
    constructor(
        readonly code: string,
        message: string,
        readonly status: 400 | 404 | 409 = 400,
    ) {
        super(message);
        this.name = code;
    }
}

/** For what AWS can and the simulator cannot: it refuses rather than guesses. */
export function unsupported(what: string): AwsError {
    return new AwsError("UnsupportedBySimulator", `the simulator does not know ${what}: teach it, or leave it out`);
}

import { join, resolve } from "node:path";

const root = resolve(__dirname, "../..");

/**
 * What users get: the compiled library. `npm test` and `npm run chaos` compile it anew whenever a source has changed. A
 * program loads it in less than half of the CPU time that the sources take.
 */
export const builtLibrary = join(root, "dist");

/** The package's own command, for Node. */
export const builtCommand = join(builtLibrary, "cli/main.js");

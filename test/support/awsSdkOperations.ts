import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const source = join(__dirname, "../../lib/platforms/aws");

/** `service:Operation` of every command that the sources make, by the module that it is imported from. */
export function sdkOperations(): string[] {
    const calls = new Set<string>();
    const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
    for (const file of files) {
        const code = readFileSync(join(source, file), "utf8");
        for (const [, names, service] of code.matchAll(
            /const \{([^}]*)\} = await import\("@aws-sdk\/client-(\w+)"\)/g,
        )) {
            for (const name of names!.split(",").map((each) => each.trim())) {
                const call = /^(?:paginate(\w+)|(\w+)Command)$/.exec(name);
                if (call) {
                    calls.add(`${service}:${call[1] ?? call[2]}`);
                }
            }
        }
        const made = [...code.matchAll(/new (\w+)Command\(/g)].map(([, call]) => call!);
        for (const call of made) {
            assert.ok(
                [...calls].some((known) => known.endsWith(`:${call}`)),
                `${file} makes ${call} from a module that this does not see`,
            );
        }
    }
    return [...calls];
}

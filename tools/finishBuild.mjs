// The second half of `npm run build`: what lib/ holds beside TypeScript (scripts, templates) is read at run time from
// dist/, and what sources that are gone left there goes, too: it would be packed and shipped.

import { cp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const at = (folder) => fileURLToPath(new URL(`../${folder}`, import.meta.url));

await cp(at("lib"), at("dist"), { recursive: true, filter: (source) => !source.endsWith(".ts") });

const wanted = new Set((await readdir(at("lib"), { recursive: true })).flatMap(builtFrom));
const stale = (await readdir(at("dist"), { recursive: true })).filter((file) => !wanted.has(file));
await Promise.all(stale.map((file) => rm(join(at("dist"), file), { recursive: true, force: true })));

/** What the compiler makes of a source; anything else is copied as it is. */
function builtFrom(source) {
    const kinds = source.endsWith(".ts") ? [".js", ".js.map", ".d.ts"] : [".ts"];
    return kinds.map((kind) => source.replace(/\.ts$/, kind));
}

// The second half of `npm run build`: what lib/ holds beside TypeScript (scripts, templates) is read at run time from
// dist/, what sources that are gone left there goes, too: it would be packed and shipped, and the declarations of the
// arguments get as wide as Pulumi's own.

import { cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { widened } from "./declarations.mjs";

const at = (folder) => fileURLToPath(new URL(`../${folder}`, import.meta.url));

await cp(at("lib"), at("dist"), { recursive: true, filter: (source) => !source.endsWith(".ts") });

const wanted = new Set((await readdir(at("lib"), { recursive: true })).flatMap(builtFrom));
const stale = (await readdir(at("dist"), { recursive: true })).filter((file) => !wanted.has(file));
await Promise.all(stale.map((file) => rm(join(at("dist"), file), { recursive: true, force: true })));

for (const file of (await readdir(at("dist/args"))).filter((name) => name.endsWith(".d.ts"))) {
    const path = join(at("dist/args"), file);
    await writeFile(path, widened(await readFile(path, "utf8")));
}

/** What the compiler makes of a source; anything else is copied as it is. */
function builtFrom(source) {
    const kinds = source.endsWith(".ts") ? [".js", ".js.map", ".d.ts"] : [".ts"];
    return kinds.map((kind) => source.replace(/\.ts$/, kind));
}

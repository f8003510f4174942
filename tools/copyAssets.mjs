// The second half of `npm run build`: what lib/ holds beside TypeScript (scripts, templates) is read at run time from
// dist/.

import { cp } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const root = new URL("../", import.meta.url);
const at = (folder) => fileURLToPath(new URL(folder, root));

await cp(at("lib"), at("dist"), { recursive: true, filter: (source) => !source.endsWith(".ts") });

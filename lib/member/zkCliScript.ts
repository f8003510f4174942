import { readFileSync } from "node:fs";
import { join } from "node:path";
import { strip } from "./script";

/** What runs ZooKeeper's own client beside a server: `zkCli.sh` beside this file, also after a build. */
export function zkCliScript(): string {
    return strip(readFileSync(join(__dirname, "zkCli.sh"), "utf8"));
}

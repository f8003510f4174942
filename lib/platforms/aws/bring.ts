import { gzipSync } from "node:zlib";
import { broughtFiles, MachineFile } from "./files/machineFiles";

/** What `zk-member` ends with while nothing was brought. */
export const notBrought = 76;

/**
 * A command line that writes the brought files, for /bin/sh as root. Each is there wholly or not at all, also when
 * several deployers bring it at the same time or the machine loses its power; `zk-member` asks for the last one.
 */
export function bringCommand(files: readonly MachineFile[] = broughtFiles()): string {
    return files.map(writing).join(" && ");
}

function writing({ path, mode, text }: MachineFile): string {
    const packed = gzipSync(text, { level: 9 }).toString("base64");
    const steps = [
        `printf %s ${packed} | base64 -d | gzip -d >"$new"`,
        `chmod ${mode} "$new"`,
        `sync "$new"`,
        `mv -f "$new" ${path}`,
    ];
    // Asked again and again, on a full disk, too: nothing may be left by a try.
    return `new=$(mktemp ${path}.XXXXXXXX) && { ${steps.join(" && ")} || { rm -f "$new"; false; }; }`;
}

import { Section } from "./section";
import { show } from "./faults";

/** The path that clients see as their root, `""` for none. */
export function resolveChroot(args: Section): string {
    const chroot = args.text("chroot") ?? "";
    const fault = chroot === "" ? undefined : faultOf(chroot);
    if (fault !== undefined) {
        args.fault("chroot", `${show(chroot)} ${fault}`);
        return "";
    }
    return chroot;
}

function faultOf(chroot: string): string | undefined {
    if (chroot === "/") {
        return "is what clients see anyway: leave it out";
    }
    if (!chroot.startsWith("/")) {
        return `does not start with a slash, as every path does: write "/${chroot}"`;
    }
    if (chroot.endsWith("/")) {
        return `ends with a slash, which ZooKeeper refuses: write ${show(chroot.replace(/\/+$/, "") || "/my-app")}`;
    }
    const parts = chroot.slice(1).split("/");
    if (parts.includes("")) {
        return "has an empty part between two slashes, which ZooKeeper refuses: write one slash";
    }
    if (parts.includes(".") || parts.includes("..")) {
        return "has a part . or .., which ZooKeeper refuses: write the path without it";
    }
    if (parts[0] === "zookeeper") {
        return "lies in /zookeeper, which is ZooKeeper's own: take another path";
    }
    // Beside what ZooKeeper refuses: commas and blanks, at which clients and zkCli.sh split, and its quotes and
    // escapes.
    if (/[\s,"'\\]|[\ud800-\uf8ff\ufff0-\uffff]/.test(chroot)) {
        return "has a blank, comma, quote, backslash or special character, at which clients would split it: leave those out";
    }
    return undefined;
}

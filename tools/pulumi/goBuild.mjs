// Builds programs from Go modules: exactly what their go.sum says, sooner rather than faster, and with a word on how
// far it is.

import { run, step } from "../shared/progress.mjs";
import { onPath } from "./executables.mjs";

// Without the optimiser compiling takes two thirds of the time, and a preview is as fast, since it mostly waits; the
// standard library keeps it, or a preview would take a tenth longer. The last pattern that fits wins.
const compilerFlags = ["-gcflags", "all=-N -l", "-gcflags", "std="];

/** The arguments of `go build` that name neither the program nor its output; no symbols: a third less to write. */
export function buildFlags(linkerFlags = "") {
    return ["-mod=readonly", "-trimpath", ...compilerFlags, "-ldflags", `-s -w ${linkerFlags}`.trim()];
}

/**
 * Of the checkout's state and of a workspace that the user may have around it nothing gets in. A compiler that collects
 * its garbage more seldom takes a tenth less time, and some more memory.
 */
export const goVariables = { GOFLAGS: "-buildvcs=false", GOWORK: "off", GOGC: "400" };

/** Throws where there is no Go; `what` is what cannot be had, and `otherwise` another way to it. */
export async function needGo(what, otherwise) {
    if (await onPath("go")) return;
    throw new Error(
        `cannot get ${what}, and building it needs Go, which is missing: install Go 1.25 or newer, or ${otherwise}`,
    );
}

/** Builds the package `target`, as seen from the module in `folder`, to the file `output`. */
export function goBuild({ title, folder, target, output, linkerFlags }) {
    return step(title, async (tell) => {
        const options = { cwd: folder, env: { ...process.env, ...goVariables } };
        const flags = buildFlags(linkerFlags);
        const total = await packagesToCompile(target, flags, options, tell);
        let compiled = 0;
        const tellCompiled = () => tell(compiled < total ? `package ${compiled} of ${total}` : "linking");
        tellCompiled();
        const onErrorLine = (line) => {
            // With -v it prints each package when it begins to compile it.
            if (line.startsWith("go: ") || line.includes(" ")) return;
            compiled += 1;
            tellCompiled();
        };
        await run("go", ["build", "-v", ...flags, "-o", output, target], { ...options, onErrorLine });
    });
}

/** Loads the modules that are missing, too. */
async function packagesToCompile(target, flags, options, tell) {
    let modules = 0;
    const onErrorLine = (line) => {
        if (line.startsWith("go: downloading ")) tell(`${(modules += 1)} modules downloaded`);
    };
    const stale = "{{if .Stale}}{{.ImportPath}}{{end}}";
    const { stdout } = await run("go", ["list", ...flags, "-deps", "-f", stale, target], { ...options, onErrorLine });
    return stdout.split("\n").filter(Boolean).length;
}

// Pulumi programs and component packages, run by the `@pulumi/pulumi` that they themselves depend on.

import { createRequire } from "node:module";
import path from "node:path";
import languagePb from "@pulumi/pulumi/proto/language_pb.js";
import { end, exitOf, passOn, start } from "./children.mjs";
import { configuration, responseTo } from "./programRun.mjs";

/**
 * Runs a program to its end. The monitor's address goes straight to it: a proxy in between would have to know hooks.
 */
export async function runProgram(request, engine) {
    const info = request.getInfo();
    const options = optionsOf(info);
    const entry = resolveFrom(request.getPwd(), "@pulumi/pulumi/cmd/run");
    const child = start(process.execPath, [...options.nodeArgs, entry, ...programArguments(request, engine)], {
        cwd: request.getPwd(),
        env: { ...process.env, ...configuration(request), PULUMI_NODEJS_TYPESCRIPT: String(options.typescript) },
        stdio: ["ignore", "inherit", "inherit"],
    });
    return responseTo(child);
}

function programArguments(request, engine) {
    const named = {
        monitor: request.getMonitorAddress(),
        engine,
        organization: request.getOrganization(),
        project: request.getProject(),
        "root-directory": request.getInfo().getRootDirectory(),
        stack: request.getStack(),
        pwd: request.getPwd(),
        parallel: request.getParallel() || undefined,
    };
    const flags = Object.entries(named).flatMap(([name, value]) => (value ? [`--${name}`, String(value)] : []));
    if (request.getDryrun()) flags.push("--dry-run");
    return [...flags, request.getProgram() || ".", ...request.getArgsList()];
}

/**
 * Runs a package that is written as source (`PulumiPlugin.yaml`), or a policy pack, until it or the engine's interest
 * in it ends. A policy pack looks for its package.json in the folder in which it runs.
 */
export async function runPlugin(call) {
    const { request } = call;
    const info = request.getInfo();
    const isPolicyPack = request.getKind() === "analyzer";
    const folder = path.resolve(info.getProgramDirectory(), info.getEntryPoint());
    const runner = isPolicyPack ? "run-policy-pack" : "run-plugin";
    const entry = resolveFrom(info.getProgramDirectory(), `@pulumi/pulumi/cmd/${runner}`);
    const args = isPolicyPack ? [...request.getArgsList(), folder] : [folder, ...request.getArgsList()];
    const given = request.getEnvList();
    const child = start(process.execPath, [...optionsOf(info).nodeArgs, entry, ...args], {
        cwd: isPolicyPack ? info.getProgramDirectory() : request.getPwd(),
        env: given.length > 0 ? environmentOf(given) : process.env,
        stdio: ["ignore", "pipe", "pipe"],
    });
    passOn(child, call, languagePb.RunPluginResponse);
    call.on("cancelled", () => end(child));
    const { code } = await exitOf(child);
    call.write(new languagePb.RunPluginResponse().setExitcode(code));
}

const environmentOf = (lines) =>
    Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));

/** What `runtime.options` of the project file may say. */
function optionsOf(info) {
    const options = info.getOptions()?.toJavaScript() ?? {};
    return {
        typescript: options.typescript ?? true,
        nodeArgs: String(options.nodeargs ?? "")
            .split(/\s+/)
            .filter(Boolean),
    };
}

function resolveFrom(folder, module) {
    try {
        return createRequire(path.join(folder, "program.js")).resolve(module);
    } catch (cause) {
        throw new Error(`cannot find @pulumi/pulumi from "${folder}": run npm install there`, { cause });
    }
}

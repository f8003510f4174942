// npm packages of programs: their dependencies, and the links to the SDKs that `pulumi package add` makes.

import { readFile } from "node:fs/promises";
import path from "node:path";
import languagePb from "@pulumi/pulumi/proto/language_pb.js";
import { exitOf, output, passOn, start } from "./children.mjs";

/** `pulumi install`, `package add` and `get-schema` ask for it, each time. */
export async function installDependencies(call) {
    const { request } = call;
    const folder = request.getInfo()?.getProgramDirectory() || request.getDirectory();
    // A package that is being worked in is complete, and an install would touch the checkout under everybody's feet.
    if (request.getIsPlugin() && (await isInstalled(folder))) return;
    const child = start("npm", ["install", "--loglevel=error"], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    passOn(child, call, languagePb.InstallDependenciesResponse);
    const { code } = await exitOf(child);
    if (code !== 0) throw new Error(`npm install in "${folder}" failed with exit code ${code}`);
}

async function isInstalled(folder) {
    const { code } = await output("npm", ["ls", "--omit=dev", "--depth=0"], { cwd: folder });
    return code === 0;
}

/** What `pulumi about` lists. */
export async function dependenciesOf(request) {
    const depth = request.getTransitivedependencies() ? "--all" : "--depth=0";
    const folder = request.getInfo()?.getProgramDirectory() || request.getPwd();
    const { stdout } = await output("npm", ["ls", "--json", depth], { cwd: folder });
    const found = new Map();
    collect(JSON.parse(stdout.toString()).dependencies, found);
    const response = new languagePb.GetProgramDependenciesResponse();
    for (const { name, version } of found.values()) {
        response.addDependencies(new languagePb.DependencyInfo().setName(name).setVersion(version));
    }
    return response;
}

function collect(dependencies, found) {
    for (const [name, { version, dependencies: deeper }] of Object.entries(dependencies ?? {})) {
        // npm names without a version what is missing.
        if (version) found.set(`${name}@${version}`, { name, version });
        collect(deeper, found);
    }
}

/** Adds generated SDKs to the program's dependencies; the engine asks for their installation afterwards. */
export async function link(request) {
    const folder = request.getInfo().getProgramDirectory();
    const names = [];
    for (const dependency of request.getPackagesList()) {
        const { name } = JSON.parse(await readFile(path.resolve(folder, dependency.getPath(), "package.json"), "utf8"));
        const entry = `dependencies[${name}]=file:${dependency.getPath()}`;
        const { code, stderr } = await output("npm", ["pkg", "set", entry], { cwd: folder });
        if (code !== 0) throw new Error(`cannot add ${name} to the package.json of "${folder}": ${stderr}`);
        names.push(name);
    }
    return new languagePb.LinkResponse().setImportInstructions(importInstructions(names));
}

function importInstructions(names) {
    const lines = names.map((name) => `  import * as ${identifier(name)} from "${name}";`);
    return ["You can then import the SDK in your TypeScript code with:", "", ...lines, ""].join("\n");
}

const identifier = (name) =>
    name.replace(/^.*\//, "").replace(/[^a-zA-Z0-9]+([a-zA-Z0-9])/g, (_, letter) => letter.toUpperCase());

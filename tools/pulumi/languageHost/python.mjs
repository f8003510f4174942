// Pulumi programs in Python, run by Pulumi's own `pulumi-language-python-exec`, which comes with the CLI's Go modules.

import { access, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import languagePb from "@pulumi/pulumi/proto/language_pb.js";
import { exitOf, passOn, start } from "./children.mjs";
import { configuration, responseTo } from "./programRun.mjs";

export async function runProgram(request, engine) {
    const { python, environment } = await interpreterOf(request.getInfo());
    const executor = process.env.PULUMI_PYTHON_EXEC;
    if (!executor) throw new Error("cannot run Python: PULUMI_PYTHON_EXEC does not name pulumi-language-python-exec");
    const child = start(python, ["-u", executor, ...programArguments(request, engine)], {
        cwd: request.getPwd(),
        env: { ...process.env, ...environment, ...configuration(request) },
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
        root_directory: request.getInfo().getRootDirectory(),
        stack: request.getStack(),
        pwd: request.getPwd(),
        dry_run: request.getDryrun(),
        parallel: request.getParallel(),
    };
    const flags = Object.entries(named).flatMap(([name, value]) => (value === "" ? [] : [`--${name}`, String(value)]));
    return [...flags, request.getProgram() || ".", ...request.getArgsList()];
}

/** Makes the virtual environment that the project names, and installs what requirements.txt lists. */
export async function installDependencies(call) {
    const info = call.request.getInfo();
    const root = info.getRootDirectory();
    const say = async (command, args) => {
        const child = start(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
        passOn(child, call, languagePb.InstallDependenciesResponse);
        const { code } = await exitOf(child);
        if (code !== 0) throw new Error(`${path.basename(command)} ${args.join(" ")} failed with exit code ${code}`);
    };
    const { folder, python } = virtualenvOf(info);
    if (folder && !(await exists(python))) await say("python3", ["-m", "venv", folder]);
    if (await exists(path.join(root, "requirements.txt"))) {
        await say(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt"]);
    }
}

/** Adds generated SDKs to requirements.txt; the engine asks for their installation afterwards. */
export async function link(request) {
    const file = path.join(request.getInfo().getRootDirectory(), "requirements.txt");
    const before = (await exists(file)) ? await readFile(file, "utf8") : "";
    const present = before.split(/\r?\n/).map((line) => line.trim());
    const packages = request.getPackagesList();
    const missing = packages.map((each) => each.getPath()).filter((each) => !present.includes(each));
    const separator = before === "" || before.endsWith("\n") ? "" : "\n";
    await writeFile(file, before + separator + missing.map((each) => `${each}\n`).join(""));
    const lines = packages.map((each) => {
        const name = each.getPackage().getName().replaceAll("-", "_");
        return `  import pulumi_${name} as ${name}`;
    });
    const instructions = ["You can then import the SDK in your Python code with:", "", ...lines, ""].join("\n");
    return new languagePb.LinkResponse().setImportInstructions(instructions);
}

/** Fails when the project names a virtual environment that is not there, as the official host does. */
async function interpreterOf(info) {
    const { folder, python } = virtualenvOf(info);
    if (folder && !(await exists(python))) {
        throw new Error(`the virtual environment ${folder}, which Pulumi.yaml names, is not there: run pulumi install`);
    }
    const search = [folder && path.dirname(python), process.env.PATH].filter(Boolean).join(path.delimiter);
    return { python, environment: folder ? { VIRTUAL_ENV: folder, PATH: search } : {} };
}

/** What `runtime.options` of the project file says: only pip's way is known here. */
function virtualenvOf(info) {
    const { toolchain = "pip", virtualenv } = info.getOptions()?.toJavaScript() ?? {};
    if (toolchain !== "pip") throw new Error(`the Python toolchain ${toolchain} is not known here, only pip is`);
    if (!virtualenv) return { python: "python3" };
    const folder = path.resolve(info.getRootDirectory(), virtualenv);
    return { folder, python: path.join(folder, "bin", "python") };
}

const exists = (file) =>
    access(file).then(
        () => true,
        () => false,
    );

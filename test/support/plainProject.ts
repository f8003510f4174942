import { symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";

const root = resolve(__dirname, "../..");

/** A Pulumi project in JavaScript, whose `index.js` is still to be written, with the packages of this checkout. */
export async function writePlainProject(folder: string, name: string): Promise<void> {
    const project = { name, runtime: { name: "nodejs", options: { typescript: false } }, main: "index.js" };
    await writeFile(join(folder, "Pulumi.yaml"), JSON.stringify(project));
    await symlink(join(root, "node_modules"), join(folder, "node_modules"));
    await writeFile(join(folder, "package.json"), JSON.stringify({ name, private: true }));
}

import { mkdir, readdir, symlink } from "node:fs/promises";
import { join, resolve } from "node:path";

const modules = resolve(__dirname, "../../node_modules");

/**
 * Gives a folder the packages of this checkout. Each is linked by itself: through a link to a scope or to all of them
 * npm would remove from the checkout what that folder's own manifest does not name.
 */
export async function linkModules(folder: string, names?: readonly string[]): Promise<void> {
    for (const name of names ?? (await allModules())) {
        const link = join(folder, "node_modules", name);
        await mkdir(join(link, ".."), { recursive: true });
        await symlink(join(modules, name), link);
    }
}

/** Names of the packages, with their scopes. */
async function allModules(): Promise<string[]> {
    const names = (await readdir(modules)).filter((name) => !name.startsWith("."));
    const nested = names.map(async (name) =>
        name.startsWith("@") ? (await readdir(join(modules, name))).map((inner) => `${name}/${inner}`) : [name],
    );
    return (await Promise.all(nested)).flat();
}

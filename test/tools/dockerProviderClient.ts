// The stand-in for the Docker plugin, Docker itself, and an image to try it with.
import { randomBytes } from "node:crypto";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import Docker from "dockerode";
import * as tar from "tar-stream";

export const dockerPlugin = {
    name: "docker",
    tokens: {
        network: "docker:index/network:Network",
        volume: "docker:index/volume:Volume",
        image: "docker:index/remoteImage:RemoteImage",
        container: "docker:index/container:Container",
    },
} as const;
export type Kind = keyof typeof dockerPlugin.tokens;

/** Docker as this process finds it, and a tiny image with a shell in it. */
export const docker = new Docker();
/** A tag of its own for each run, so that it can be removed afterwards. */
const imageTag = { repo: "ze-standin-test", tag: randomBytes(4).toString("hex") };
export const testImage = `${imageTag.repo}:${imageTag.tag}`;

/** Makes the image from a static busybox, which Debian has or gets; elsewhere busybox comes from the registry. */
export async function makeTestImage(): Promise<void> {
    const busybox = staticBusybox() ?? (await installedBusybox());
    if (!busybox) return tagPulledBusybox();
    const pack = tar.pack();
    pack.entry({ name: "bin/busybox", mode: 0o755 }, readFileSync(busybox));
    for (const applet of ["sh", "sleep", "cat", "ls", "stat", "true", "false", "env", "test", "grep", "kill"]) {
        pack.entry({ name: `bin/${applet}`, type: "symlink", linkname: "busybox" });
    }
    pack.entry({ name: "tmp", type: "directory", mode: 0o1777 });
    pack.finalize();
    await follow(await docker.importImage(pack as unknown as NodeJS.ReadableStream, imageTag));
}

function staticBusybox(): string | undefined {
    const found = ["/bin/busybox", "/usr/bin/busybox"].find((file) => existsSync(file));
    if (!found) return undefined;
    // A dynamically linked one would need libraries that the image does not have.
    const { stdout } = spawnSync("ldd", [realpathSync(found)], { encoding: "utf8" });
    return stdout.includes("=>") ? undefined : found;
}

async function installedBusybox(): Promise<string | undefined> {
    const { ensurePrograms, mayInstallPackages } = await import(join(__dirname, "../../tools/docker/apt.mjs"));
    if (!mayInstallPackages()) return undefined;
    await ensurePrograms({ busybox: "busybox-static" }, "to make a tiny image for the tests");
    return staticBusybox();
}

async function tagPulledBusybox(): Promise<void> {
    await follow(await docker.pull("busybox:1.36"));
    await docker.getImage("busybox:1.36").tag(imageTag);
}

function follow(stream: NodeJS.ReadableStream): Promise<void> {
    return new Promise((resolve, reject) => {
        docker.modem.followProgress(stream, (error) => (error ? reject(error) : resolve()));
    });
}

export async function exists(thing: { inspect(): Promise<unknown> }): Promise<boolean> {
    return thing.inspect().then(
        () => true,
        (error) => {
            if (error.statusCode === 404) return false;
            throw error;
        },
    );
}

/** Runs a command in a container and gives what it prints. */
export async function output(id: string, ...command: string[]): Promise<string> {
    const exec = await docker
        .getContainer(id)
        .exec({ Cmd: command, AttachStdout: true, AttachStderr: true, Tty: true });
    const stream = await exec.start({ Tty: true });
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString("utf8").replaceAll("\r\n", "\n");
}

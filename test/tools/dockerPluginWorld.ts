import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { docker, dockerPlugin, exists, type Kind, makeTestImage, testImage } from "./dockerProviderClient";
import { Provider, type Values } from "./providerClient";

export const prefix = `ze-standin-${randomBytes(4).toString("hex")}`;
export const label = { label: "ze-standin", value: prefix };

/** Lives until it is told to end, then says so in /data if there is such a folder. */
export const patient = [
    "sh",
    "-c",
    "trap 'test -d /data && echo ended > /data/said; exit 0' TERM; while :; do sleep 0.1; done",
];

export const healthcheck = {
    tests: ["CMD", "true"],
    interval: "1s",
    timeout: "1s",
    startPeriod: "0s",
    startInterval: "0s",
    retries: 1,
};

/** The stand-in for the Docker plugin, for the tests of a `describe`; what they made goes with it. */
export class DockerPluginWorld {
    provider!: Provider<Kind>;
    imageId!: string;

    constructor() {
        before(async () => {
            await makeTestImage();
            this.imageId = (await docker.getImage(testImage).inspect()).Id;
            this.provider = await Provider.start(dockerPlugin);
            await this.provider.configure();
        });
        after(async () => {
            await this.provider?.stop();
            await removeEverything();
        });
    }

    containerArgs(name: string, more: Values = {}) {
        return { name: `${prefix}-${name}`, image: this.imageId, command: patient, labels: [label], ...more };
    }

    /** Check, then Create: what `pulumi up` does with a new resource. */
    async make(kind: Kind, args: Values) {
        const inputs = await this.provider.checked(kind, args);
        return { inputs, ...(await this.provider.create(kind, inputs)) };
    }

    /** What was created or read reads back the same, and is no difference to what was asked for. */
    async expectClean(kind: Kind, id: string, outputs: Values, inputs: Values) {
        const read = await this.provider.read(kind, id, outputs, inputs);
        assert.equal(read.id, id);
        assert.deepEqual(read.outputs, outputs);
        assert.deepEqual(read.inputs, inputs);
        assert.deepEqual((await this.provider.diff(kind, read.outputs, inputs)).paths, []);
    }
}

async function removeEverything() {
    const filters = { label: [`${label.label}=${label.value}`] };
    for (const { Id } of await docker.listContainers({ all: true, filters })) {
        await docker.getContainer(Id).remove({ force: true, v: true });
    }
    for (const { Id } of await docker.listNetworks({ filters })) await docker.getNetwork(Id).remove();
    for (const { Name } of (await docker.listVolumes({ filters })).Volumes) await docker.getVolume(Name).remove();
    if (await exists(docker.getImage(testImage))) await docker.getImage(testImage).remove({ force: true });
}

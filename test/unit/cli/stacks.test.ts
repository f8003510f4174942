import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { recordedEnsembles } from "../../../lib/cli/stacks";
import { setVariables } from "../../support/environment";

describe("the stack that the command looks at", () => {
    it("is not found where there is no Pulumi CLI, and the error says so", async () => {
        const folder = await mkdtemp(join(tmpdir(), "no-pulumi-"));
        const restore = setVariables({ PATH: folder });
        try {
            await writeFile(join(folder, "Pulumi.yaml"), "name: shop\nruntime: nodejs\n");
            await assert.rejects(
                recordedEnsembles({ cwd: folder, stack: undefined, ensemble: undefined }),
                /cannot be used: there is no `pulumi` on PATH: install it/,
            );
        } finally {
            restore();
            await rm(folder, { recursive: true, force: true });
        }
    });
});

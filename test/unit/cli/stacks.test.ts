import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { recordedEnsembles } from "../../../lib/cli/stacks";
import { setVariables } from "../../support/environment";
import { withFolder } from "../../support/folder";

describe("the stack that the command looks at", () => {
    it("is not found where there is no Pulumi CLI, and the error says so", () =>
        withFolder("no-pulumi-", async (folder) => {
            await writeFile(join(folder, "Pulumi.yaml"), "name: shop\nruntime: nodejs\n");
            const restore = setVariables({ PATH: folder });
            await assert
                .rejects(
                    recordedEnsembles({ cwd: folder, stack: undefined, ensemble: undefined }),
                    /there is no `pulumi` on PATH: run `npm run status` \(logs, cli\) in the checkout, or install it/,
                )
                .finally(restore);
        }));
});

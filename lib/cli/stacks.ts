import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { LocalWorkspace } from "@pulumi/pulumi/automation";
import { CommandError, Where } from "./command";
import { ensemblesIn, RecordedEnsemble, StateResource } from "./stackState";

/** The ensembles of a stack, from its state as the Pulumi CLI hands it out. At least one. */
export async function recordedEnsembles(where: Where): Promise<RecordedEnsemble[]> {
    const workspace = await workspaceOf(where.cwd);
    const stack = where.stack ?? (await selectedStack(workspace, where.cwd));
    const all = ensemblesIn(await resourcesOf(workspace, stack));
    if (all.length === 0) {
        throw new CommandError(
            `the stack ${stack} has no ZookeeperEnsemble: run \`pulumi up\` first, or choose another by --stack`,
        );
    }
    const chosen = all.filter(({ name }) => where.ensemble === undefined || name === where.ensemble);
    if (chosen.length === 0) {
        throw new CommandError(
            `the stack ${stack} has no ensemble ${JSON.stringify(where.ensemble)}: it has ${namesOf(all)}`,
        );
    }
    return chosen;
}

/** For commands that are about one server. */
export function onlyOne(ensembles: readonly RecordedEnsemble[]): RecordedEnsemble {
    const [one, ...more] = ensembles;
    if (more.length > 0) {
        throw new CommandError(`the stack has several ensembles: choose one of ${namesOf(ensembles)} by --ensemble`);
    }
    return one!;
}

const namesOf = (ensembles: readonly RecordedEnsemble[]) => ensembles.map(({ name }) => name).join(", ");

async function workspaceOf(cwd: string): Promise<LocalWorkspace> {
    const folder = resolve(cwd);
    if (!["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"].some((file) => existsSync(join(folder, file)))) {
        throw new CommandError(`${folder} is no Pulumi project (no Pulumi.yaml): name its folder by --cwd`);
    }
    try {
        return await LocalWorkspace.create({ workDir: folder });
    } catch (error) {
        // The tools of a checkout find or build one, and put it on no PATH but their own.
        const isCheckout = existsSync(join(__dirname, "../../tools/command.mjs"));
        const install = "install it, or see that `pulumi version` works";
        const fix = isCheckout ? `run \`npm run status\` (logs, cli) in the checkout, or ${install}` : install;
        const reason = String(error).includes("ENOENT") ? "there is no `pulumi` on PATH" : saidByPulumi(error);
        throw new CommandError(`the Pulumi CLI, which knows the stack, cannot be used: ${reason}: ${fix}`);
    }
}

async function selectedStack(workspace: LocalWorkspace, cwd: string): Promise<string> {
    const stack = await asked(() => workspace.stack());
    if (!stack) {
        throw new CommandError(
            `no stack is selected in ${resolve(cwd)}: name one by --stack, or \`pulumi stack select\``,
        );
    }
    return stack.name;
}

async function resourcesOf(workspace: LocalWorkspace, stack: string): Promise<readonly StateResource[]> {
    const { deployment } = (await asked(() => workspace.exportStack(stack))) as {
        deployment: { resources?: StateResource[] } | null;
    };
    return deployment?.resources ?? [];
}

async function asked<T>(ask: () => Promise<T>): Promise<T> {
    try {
        return await ask();
    } catch (error) {
        throw new CommandError(`Pulumi does not show the stack: ${saidByPulumi(error)}`);
    }
}

/** The Automation API's errors carry all output of the CLI; the CLI's own words are enough. */
function saidByPulumi(error: unknown): string {
    const said = /^\s*(?:stderr: )?error: (.*)$/m.exec((error as Error).message)?.[1];
    return said ?? firstLine(error);
}

function firstLine(error: unknown): string {
    return (error as Error).message.trim().split("\n")[0]!;
}

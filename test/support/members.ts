import { setTimeout as pause } from "node:timers/promises";
import { parseReport, Report } from "../../lib/lifecycle/report";
import { docker } from "./dockerWorld";

const lookEveryMs = 50;

/** Runs a bash script in a container; what it prints. */
export async function insideContainer(container: string, script: string): Promise<string> {
    const exec = await docker
        .getContainer(container)
        .exec({ Cmd: ["bash", "-c", script], AttachStdout: true, AttachStderr: true, Tty: true });
    const stream = await exec.start({ Tty: true });
    let text = "";
    for await (const chunk of stream) {
        text += chunk;
    }
    return text.replaceAll("\r\n", "\n");
}

/** What a server says of itself; `mode` is `none` when it does not serve. */
export async function member(container: string): Promise<Report & { mode: string }> {
    const report = parseReport(await insideContainer(container, "bash /ensemble/member.sh report"));
    return { ...report, mode: report.serving?.mode ?? "none" };
}

/** Waits for a container of this name other than the old one to run. */
export async function startedAnew(container: string, oldId: string): Promise<void> {
    for (;;) {
        const info = await docker
            .getContainer(container)
            .inspect()
            .catch(() => undefined);
        if (info && info.Id !== oldId && info.State.Running) {
            return;
        }
        await pause(lookEveryMs);
    }
}

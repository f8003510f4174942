import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { parse, stringify } from "yaml";
import { AlertRule, alertRules, alertsFile } from "../support/alertRules";
import { dashboardExpressions } from "../support/dashboardExpressions";
import { anchorsOf, documentOf } from "../support/documents";

const casesFile = join(__dirname, "alertCases.yaml");

interface Case {
    readonly name: string;
    readonly alert_rule_test: { readonly alertname: string; readonly exp_alerts: object[] }[];
}

type Verdict = { readonly ok: boolean; readonly text: string };

describe("the alert rules", function () {
    this.timeout(300_000);
    let promtool: string;
    let cases: Case[];

    const judged = (...args: string[]): Promise<Verdict> =>
        promisify(execFile)(promtool, args).then(
            ({ stdout }) => ({ ok: true, text: stdout }),
            (error: Error & { stdout: string; stderr: string }) => ({ ok: false, text: error.stdout + error.stderr }),
        );

    before(async () => {
        // @ts-expect-error the tools are plain JavaScript
        const { ensurePromtool } = await import("../../tools/monitoring/promtool.mjs");
        promtool = (await ensurePromtool()) as string;
        cases = (parse(await readFile(casesFile, "utf8")) as { tests: Case[] }).tests;
    });

    it("are rules for Prometheus", async () => {
        const { ok, text } = await judged("check", "rules", "--lint=all", "--lint-fatal", alertsFile);
        assert.ok(ok, text);
        assert.match(text, new RegExp(`SUCCESS: ${alertRules.length} rules found`));
    });

    it("fire when they should, with their words, and only then", async () => {
        const { ok, text } = await judged("test", "rules", casesFile);
        assert.ok(ok, text);
    });

    it("and what the dashboard asks are expressions that Prometheus understands", async () => {
        const rules = dashboardExpressions().map(({ expression }, index) => ({
            record: `panel:${index}`,
            expr: expression,
        }));
        await withFiles({ "rules.yaml": { groups: [{ name: "dashboard", rules }] } }, async (folder) => {
            const { ok, text } = await judged(
                "check",
                "rules",
                "--lint=all",
                "--lint-fatal",
                join(folder, "rules.yaml"),
            );
            assert.ok(ok, text);
            assert.match(text, new RegExp(`SUCCESS: ${rules.length} rules found`));
        });
    });

    it("lead to a section of the operations guide", () => {
        for (const { alert, annotations } of alertRules) {
            const [file = "", anchor = ""] = annotations.runbook.split("#");
            const document = documentOf(file);
            assert.ok(anchorsOf(document).includes(anchor), annotations.runbook);
            const section = document.text.split(/^### /m).find((each) => each.startsWith(`${alert}\n`));
            assert.ok(section, `${file} has no section ${alert}`);
        }
    });

    it("have a firing and a silent case each", () => {
        const kindsOf = (alert: string) =>
            cases
                .flatMap((each) => each.alert_rule_test)
                .filter(({ alertname }) => alertname === alert)
                .map(({ exp_alerts }) => (exp_alerts.length > 0 ? "fires" : "silent"))
                .sort();
        for (const { alert } of alertRules) {
            assert.deepEqual(kindsOf(alert), ["fires", "silent"], alert);
        }
    });

    for (const rule of alertRules) {
        it(`${rule.alert}: fires by its rule, and is silent by its threshold`, async () => {
            const never = await judgedAs({ ...rule, expr: `(${rule.expr}) and on () vector(1) == 0` });
            assert.match(never, new RegExp(`alertname: ${rule.alert}`), "the firing case passes without the rule");
            const always = await judgedAs({ ...rule, expr: withoutThreshold(rule.expr), for: "0s" });
            assert.match(
                always,
                new RegExp(`alertname: ${rule.alert}`),
                "the silent case passes without the threshold",
            );
        });
    }

    /** What promtool finds wrong with the cases of an alert when its rule is another one. */
    async function judgedAs(rule: AlertRule): Promise<string> {
        const tests = cases.filter(({ alert_rule_test: [first] }) => first!.alertname === rule.alert);
        const files = {
            "rules.yaml": { groups: [{ name: "one", rules: [rule] }] },
            "cases.yaml": { rule_files: ["rules.yaml"], evaluation_interval: "1m", tests },
        };
        return withFiles(files, async (folder) => {
            const { ok, text } = await judged("test", "rules", join(folder, "cases.yaml"));
            assert.ok(!ok, `all cases of ${rule.alert} pass with ${rule.expr}`);
            return text;
        });
    }
});

async function withFiles<T>(files: Record<string, object>, action: (folder: string) => Promise<T>): Promise<T> {
    const folder = await mkdtemp(join(tmpdir(), "alert-rules-"));
    try {
        for (const [name, content] of Object.entries(files)) {
            await writeFile(join(folder, name), stringify(content));
        }
        return await action(folder);
    } finally {
        await rm(folder, { recursive: true, force: true });
    }
}

/** The rule as it would fire wherever it has something to look at. */
function withoutThreshold(expression: string): string {
    const loose = expression
        .replace(/ (>=|>|<|==) [\d.]+( \* [\d]+)?/g, "")
        .replace(/ unless on \([\w, ]+\) \w+\{[^}]*\}/, "");
    assert.notEqual(loose, expression, "no threshold was found");
    return loose;
}

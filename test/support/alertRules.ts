import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

export const alertsFile = join(__dirname, "../../monitoring/alerts.yaml");

export interface AlertRule {
    readonly alert: string;
    readonly expr: string;
    readonly for?: string;
    readonly labels: { readonly severity: string };
    readonly annotations: { readonly summary: string; readonly runbook: string };
}

export const alertRules: readonly AlertRule[] = (
    parse(readFileSync(alertsFile, "utf8")) as { groups: { rules: AlertRule[] }[] }
).groups.flatMap(({ rules }) => rules);

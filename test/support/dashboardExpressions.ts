import { dashboard } from "../../monitoring/dashboard/dashboard";

/** What the dashboard asks Prometheus, with values for what Grafana fills in. */
export function dashboardExpressions(): { title: string; expression: string }[] {
    const { panels = [] } = JSON.parse(JSON.stringify(dashboard())) as {
        panels?: { title: string; targets?: { expr: string }[] }[];
    };
    return panels.flatMap(({ title, targets = [] }) =>
        targets.map(({ expr }) => ({
            title,
            expression: expr
                .replaceAll("$__rate_interval", "1m")
                .replaceAll("$ensemble", "chosen")
                .replaceAll("$server", ".*"),
        })),
    );
}

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dashboard } from "../../../monitoring/dashboard/dashboard";
import { dashboardExpressions } from "../../support/dashboardExpressions";
import { matchersOf, metricNames } from "../../support/promql";

const file = join(__dirname, "../../../monitoring/dashboard.json");
const mostPanels = 16;

interface ShownPanel {
    readonly id: number;
    readonly type: string;
    readonly title: string;
    readonly description?: string;
    readonly gridPos: { readonly x: number; readonly w: number };
    readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
}

describe("the dashboard", () => {
    const shown = JSON.parse(JSON.stringify(dashboard())) as { panels: ShownPanel[] };
    const panels = shown.panels.filter(({ type }) => type !== "row");

    it("is the file that is shipped: UPDATE_GOLDEN=1 writes it anew", () => {
        const text = `${JSON.stringify(dashboard(), undefined, 2)}\n`;
        if (process.env.UPDATE_GOLDEN === "1") {
            writeFileSync(file, text);
        }
        assert.equal(readFileSync(file, "utf8"), text);
    });

    it(`is one page: at most ${mostPanels} panels, within the grid, under questions`, () => {
        assert.ok(panels.length <= mostPanels, `${panels.length} panels`);
        for (const { title, gridPos } of panels) {
            assert.ok(gridPos.x + gridPos.w <= 24, title);
        }
        const questions = shown.panels.filter(({ type }) => type === "row").map(({ title }) => title);
        assert.ok(questions.every((title) => title.endsWith("?")) && questions.length > 0, questions.join(", "));
        assert.equal(shown.panels[0]?.type, "row");
        assert.equal(new Set(shown.panels.map(({ id }) => id)).size, shown.panels.length);
    });

    it("says of every panel what it means, in which unit, and names none twice", () => {
        for (const { title, description, fieldConfig } of panels) {
            assert.ok(description, title);
            assert.ok(fieldConfig?.defaults.unit, title);
        }
        assert.equal(new Set(panels.map(({ title }) => title)).size, panels.length);
    });

    it("asks for nothing but the chosen ensemble", () => {
        for (const { title, expression } of dashboardExpressions()) {
            assert.ok(metricNames(expression).length > 0, title);
            for (const matchers of matchersOf(expression)) {
                assert.ok(matchers.includes('ensemble="chosen"'), `${title}: ${expression}`);
            }
        }
    });

    it("has no average over other time than its sum: every _sum goes with the _count of the same window", () => {
        for (const { title, expression } of dashboardExpressions()) {
            const sums = [...expression.matchAll(/rate\((\w+)_sum(\{.*?\}\[\w+\])\)/g)].filter(
                // Seconds per second: the share of the time, whose unit is none.
                ([, name]) => name !== "jvm_gc_collection_seconds",
            );
            for (const [sum, name, rest] of sums) {
                assert.ok(expression.includes(`${sum} / rate(${name}_count${rest})`), title);
            }
        }
    });
});

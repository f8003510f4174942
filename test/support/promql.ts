// @ts-expect-error its types are marked as an ES module, and what is required is CommonJS
import { parser } from "@prometheus-io/lezer-promql";

/** The names of the metrics that an expression asks for, by the grammar of Prometheus' own editor. */
export function metricNames(expression: string): string[] {
    const names: string[] = [];
    parser.parse(expression).iterate({
        enter: (node) => {
            if (node.type.isError) {
                throw new Error(`not an expression, at ${node.from}: ${expression}`);
            }
            if (node.name === "VectorSelector") {
                const name = node.node.getChild("Identifier");
                if (!name) {
                    throw new Error(`a selector names no metric: ${expression}`);
                }
                names.push(expression.slice(name.from, name.to));
            }
        },
    });
    return names;
}

/** The label matchers of each selector, `ensemble!=""` for example. */
export function matchersOf(expression: string): string[][] {
    const selectors: string[][] = [];
    parser.parse(expression).iterate({
        enter: (node) => {
            if (node.name === "VectorSelector") {
                const matchers = node.node.getChild("LabelMatchers")?.getChildren("UnquotedLabelMatcher") ?? [];
                selectors.push(matchers.map(({ from, to }) => expression.slice(from, to)));
            }
        },
    });
    return selectors;
}

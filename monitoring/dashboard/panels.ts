import {
    BigValueColorMode,
    BigValueTextMode,
    GraphThresholdsStyleConfigBuilder,
    GraphThresholdsStyleMode,
    LegendDisplayMode,
    LegendPlacement,
    ReduceDataOptionsBuilder,
    VisibilityMode,
    VizLegendOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import {
    MappingType,
    Threshold,
    ThresholdsConfigBuilder,
    ThresholdsMode,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatPanel } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as StateTimelinePanel } from "@grafana/grafana-foundation-sdk/statetimeline";
import { PanelBuilder as TimeSeriesPanel } from "@grafana/grafana-foundation-sdk/timeseries";

/** Grafana's grid is 24 wide. */
const GRID = 24;
/** The Prometheus that is chosen above the page. */
export const source = { type: "prometheus", uid: "${datasource}" };

/** What stands in a panel: the expression, and the name of each of its lines. */
export interface Query {
    readonly expr: string;
    readonly legend: string;
}

export interface Panel {
    readonly title: string;
    readonly description: string;
    readonly queries: readonly Query[];
    /** One of Grafana's units, such as `ms` or `bytes`. */
    readonly unit: string;
}

/** The colour from each value on; the first has no value. */
type Steps = readonly [string, ...(readonly [number, string])[]];

function thresholds([first, ...steps]: Steps): ThresholdsConfigBuilder {
    const all: Threshold[] = [{ value: null, color: first }, ...steps.map(([value, color]) => ({ value, color }))];
    return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(all);
}

function query({ expr, legend }: Query, index: number): DataqueryBuilder {
    const refId = String.fromCharCode("A".charCodeAt(0) + index);
    return new DataqueryBuilder().datasource(source).expr(expr).legendFormat(legend).refId(refId);
}

/** One value that is read from across the room. */
export function stat(panel: Panel, steps: Steps, noValue: string, name = false): StatPanel {
    return new StatPanel()
        .title(panel.title)
        .description(panel.description)
        .datasource(source)
        .targets(panel.queries.map((each, index) => query(each, index).instant()))
        .unit(panel.unit)
        .noValue(noValue)
        .thresholds(thresholds(steps))
        .colorMode(BigValueColorMode.Background)
        .textMode(name ? BigValueTextMode.Name : BigValueTextMode.Auto)
        .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]))
        .span(GRID / 4)
        .height(4);
}

/** Lines over time, a third of the page wide, with the value from which on it is too much. */
export function graph(panel: Panel, steps: Steps, most?: number): TimeSeriesPanel {
    const style = steps.length > 1 ? GraphThresholdsStyleMode.Dashed : GraphThresholdsStyleMode.Off;
    const made = new TimeSeriesPanel()
        .title(panel.title)
        .description(panel.description)
        .datasource(source)
        .targets(panel.queries.map(query))
        .unit(panel.unit)
        .min(0)
        .thresholds(thresholds(steps))
        .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(style))
        .showPoints(VisibilityMode.Never)
        .legend(
            new VizLegendOptionsBuilder()
                .displayMode(LegendDisplayMode.List)
                .placement(LegendPlacement.Bottom)
                .showLegend(true),
        )
        .span(GRID / 3)
        .height(7);
    return most === undefined ? made : made.max(most);
}

/** What each server was at which time. */
export function states(
    panel: Panel,
    texts: Readonly<Record<string, { text: string; color: string }>>,
): StateTimelinePanel {
    return new StateTimelinePanel()
        .title(panel.title)
        .description(panel.description)
        .datasource(source)
        .targets(panel.queries.map(query))
        .unit(panel.unit)
        .mappings([{ type: MappingType.ValueToText, options: texts }])
        .showValue(VisibilityMode.Auto)
        .span(GRID / 3)
        .height(7);
}

import {
    Dashboard,
    DashboardBuilder,
    DashboardCursorSync,
    DatasourceVariableBuilder,
    QueryVariableBuilder,
    RowBuilder,
    VariableRefresh,
    VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { source } from "./panels";
import { ensemble, memberPanels, roomPanels, speedPanels, wellPanels } from "./rows";

function variables() {
    const query = (name: string, label: string, text: string) =>
        new QueryVariableBuilder(name)
            .label(label)
            .datasource(source)
            .query({ query: text, refId: name })
            .refresh(VariableRefresh.OnTimeRangeChanged);
    return [
        new DatasourceVariableBuilder("datasource").label("Prometheus").type("prometheus"),
        query("ensemble", "Ensemble", 'label_values(up{ensemble!="", role!=""}, ensemble)').sort(
            VariableSort.AlphabeticalAsc,
        ),
        query("server", "Server", `label_values(up{${ensemble}, role!=""}, id)`)
            .multi(true)
            .includeAll(true)
            .allValue(".*")
            .sort(VariableSort.NumericalAsc),
    ];
}

/** The questions that the page answers, from the top on. */
const rows = [
    { title: "Is it well?", panels: wellPanels },
    { title: "Who leads, who lags?", panels: memberPanels },
    { title: "What is slow?", panels: speedPanels },
    { title: "What fills up?", panels: roomPanels },
];

export function dashboard(): Dashboard {
    const builder = new DashboardBuilder("ZooKeeper ensemble")
        .uid("zookeeper-ensemble")
        .description("Of zookeeper-ensemble, for ZooKeeper 3.8, 3.9 and 3.10.")
        .tags(["zookeeper"])
        .time({ from: "now-3h", to: "now" })
        .refresh("30s")
        .timezone("browser")
        .tooltip(DashboardCursorSync.Crosshair)
        .readonly()
        .variables(variables());
    let id = 0;
    for (const { title, panels } of rows) {
        builder.withRow(new RowBuilder(title).id(++id));
        panels.forEach((panel) => builder.withPanel(panel.id(++id)));
    }
    return builder.build();
}

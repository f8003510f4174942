import { graph, Query, stat, states } from "./panels";

/** Of the chosen ensemble, all servers: what is about the ensemble must not depend on which servers are chosen. */
export const ensemble = 'ensemble="$ensemble"';
/** Of the chosen servers. */
const server = `${ensemble}, id=~"$server"`;
/** At least four scrapes, whatever the page shows. */
const window = "[$__rate_interval]";

/** The average of what ZooKeeper sums up: both of the same time, so the unit is that of the sum. */
function average(name: string): string {
    const selector = `{${server}}${window}`;
    return `rate(${name}_sum${selector}) / rate(${name}_count${selector})`;
}

const each = (expr: string, legend = "{{id}}"): Query => ({ expr, legend });

/** Is it well? */
export const wellPanels = [
    stat(
        {
            title: "Servers that serve",
            description: "Of all that Prometheus knows of the ensemble.",
            queries: [
                each(`count(znode_count{${ensemble}}) or vector(0)`, "serve"),
                each(`count(up{${ensemble}, role!=""}) or vector(0)`, "of"),
            ],
            unit: "none",
        },
        ["red", [1, "blue"]],
        "0",
    ),
    stat(
        {
            title: "Leader",
            description: "None for more than a few seconds: nothing can be written.",
            queries: [each(`leader_uptime{${ensemble}}`, "server {{id}}")],
            unit: "ms",
        },
        ["green"],
        "no leader",
        true,
    ),
    stat(
        {
            title: "More that may fail",
            description: "Voters that follow the leader, the leader, less those that a quorum needs.",
            queries: [
                each(
                    `synced_followers{${ensemble}} - synced_non_voting_followers{${ensemble}}` +
                        ` - floor(quorum_size{${ensemble}} / 2)`,
                    "servers",
                ),
            ],
            unit: "none",
        },
        ["red", [0, "orange"], [1, "green"]],
        "no quorum",
    ),
    stat(
        {
            title: "Alerts",
            description: "That fire now, by monitoring/alerts.yaml; docs/operations.md says what to do.",
            queries: [each(`count(ALERTS{${ensemble}, alertstate="firing"}) or vector(0)`, "alerts")],
            unit: "none",
        },
        ["green", [1, "red"]],
        "0",
    ),
];

/** Who leads, who lags? */
export const memberPanels = [
    states(
        {
            title: "What each server is",
            description: "A server that is down, one that runs and does not serve, one that serves, the leader.",
            queries: [
                each(
                    `(leader_uptime{${server}} * 0 + 3) or on (instance) (znode_count{${server}} * 0 + 2)` +
                        ` or on (instance) up{${server}, role!=""}`,
                ),
            ],
            unit: "none",
        },
        {
            0: { text: "down", color: "red" },
            1: { text: "does not serve", color: "orange" },
            2: { text: "serves", color: "green" },
            3: { text: "leads", color: "blue" },
        },
    ),
    graph(
        {
            title: "Time until a write arrives",
            description: "From the leader to each server, on average, by their clocks: the server that lags is on top.",
            queries: [each(average("propagation_latency"))],
            unit: "ms",
        },
        ["green", [100, "red"]],
    ),
    graph(
        {
            title: "Elections in 30 minutes",
            description: "One after a restart of the leader. Four are an alert.",
            queries: [each(`increase(election_time_count{${server}}[30m])`)],
            unit: "none",
        },
        ["green", [4, "red"]],
    ),
];

/** What is slow? */
export const speedPanels = [
    graph(
        {
            title: "Latency of reads and writes",
            description: "From arrival to answer, on average.",
            queries: [each(average("updatelatency"), "{{id}} writes"), each(average("readlatency"), "{{id}} reads")],
            unit: "ms",
        },
        ["green"],
    ),
    graph(
        {
            title: "Time of an fsync",
            description: "Of the transaction log, on average: no write is faster than a majority's.",
            queries: [each(average("fsynctime"))],
            unit: "ms",
        },
        ["green", [100, "red"]],
    ),
    graph(
        {
            title: "Requests that wait",
            description: "From 1000 on (globalOutstandingLimit) a server takes no more.",
            queries: [each(`outstanding_requests{${server}}`)],
            unit: "none",
        },
        ["green", [100, "red"]],
    ),
    graph(
        {
            title: "Reads and writes per second",
            description: "Answered by each server. All writes go through the leader.",
            queries: [
                each(`rate(updatelatency_count{${server}}${window})`, "{{id}} writes"),
                each(`rate(readlatency_count{${server}}${window})`, "{{id}} reads"),
            ],
            unit: "ops",
        },
        ["green"],
    ),
    graph(
        {
            title: "Time in garbage collection",
            description: "The share of the time. A pause of a session's timeout costs sessions.",
            queries: [each(`sum by (id) (rate(jvm_gc_collection_seconds_sum{${server}}${window}))`)],
            unit: "percentunit",
        },
        ["green", [0.1, "red"]],
    ),
    graph(
        {
            title: "Connections",
            description: "Of clients, that are open.",
            queries: [each(`num_alive_connections{${server}}`)],
            unit: "none",
        },
        ["green"],
    ),
];

/** What fills up? */
export const roomPanels = [
    graph(
        {
            title: "Heap in use",
            description: "All data must fit. What counts is the lowest point between two collections.",
            queries: [
                each(
                    `jvm_memory_bytes_used{${server}, area="heap"} / jvm_memory_bytes_max{${server}, area="heap"}` +
                        ` or jvm_memory_used_bytes{${server}, area="heap"} / jvm_memory_max_bytes{${server}, area="heap"}`,
                ),
            ],
            unit: "percentunit",
        },
        ["green", [0.8, "red"]],
        1,
    ),
    graph(
        {
            title: "Data",
            description: "All paths and contents, as ZooKeeper estimates it.",
            queries: [each(`approximate_data_size{${server}}`)],
            unit: "bytes",
        },
        ["green"],
    ),
    graph(
        {
            title: "Disks in use",
            description: "By the node exporter on the machines of the servers; empty without one.",
            queries: [
                each(
                    `1 - node_filesystem_avail_bytes{${server}, fstype!~"tmpfs|ramfs|squashfs|overlay"}` +
                        ` / node_filesystem_size_bytes{${server}, fstype!~"tmpfs|ramfs|squashfs|overlay"}`,
                    "{{id}} {{mountpoint}}",
                ),
            ],
            unit: "percentunit",
        },
        ["green", [0.8, "red"]],
        1,
    ),
];

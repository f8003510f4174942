import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { Prometheus } from "./prometheus";
import { shipped } from "./shipped";

const usualImage = "grafana/grafana:12.1.1";

/**
 * The image that is asked for; without one the usual one, where its registry has it for this machine. Nothing, and a
 * warning, where it has not, and nothing where `none` is asked for.
 */
export async function grafanaImage(wanted: string | undefined): Promise<string | undefined> {
    if (wanted !== undefined) {
        return wanted === "none" ? undefined : wanted;
    }
    try {
        await docker.getRegistryImage({ name: usualImage });
        return usualImage;
    } catch {
        await pulumi.log.warn(
            `${usualImage} cannot be had from its registry: Prometheus is started alone. ` +
                "`pulumi config set grafanaImage <image>` names one that can, or `none`",
        );
        return undefined;
    }
}

export interface GrafanaArgs {
    image: string;
    /** Where the page is, on this machine only: everybody who reaches it may look. */
    hostPort: number;
    network: pulumi.Input<string>;
    prometheus: Prometheus;
}

const folder = "/etc/grafana";
const dashboardFile = `${folder}/dashboards/zookeeper.json`;

const dashboards = `
apiVersion: 1
providers:
  - { name: zookeeper, type: file, options: { path: ${folder}/dashboards } }
`;

const sourceOf = ({ address }: Prometheus) => `
apiVersion: 1
datasources:
  - { name: Prometheus, type: prometheus, access: proxy, url: "${address}", isDefault: true }
`;

/** All that it shows comes from files: nothing is lost with its container. Answers the page's address. */
export function makeGrafana({ image, hostPort, network, prometheus }: GrafanaArgs): pulumi.Output<string> {
    const found = new docker.RemoteImage("grafana", { name: image, keepLocally: true });
    const container = new docker.Container(
        "grafana",
        {
            image: found.imageId,
            envs: [
                "GF_ANALYTICS_CHECK_FOR_UPDATES=false",
                "GF_ANALYTICS_REPORTING_ENABLED=false",
                "GF_AUTH_ANONYMOUS_ENABLED=true",
                "GF_AUTH_BASIC_ENABLED=false",
                "GF_AUTH_DISABLE_LOGIN_FORM=true",
                `GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH=${dashboardFile}`,
            ],
            uploads: [
                { file: `${folder}/provisioning/dashboards/zookeeper.yaml`, content: dashboards },
                { file: `${folder}/provisioning/datasources/prometheus.yaml`, content: sourceOf(prometheus) },
                { file: dashboardFile, content: shipped("dashboard.json") },
            ],
            networksAdvanced: [{ name: network, aliases: ["grafana"] }],
            ports: [{ ip: "127.0.0.1", internal: 3000, external: hostPort }],
            restart: "unless-stopped",
        },
        { deleteBeforeReplace: true },
    );
    return container.id.apply(() => `http://localhost:${hostPort}`);
}

import { until } from "./insideContainers";

export interface Alert {
    readonly labels: Readonly<Record<string, string>>;
    readonly state: "pending" | "firing";
    readonly annotations: Readonly<Record<string, string>>;
}

/** What a Prometheus answers, from the host. */
export class PrometheusApi {
    constructor(readonly address: string) {}

    async ready(): Promise<void> {
        const isReady = async () => fetch(`${this.address}/-/ready`, limited()).then(({ ok }) => ok, () => false); // prettier-ignore
        await until("Prometheus is ready", isReady);
    }

    async alerts(name?: string): Promise<Alert[]> {
        const { alerts } = await this.data<{ alerts: Alert[] }>("alerts");
        return alerts.filter(({ labels }) => name === undefined || labels.alertname === name);
    }

    async targets(): Promise<{ health: string; labels: Record<string, string>; lastError: string }[]> {
        const { activeTargets } = await this.data<{
            activeTargets: { health: string; labels: Record<string, string>; lastError: string }[];
        }>("targets?state=active");
        return activeTargets;
    }

    async rules(): Promise<{ name: string; health: string; lastError?: string }[]> {
        const { groups } = await this.data<{ groups: { rules: { name: string; health: string }[] }[] }>("rules");
        return groups.flatMap(({ rules }) => rules);
    }

    private async data<T>(path: string): Promise<T> {
        const answer = await fetch(`${this.address}/api/v1/${path}`, limited());
        const { status, data, error } = (await answer.json()) as { status: string; data: T; error?: string };
        if (status !== "success") {
            throw new Error(`Prometheus answers ${answer.status} to ${path}: ${error}`);
        }
        return data;
    }
}

/** What listens for a container takes a connection before the container does, and may never pass it on. */
const limited = () => ({ signal: AbortSignal.timeout(5000) });

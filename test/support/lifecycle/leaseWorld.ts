import assert from "node:assert/strict";
import { DeploymentLease } from "../../../lib/lifecycle/act/lease";
import { LeasingServers } from "./leasingServers";
import { VirtualClock } from "./virtualClock";

export const mute = () => undefined;
export const free = { refused: undefined, waited: false };

/** Servers that keep leases, and deployments that want them. */
export function leaseWorld(ids: readonly number[] = [1, 2, 3]) {
    const clock = new VirtualClock();
    const servers = new LeasingServers(clock, ids);
    const engines = new Set<string>();
    const lease = (token: string) => {
        engines.add(token);
        const isEngineAlive = async () => engines.has(token);
        return new DeploymentLease({ machines: servers.machines, clock, token, isEngineAlive, random: () => 2 / 7 });
    };
    return { clock, servers, lease, kill: (token: string) => engines.delete(token) };
}

/** One that has the lease. */
export async function taken(ids?: readonly number[]) {
    const all = leaseWorld(ids);
    const one = all.lease("one");
    assert.deepEqual(await all.clock.run(one.take(mute)), free);
    return { ...all, one };
}

export const takenOver = (by: string) =>
    `another deployment has taken this ensemble over (${by}), because this one did not renew its lease for 20 s: two at a ` +
    "time could take two servers down together. This one stops here; when the other is done, run `pulumi up` again";
export const notGiven = (silent: number, of: number) =>
    `no majority of the members lets this deployment change the ensemble: ${silent} of ${of} do not answer, and another ` +
    "deployment could have their word. Give this deployment the way to them, or stop the machines that hang, and run " +
    "`pulumi up` again";

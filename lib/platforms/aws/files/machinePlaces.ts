import { Places } from "../../../member/places";

/** What is gone after a restart of the machine. */
export const state = "/run/zookeeper-ensemble";

/** Where things stand on a machine of its own: the folders in which an operator looks for them. */
export const machinePlaces: Places = {
    data: "/var/lib/zookeeper/data",
    log: "/var/lib/zookeeper/log",
    files: "/etc/zookeeper-ensemble",
    logs: "/var/log/zookeeper",
    run: `${state}/server`,
};

/** Folder of the scripts. */
export const library = "/usr/local/lib/zookeeper-ensemble";

/** The member script that answers; a deployer brings it. `zk-member` and the user data name it, too. */
export const answeringScript = `${library}/deployer.sh`;

/** Folder of one of several servers of a machine; its id, or what stands for it. */
export const serverFolder = (id: number | string) => `${state}/servers/${id}`;

/**
 * Runs the member script on the machine: `zk-member report`. It ends with 75 while the machine is being prepared, and
 * with 76 while the deployer has not brought what answers: see `bring.ts`.
 */
export const memberCommand = "/usr/local/bin/zk-member";

/** On a machine of several servers: tells which it has, starts and stops one of them. `zk-member` wants an id there. */
export const serversCommand = "/usr/local/bin/zk-server";

/** Units of systemd that prepare the machine; `answer.sh` names them, too. */
export const preparationUnits = ["zookeeper-install.service", "zookeeper-machine.service"];

/** Unit of one of several servers, or of the machine's one. */
export function unitOf(serverId: number | undefined): string {
    return serverId === undefined ? "zookeeper.service" : `zookeeper@${serverId}.service`;
}

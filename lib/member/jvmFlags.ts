import { EnsembleSpec } from "../model/ensembleSpec";
import { containerPlaces, Places } from "./places";

/**
 * Flags of the JVM, for SERVER_JVMFLAGS. The heap is not among them: ZooKeeper's scripts take it from ZK_SERVER_HEAP.
 */
export function jvmFlags(spec: EnsembleSpec, places: Places = containerPlaces): string[] {
    return [
        // A JVM out of memory limps and keeps its place in the quorum; ended, it is started again.
        "-XX:+ExitOnOutOfMemoryError",
        // At most three files of 2 MiB: together with the log files they fit into LOGS_SIZE_MIB.
        `-Xlog:gc:file=${places.logs}/gc.log:time,level:filecount=2,filesize=2m`,
        `-Dlogback.configurationFile=${places.files}/logback.xml`,
        // 0 is for ever: the address of a container can come later than its process (ZOOKEEPER-3320).
        "-Dzookeeper.electionPortBindRetry=0",
        ...spec.config.systemProperties.map(({ key, value }) => `-D${key}=${value}`),
        ...spec.jvm.flags,
    ];
}

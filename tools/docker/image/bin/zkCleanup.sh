#!/bin/bash
# Removes old transaction logs and snapshots: zkCleanup.sh -n COUNT.
. "$(dirname "$(readlink -f "$0")")/zkEnv.sh"

data_dir=$(setting dataDir)
data_log_dir=$(setting dataLogDir)
mapfile -t log < <(log_flags cleanup)
# shellcheck disable=SC2086
exec "$JAVA" "${log[@]}" -cp "$CLASSPATH" ${JVMFLAGS:-} \
    org.apache.zookeeper.server.PurgeTxnLog "${data_log_dir:-$data_dir}" "$data_dir" "$@"

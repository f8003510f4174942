#!/bin/bash
# The command line client: zkCli.sh [-server host:port[,host:port]/chroot] [command], or commands on stdin.
. "$(dirname "$(readlink -f "$0")")/zkEnv.sh"

mapfile -t log < <(log_flags cli)
# shellcheck disable=SC2086
exec "$JAVA" "${log[@]}" -cp "$CLASSPATH" $CLIENT_JVMFLAGS ${JVMFLAGS:-} org.apache.zookeeper.ZooKeeperMain "$@"

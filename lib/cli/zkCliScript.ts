/**
 * A logging configuration of its own, that says nothing: the server's would roll the server's files, and the client's
 * answers would drown. A small heap, because the container's memory is the server's.
 */
export const zkCliScript = [
    "set -eu",
    "quiet=$(mktemp -d)",
    "trap 'rm -rf \"$quiet\"' EXIT",
    `echo '<configuration><root level="OFF"/></configuration>' >"$quiet/logback.xml"`,
    "export ZOOCFGDIR=$quiet ZOO_LOG_DIR=$quiet ZK_CLIENT_HEAP=64 JVMFLAGS=",
    "export CLIENT_JVMFLAGS='-XX:TieredStopAtLevel=1 -XX:+UseSerialGC'",
    'zkCli.sh -server "localhost:${CLIENT_SPEC##*:}" "$@"',
].join("\n");

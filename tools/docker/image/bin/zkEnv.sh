# shellcheck shell=bash disable=SC2034
# Sourced by the other scripts: where things are, which Java, which class path, which JVM flags.

zk_home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

ZOOCFGDIR=${ZOOCFGDIR:-$zk_home/conf}
ZOOCFG=$ZOOCFGDIR/${ZOOCFG:-zoo.cfg}

# Hooks of an operator, in the order in which the official scripts read them.
for hook in zookeeper-env.sh java.env; do
    # shellcheck source=/dev/null
    [[ ! -f $ZOOCFGDIR/$hook ]] || . "$ZOOCFGDIR/$hook"
done

ZOO_LOG_DIR=${ZOO_LOG_DIR:-$zk_home/logs}
ZOO_LOG4J_PROP=${ZOO_LOG4J_PROP:-INFO,CONSOLE}

if [[ -n ${JAVA_HOME:-} && -x $JAVA_HOME/bin/java ]]; then
    JAVA=$JAVA_HOME/bin/java
elif ! JAVA=$(type -P java); then
    echo "java not found: set JAVA_HOME or put java on PATH" >&2
    exit 1
fi

# The configuration folder comes first, so that a logback.xml there wins.
CLASSPATH="$ZOOCFGDIR:$zk_home/lib/*${CLASSPATH:+:$CLASSPATH}"

SERVER_JVMFLAGS="-Xmx${ZK_SERVER_HEAP:-1000}m ${SERVER_JVMFLAGS:-}"
CLIENT_JVMFLAGS="-Xmx${ZK_CLIENT_HEAP:-256}m ${CLIENT_JVMFLAGS:-}"

# The value of a key in a configuration file, without the blanks around it.
setting() {
    sed -n -E "s/^[[:space:]]*${1//./\\.}[[:space:]]*=[[:space:]]*(.*[^[:space:]])[[:space:]]*$/\1/p" "${2:-$ZOOCFG}" | tail -n 1
}

# The flags that tell logback where and what to log; $1 tells the tools apart.
log_flags() {
    printf '%s\n' "-Dzookeeper.log.dir=$ZOO_LOG_DIR" \
        "-Dzookeeper.log.file=zookeeper-${USER:-}-$1-${HOSTNAME:-}.log" "-Dzookeeper.root.logger=$ZOO_LOG4J_PROP"
}

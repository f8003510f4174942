# shellcheck shell=bash
# Sourced on a machine of several servers: what one of them has of its own. Wants the machine's environment.

SERVERS=${SERVERS:-/run/zookeeper-ensemble/servers}
CONFIGURATION=${CONFIGURATION:-/etc/zookeeper-ensemble}

is_id() { [[ $1 =~ ^[1-9][0-9]{0,2}$ ]]; }

# Writes the files of server $1, once in a start of the machine, and sets its variables.
enter_server() {
    local own=$SERVERS/$1
    [[ -e $own/environment ]] || write_server "$1" "$own"
    # shellcheck source=/dev/null
    . "$own/environment"
}

# The environment comes last, whole: who finds it has all of them. Several may write at the same time, all the same.
# ZooKeeper's own user reads them, too.
write_server() ( # id, folder
    umask 022
    local first new=$2/environment.$BASHPID offset=$(($1 - 1))
    read -ra first <<<"$FIRST_PORTS"
    mkdir -p "$2"
    {
        sed "s/@SERVER@/$1/g" "$CONFIGURATION/zoo.cfg"
        printf '\nadmin.serverPort=%s\n' "$((first[3] + offset))"
        [[ ! ${first[4]:-} ]] || printf 'metricsProvider.httpPort=%s\n' "$((first[4] + offset))"
    } >"$new"
    mv "$new" "$2/zoo.cfg"
    cp "$CONFIGURATION/logback.xml" "$new"
    mv "$new" "$2/logback.xml"
    {
        sed "s/@SERVER@/$1/g" "$CONFIGURATION/server.environment"
        printf 'CLIENT_SPEC="0.0.0.0:%s"\n' "$((first[0] + offset))"
        printf 'SERVER_SPEC="%s:%s:%s"\n' "${SERVER_SPEC%%:*}" "$((first[1] + offset))" "$((first[2] + offset))"
    } >"$new"
    mv "$new" "$2/environment"
)

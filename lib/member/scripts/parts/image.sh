# shellcheck shell=bash
# Which ZooKeeper is in the image. Machines have the one of the archive that was checked for them.

# The version of the ZooKeeper that would be started, by the name of its jar; empty where that says none.
installed_version() {
    local home jar
    home=$(readlink -f "$(command -v zkServer.sh)") || return 0
    home=${home%/*/*}
    for jar in "$home"/lib/zookeeper-*.jar "$home"/zookeeper-*.jar; do
        [[ ! ${jar##*/} =~ ^zookeeper-([0-9]+\.[0-9]+\.[0-9]+)([.-].*)?\.jar$ ]] ||
            { printf '%s' "${BASH_REMATCH[1]}"; return; }
    done
}

# Fails where there is nothing to say. An older one may not read what was written, and with two in an ensemble nobody knows what a roll does.
other_version() {
    local found
    [[ ${WANTED_VERSION:-} ]] || return 1
    found=$(installed_version)
    [[ $found && $found != "$WANTED_VERSION" ]] || return 1
    printf 'ZooKeeper here says %s, version wants %s: take an image of that one' "$found" "$WANTED_VERSION"
}

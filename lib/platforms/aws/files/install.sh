#!/usr/bin/env bash
# Brings what the image does not have: the user, Java, ZooKeeper. At each start of the machine; what is there stays.
# shellcheck source-path=SCRIPTDIR
. "${0%/*}/common.sh"

OLDEST_JAVA=11

make_user() {
    id "$ZOOKEEPER_USER" &>/dev/null ||
        useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$ZOOKEEPER_USER"
    install -d -o "$ZOOKEEPER_USER" -g "$ZOOKEEPER_USER" -m 0750 "$ZOO_LOG_DIR"
}

java_version() { java -version 2>&1 | sed -nE 's/.* version "(1\.)?([0-9]+).*/\2/p'; }

install_java() {
    local version
    command -v java >/dev/null || with_retries "installing $JRE_PACKAGE" install_package "$JRE_PACKAGE"
    hash -r
    version=$(java_version)
    ((${version:-0} >= OLDEST_JAVA)) ||
        stop "java on the PATH is version ${version:-unknown}, ZooKeeper's flags need $OLDEST_JAVA or later: take it out of the image"
}

fetch() { curl -sSfL --connect-timeout 10 --speed-limit 1000 --speed-time 30 -o "$2" "$1"; }

# The checksum that was given, else the one beside the archive, in either form in which Apache publishes it.
wanted_checksum() {
    if [[ ${DISTRIBUTION_SHA512:-} ]]; then
        printf '%s' "${DISTRIBUTION_SHA512,,}"
        return
    fi
    with_retries "getting $DISTRIBUTION_URL.sha512" fetch "$DISTRIBUTION_URL.sha512" "$work/sha512"
    tr -d ' \t\r\n' <"$work/sha512" | grep -oiE '[0-9a-f]{128}' | head -n 1 | tr 'A-F' 'a-f' ||
        stop "$DISTRIBUTION_URL.sha512 holds no SHA-512 checksum: give distribution.sha512"
}

# Unpacked beside its place and then renamed: a folder of that name is complete.
install_zookeeper() {
    local wanted found
    if [[ -x $ZOOKEEPER_HOME/bin/zkServer.sh ]]; then
        say "ZooKeeper $ZOOKEEPER_VERSION is there already"
        return
    fi
    rm -rf "$ZOOKEEPER_HOME".????????
    work=$(mktemp -d "$ZOOKEEPER_HOME.XXXXXXXX")
    trap 'rm -rf "$work"' EXIT
    say "getting $DISTRIBUTION_URL"
    wanted=$(wanted_checksum)
    with_retries "getting $DISTRIBUTION_URL" fetch "$DISTRIBUTION_URL" "$work/archive"
    found=$(sha512sum "$work/archive")
    found=${found%% *}
    [[ $found == "$wanted" ]] ||
        stop "$DISTRIBUTION_URL has the wrong checksum $found, wanted is $wanted: nothing of it is used"
    mkdir "$work/unpacked"
    tar -xzf "$work/archive" -C "$work/unpacked" --strip-components=1 --no-same-owner
    [[ -x $work/unpacked/bin/zkServer.sh ]] || stop "$DISTRIBUTION_URL holds no bin/zkServer.sh: give the URL of a -bin archive"
    rm -rf "$ZOOKEEPER_HOME"
    mv "$work/unpacked" "$ZOOKEEPER_HOME"
    sync "$ZOOKEEPER_HOME"
    say "ZooKeeper $ZOOKEEPER_VERSION is installed, checksum $found"
}

need_curl
make_user
install_java
install_zookeeper

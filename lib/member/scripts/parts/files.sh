# shellcheck shell=bash
# Files that are there wholly or not at all, also after a power loss.

own() { ((EUID)) || chown -h "$OWNER" "$@"; }

# stdin becomes file $1, wholly or not at all, also after a power loss and on a full volume.
write_file() {
    local new=$1.$BASHPID.tmp
    if cat >"$new" && own "$new" && sync "$new"; then mv -f "$new" "$1"; else rm -f "$new"; return 1; fi
    sync "${1%/*}"
}

remove_file() {
    [[ ! -e $1 ]] || { rm -f "$1"; sync "${1%/*}"; }
}

random_hex() { od -An -v -tx1 -N"$1" /dev/urandom | tr -d ' \n'; }

# Renames $2 of volume $1 out of the way; on the same volume, so that it is one step and needs no space.
set_aside() {
    local to
    [[ -e $1/$2 && $(ls -A "$1/$2") ]] || return 0
    to=$1/ensemble/aside/$(date -u +%Y%m%dT%H%M%S.%NZ)-${2##*/}
    mkdir -p "${to%/*}"
    mv "$1/$2" "$to"
    sync "${to%/*}" "$1"
    log "set aside $1/$2 as $to"
}

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

# What was set aside would fill the volumes: of each kind the newest copy stays. The names begin with the time.
prune_aside() {
    local volume kind
    for volume in "$DATA_DIR" "$LOG_DIR"; do
        for kind in version-2 conf next; do
            find "$volume/ensemble/aside" -maxdepth 1 -name "*Z-$kind" | sort | head -n -1 | xargs -r -d '\n' rm -rf
        done
    done
}

# Size of both volumes' copies; nothing, and no process, without any.
aside_kib() {
    compgen -G "$DATA_DIR/ensemble/aside/*" >/dev/null || compgen -G "$LOG_DIR/ensemble/aside/*" >/dev/null || return 0
    du -ck {"$DATA_DIR","$LOG_DIR"}/ensemble/aside 2>/dev/null | sed -n '$s/[^0-9].*//p' || true
}

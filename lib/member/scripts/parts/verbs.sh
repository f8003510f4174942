# shellcheck shell=bash
# The end of the script: what it was called for.

case ${1:-} in
run | directive | leave | forget | report | health | reconfig | lease | permit) "$@" ;;
ensure-path) ensure_path "${@:2}" ;;
with-lease) with_lease "${@:2}" ;;
*) fail 2 "unknown verb '${1:-}'" ;;
esac

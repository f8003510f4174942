#!/usr/bin/env bash
# Prepares and starts one ZooKeeper server, and answers the deployer about it. Nothing here knows Docker or EC2. What
# starts (`run`) and what answers (all else) may be two files on a machine, see script.ts: they share files only.
#
# member.sh run                 prepare the volumes, wait for a directive if they are blank, become ZooKeeper
# member.sh directive <base64>  tell a waiting server what to do; 0 given or not needed, 1 refused, 2 malformed. Text:
#                               `bootstrap <nonce>` or `join <hex version> [<life>]`, then one server line per line, or
#                               `adopt <generation>`. `bootstrap <nonce> anew` also sets the rest of an ensemble's data
#                               aside, see rest=. A life is the nonce of the founding that the data goes back to
# member.sh leave <hex version> [<life>]
#                               mark the server as removed: its next start waits instead of starting ZooKeeper; a later
#                               `join` sets its data aside and lets it join anew. The version is that of the live
#                               configuration that was decided on. 1 refused: this server's running configuration names
#                               it, or, when it has no answer, a stored one that is newer; 2 malformed. With a life: what
#                               a server with data of another or an unknown one, or without any, has stored does not
#                               count, nor what it runs with unless that is newer
# member.sh forget <hex version>
#                               at its next start the server sets this pending reconfiguration aside: a leader of a later
#                               epoch leads without it; 2 malformed, 4 another one is pending, or none
# member.sh report [seconds]    waits at most so long for a ZooKeeper that has been started to serve, which spares the
#                               server many questions; then one `key=value` per line:
#                               state=blank|bootstrapping|member|left|refused reason= nonce=; life= where it was told to
#                               join one, which has no nonce;
#                               generation= epoch=<-1 without any> zookeeper=running|stopped
#                               rest=yes when one volume of a blank server still holds data
#                               copy=<yes for a copy, also when it was adopted, until it took part in a quorum>|no
#                               configVersion=<hex> config=<server line>…; when one is pending next=<hex>
#                               nextConfig=<server line>…; dataFreeKiB= logFreeKiB= dataSizeKiB= logSizeKiB=;
#                               asideKiB= when something is aside; then ZooKeeper's answers, each line after `srvr: `, `conf: ` or `mntr: ` (of mntr
#                               without the summaries zk_avg_…, zk_p99_…). As `health` does, it makes durable what
#                               ZooKeeper does not sync, removes all but the newest of what was set aside, and sets a
#                               pending reconfiguration aside that can never commit, which it says (`member: …`): each
#                               only once this server serves
# member.sh health              0 when serving (any Mode), or when blank or left and waiting for the deployer
# member.sh reconfig <hex version> add=<server line>… remove=<id>…
#                               0 committed, 1 refused, 2 malformed, 3 version is not the current one, 4 undecided (lost
#                               connection, another one in progress): read the configuration, 5 no quorum of the new one
# member.sh ensure-path </a/b>  create the path; 0 when it is there
# member.sh lease take|release <token>
#                               keeps two deployers from changing one ensemble at the same time: the token has this
#                               server until 20 s after its last `take`; 0 it has it now (or is rid of it), 1 another
#                               has it. Prints lease=<who has it, or nothing> leaseSeconds=<for how long>,
#                               leaseChanges=<how often another one took it> and leaseRun=<another one after each start>;
#                               `report` prints the first two, too
# member.sh with-lease <token> directive|leave|forget|reconfig|ensure-path|permit …
#                               the verb, while this token has this server's lease or nobody has it; 6 another has it,
#                               and nothing was done; otherwise as the verb
# member.sh permit stop [<state>]
#                               nothing, 0: asked by `with-lease` right before this machine is stopped or restarted; 4 its
#                               state is another one by now, or it is a member and serves
#
# States. refused: foreign, unknown or unmounted volumes, left alone, or a zoo.cfg without the lines that safety needs.
# left: see `leave`. blank: nothing that may vote (no log and no snapshot of an epoch >= 1, halves of different
# generations, killed while being filled, or a copy of volumes); waits for a directive. bootstrapping: told to
# bootstrap, no quorum seen yet; another bootstrap is obeyed at the next start (the deployer's state was lost, and so far
# nothing else can be). member: has data, or was told to join and goes on joining after a restart (epoch=-1, no vote
# until it is filled). `bootstrap` is refused where data was: there only `join` helps, which sets the data aside, or,
# when all servers have copies, `adopt`.
#
# DATA_VOLUME and LOG_VOLUME are the platform's ids of the volumes, where volumes have ids. WANTED_VERSION is the version
# of ZooKeeper that the program asks for.
#
# ZooKeeper's own scripts (zkServer.sh, zkCli.sh) are taken from PATH. STEP_DOWN is the command by which root becomes
# ZOOKEEPER_USER for good, gosu of the official image by default.
# shellcheck source-path=SCRIPTDIR
set -euo pipefail
umask 077

: "${ENSEMBLE_ID:?}" "${SERVER_ID:?}" "${SERVER_SPEC:?}" "${CLIENT_SPEC:?}"
DATA_DIR=${DATA_DIR:-/data}
LOG_DIR=${LOG_DIR:-/datalog}
RUN_DIR=${RUN_DIR:-/run/ensemble}
FILES=${ENSEMBLE_FILES:-/ensemble}
OWNER=${ZOOKEEPER_USER:-zookeeper}
STEP_DOWN=${STEP_DOWN:-gosu $OWNER}
HOME_DIR=$DATA_DIR/ensemble
CONF=$HOME_DIR/conf
DYNAMIC=$CONF/zoo.cfg.dynamic
DIRECTIVE=$HOME_DIR/directive
MARKER=$LOG_DIR/initialize
POLL_SECONDS=0.1
ADDRESS='[][A-Za-z0-9.:_|-]+'
SERVER_LINE="^server\\.([1-9][0-9]{0,2})=$ADDRESS:[0-9]+:[0-9]+(:(participant|observer))?(;$ADDRESS)?\$"

log() { printf 'member: %s\n' "$*"; }
fail() { printf 'member: %s\n' "${*:2}" >&2; exit "$1"; }

# One file when it is uploaded, see script.ts.
. "${0%/*}/parts/files.sh"
. "${0%/*}/parts/disks.sh"
. "${0%/*}/parts/configuration.sh"
. "${0%/*}/parts/image.sh"
. "${0%/*}/parts/run.sh"
. "${0%/*}/parts/directive.sh"
. "${0%/*}/parts/told.sh"
. "${0%/*}/parts/report.sh"
. "${0%/*}/parts/upkeep.sh"
. "${0%/*}/parts/lease.sh"
. "${0%/*}/parts/ensemble.sh"
. "${0%/*}/parts/verbs.sh"

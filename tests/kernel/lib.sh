# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by each scenario: an agent, containers, processes in them that can be asked to do
# something, and what is expected of the log.
#
# Where things are comes from the environment: T (tools), CGROUP (mount point of cgroup2), PINS.
# A container NAME of a scenario is the cgroup t-SCENARIO-NAME.
#
# In a guest the programs stay for the next scenario, whose agent adopts them. FRESH, set before this
# is sourced: the scenario begins and ends without any.
# shellcheck shell=dash disable=SC2153

set -u
SCENARIO=${0##*/}
SCENARIO=${SCENARIO%.sh}
W=${TMPDIR:-/tmp}/bailiff-t-$SCENARIO
D=$W/d # objects
POLICIES=$W/policies
LOG=$W/audit.jsonl
SOCKET=$W/control.sock
OP=$T/op
AGENT=
SENTINELS=0
PREFIX=t-$SCENARIO-
ROW=$SCENARIO
CELL=

# ---- results

# row NAME: what is reported from here on is of that row, and not just of the scenario
row() {
	ROW=$1
}

# cell [CLASS OPERATION COLUMN]: what is checked from here on stands for this cell of
# docs/conformance.md, whose columns are allow, deny, audit, kill and neighbour; or for none
cell() {
	CELL=${1:+" {$*}"}
}

# impossible REASON: no kernel like this one can fill the cell
impossible() {
	echo "impossible $ROW: cell$CELL: $1"
}

ok() {
	echo "ok $ROW: $1$CELL"
}

not_ok() {
	echo "not ok $ROW: $1$CELL"
	[ -z "${2:-}" ] || printf '%s\n' "$2" | sed 's/^/#   /'
}

skip() {
	echo "skip $ROW: $1$CELL: $2"
}

# check NAME COMMAND...: the command succeeds
check() {
	local name="$1" said
	shift
	if said=$("$@" 2>&1); then
		ok "$name"
	else
		not_ok "$name" "$* failed: $said"
	fi
}

# equal NAME WANTED GOT
equal() {
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1" "wanted: $2
got: $3"
	fi
}

# status NAME WANTED COMMAND...: the command's exit status; what it said is in $W/out, $W/err
status() {
	local name="$1" wanted="$2" got=0
	shift 2
	"$@" >"$W/out" 2>"$W/err" </dev/null || got=$?
	if [ "$got" = "$wanted" ]; then
		ok "$name"
	else
		not_ok "$name" "$*: status $got, not $wanted: $(cat "$W/out" "$W/err")"
	fi
}

# says NAME FILE PATTERN: a line of the file matches
says() {
	if grep -q -e "$3" "$2"; then
		ok "$1"
	else
		not_ok "$1" "no '$3' in $(cat "$2")"
	fi
}

# soon COMMAND...: the command succeeds within a minute, or more where the machine is slow
soon() {
	local i=0
	until "$@" >/dev/null 2>&1; do
		i=$((i + 1))
		[ $i -lt 600 ] || return 1
		sleep 0.1
	done
}

# One that ended is gone, even if nobody has waited for it: the shell does not, while it reads what a command says.
gone() {
	! kill -0 "$1" 2>/dev/null || grep -q '^State:.*Z' "/proc/$1/status" 2>/dev/null
}

# ---- agent

bailiff_at() {
	local verb="$1"
	shift
	bailiff "$verb" --control-socket "$SOCKET" "$@"
}

# policy FILE: the policies on stdin become FILE.cfg
policy() {
	cat >"$POLICIES/$1.cfg"
}

# agent_launch [OPTION]...: AGENT is its process. Without syslog, unless SYSLOG is set; with the library PRELOAD, if any.
SYSLOG=
PRELOAD=
agent_launch() {
	[ "$SYSLOG" ] || set -- --no-syslog "$@"
	LD_PRELOAD="$PRELOAD" bailiffd --policies "$POLICIES" --log-file "$LOG" --control-socket "$SOCKET" --pin-dir "$PINS" \
		"$@" </dev/null >>"$W/agent" 2>&1 &
	AGENT=$!
}

agent_answers() {
	gone "$AGENT" && return 0
	bailiff_at status
}

# agent_comes_up [OPTION]...: fails if it ends instead, with STATUS
agent_comes_up() {
	STATUS=0
	agent_launch "$@"
	soon agent_answers
	gone "$AGENT" || return 0
	wait "$AGENT" || STATUS=$?
	return 1
}

# agent_start_or_skip [OPTION]...: natively, where the kernel may not load the programs: then nothing goes on
agent_start_or_skip() {
	agent_comes_up "$@" && return
	[ $STATUS = 3 ] || not_ok "the agent starts" "status $STATUS: $(cat "$W/agent")"
	[ $STATUS != 3 ] || skip "all" "the programs don't load here: $(tail -n 1 "$W/agent")"
	: >"$W/agent"
	AGENT=
	exit
}

# agent_start [OPTION]...: nothing goes on if it fails
agent_start() {
	agent_comes_up "$@" && return
	not_ok "the agent starts" "status $STATUS: $(cat "$W/agent")"
	exit 1
}

# agent_end SIGNAL
agent_end() {
	[ -n "$AGENT" ] || return 0
	kill "-$1" "$AGENT" 2>/dev/null
	wait "$AGENT" 2>/dev/null
	AGENT=
}

# Starts rsyslogd, SYSLOGD, which writes to MESSAGES; in a guest.
MESSAGES=$W/messages
syslog_start() {
	printf '%s\n' 'module(load="imuxsock")' "*.* $MESSAGES" >"$W/rsyslog.conf"
	: >"$MESSAGES"
	rm -f /dev/log
	/usr/sbin/rsyslogd -n -f "$W/rsyslog.conf" -i "$W/rsyslogd.pid" &
	# shellcheck disable=SC2034
	SYSLOGD=$!
	soon test -S /dev/log || not_ok "rsyslogd starts"
}

# The number of the set of policies that is in force.
generation() {
	bailiff_at status | sed -n 's/^policies *generation \([0-9]*\),.*/\1/p'
}

reload() {
	bailiff_at reload >"$W/out" 2>&1 || not_ok "reload" "$(cat "$W/out")"
}

# ---- containers

# container NAME POLICY [OPTION]...: a bound cgroup; without --start what runs inside is confined
container() {
	local name="$1" policy="$2"
	shift 2
	[ -d "$CGROUP/$PREFIX$name" ] || mkdir "$CGROUP/$PREFIX$name"
	bailiff_at bind --policy "$policy" "$@" "/$PREFIX$name" >"$W/out" 2>&1 ||
		not_ok "bind of $name" "$(cat "$W/out")"
}

# become NAME COMMAND...: goes from outside into the cgroup, and executes; in a subshell
become() {
	echo 0 >"$CGROUP/$PREFIX$1/cgroup.procs"
	shift
	exec "$@"
}

enter() {
	(become "$@")
}

# inside NAME POLICY COMMAND...: the same in a container of its own
inside() {
	local name="$1" policy="$2"
	shift 2
	container "$name" "$policy" --start
	enter "$name" "$@"
}

# server NAME [COMMAND...]: an 'op' in the cgroup NAME that 'ask' speaks with; its process is
# in the file NAME.pid. COMMAND, if given, is put before it.
server() {
	local name="$1"
	shift
	case $name in */*) mkdir -p "$W/${name%/*}" "$CGROUP/$PREFIX$name" ;; esac
	rm -f "$W/$name.in" "$W/$name.out"
	mkfifo "$W/$name.in" "$W/$name.out"
	[ -d "$CGROUP/$PREFIX$name" ] || mkdir "$CGROUP/$PREFIX$name"
	become "$name" "$@" "$OP" 0<>"$W/$name.in" 1<>"$W/$name.out" 2>>"$W/servers" &
	"$OP" ask "$W/$name.in" "$W/$name.out" pid >"$W/$name.pid" ||
		not_ok "$name: a process starts" "$(cat "$W/$name.pid" "$W/servers")"
}

# confined NAME POLICY: a container with --start and an 'op' in it
confined() {
	container "$1" "$2" --start
	server "$1"
}

pid_of() {
	cat "$W/$1.pid"
}

# ask NAME OP...: sets ANSWER to "ok" or the name of an error
ask() {
	local name="$1"
	shift
	ANSWER=$("$OP" ask "$W/$name.in" "$W/$name.out" "$@")
	ANSWER=${ANSWER##*: }
}

# gets NAME WANTED OP...: asks and compares; the report is named by NAME, OP and what is said first
gets() {
	local name="$1" wanted="$2"
	shift 2
	ask "$name" "$@"
	shorten "$*"
	if [ "$ANSWER" = "$wanted" ]; then
		ok "$name: $SHORT: $wanted"
	else
		not_ok "$name: $SHORT: $wanted" "got: $ANSWER"
	fi
}

# shorten TEXT: SHORT is what a line may show of it. Called for each answer, and so without a process where none is needed.
shorten() {
	SHORT=$1
	case $SHORT in *[!\ -~]*) SHORT=$(printf '%s' "$1" | tr -c ' -~' '?') ;; esac
	if [ ${#SHORT} -gt 100 ]; then SHORT=$(printf '%.60s... [%d]' "$SHORT" ${#SHORT}); fi
}

# both NAME WANTED OP...: works unconfined, and gives WANTED in the container. Only for what can
# be done twice.
both() {
	local name="$1" wanted="$2"
	shift 2
	ask free "$@"
	[ "$ANSWER" = ok ] || { shorten "$*" && not_ok "free: $SHORT: ok" "got: $ANSWER"; }
	gets "$name" "$wanted" "$@"
}

# ---- the log

# expect NAME COUNT KEY=VALUE... [-- KEY=VALUE...]: see records.c. A KEY of @NAME stands for
# container.name=t-SCENARIO-NAME.
expect() {
	local word
	{
		printf '%s: %s\t%s' "$ROW" "$1$CELL" "$2"
		shift 2
		for word; do
			case $word in
			@*) printf '\tcontainer.name=%s%s' "$PREFIX" "${word#@}" ;;
			*) printf '\t%s' "$word" ;;
			esac
		done
		echo
	} >>"$W/expected"
}

logged() {
	grep -q -e "$1" "$LOG"
}

# logged_soon NAME PATTERN
logged_soon() {
	if soon logged "$2"; then
		ok "$1"
	else
		not_ok "$1" "no '$2' among
$(tail -n 5 "$LOG")"
	fi
}

# Waits until all that was recorded before stands in the log: a denial and an exit come last
# in the two rings.
settle() {
	local port pid
	SENTINELS=$((SENTINELS + 1))
	port=$((20000 + SENTINELS))
	[ -d "$CGROUP/${PREFIX}sentinel" ] || container sentinel sentinel --start
	become sentinel "$OP" connect udp 127.9.9.9 $port >/dev/null &
	pid=$! && wait $pid
	soon logged "\"destination.ip\":\"127.9.9.9\",\"destination.port\":$port," &&
		soon logged "\"event.action\":\"process-exit\".*\"process.pid\":$pid," && return
	not_ok "the log is complete" "$(tail -n 3 "$LOG")"
}

# counters WHEN: the kernel's, as status has them
counters() {
	bailiff_at status -o json >"$W/status"
	for group in delivered lost decided; do
		for key in denied other allowed; do
			eval "${1}_${group}_$key=$(sed -n "/\"$group\" *:/,/}/s/.*\"$key\" *: *\([0-9]*\).*/\1/p" "$W/status")"
		done
	done
}

# told KEY FILE: what the records of losses in a log of JSON lines say in all
told() {
	grep -F '"event.action":"lost"' "$2" | sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p" | awk '{ n += $1 } END { print n + 0 }'
}

# Judges all that was expected since the last time.
judge() {
	settle
	[ -e "$W/expected" ] || : >"$W/expected"
	"$T/records" "$LOG" <"$W/expected"
	rm "$W/expected"
}

# ---- beginning and end

# remove_cgroup CGROUP: kills what is in it, and removes it with those in it
remove_cgroup() {
	echo 1 >"$1/cgroup.kill"
	find "$1" -depth -type d | while read -r dir; do
		soon rmdir "$dir" || not_ok "removal of $dir"
	done
}

# end_container NAME
end_container() {
	remove_cgroup "$CGROUP/$PREFIX$1"
}

end_all() {
	local cgroup
	for cgroup in "$CGROUP/$PREFIX"*; do
		[ ! -d "$cgroup" ] || remove_cgroup "$cgroup"
	done
}

# On a machine that others use only what is pinned here goes.
take_down() {
	if [ "${NATIVE:-}" ]; then
		agent_end TERM
		rm -rf "$PINS"
	elif [ "${FRESH:-}" ]; then
		bailiff_at unload --pin-dir "$PINS" >/dev/null 2>&1
		[ -z "$AGENT" ] || gone "$AGENT" || agent_end KILL
	else
		agent_end TERM
		return
	fi
	[ ! -d "$PINS" ] || not_ok "nothing is left at $PINS" "$(find "$PINS")"
}

# shellcheck disable=SC2317
clean_up() {
	local mount
	cd /
	end_all
	take_down
	[ ! -s "$W/agent" ] || sed 's/^/# agent: /' "$W/agent"
	grep "$W/" /proc/mounts | cut -d' ' -f2 | sort -r | while read -r mount; do umount "$mount"; done
	rm -rf "$W"
}

begin() {
	rm -rf "$W"
	mkdir -p "$POLICIES" "$D"
	policy sentinel <<-'END'
		policies = ( { name = "sentinel"; network = { default = "allow"; rules = (
		  { action = "deny"; op = "connect"; to = "127.9.9.9/32"; } ); }; } );
	END
	[ -z "${FRESH:-}" ] || bailiff_at unload --pin-dir "$PINS" >/dev/null 2>&1
	trap clean_up EXIT
	trap 'exit 1' INT TERM HUP
}

begin

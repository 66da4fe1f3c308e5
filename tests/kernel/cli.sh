# SPDX-License-Identifier: GPL-2.0-or-later
# The command line: exit codes, `run` with and without an agent, doctor.
# shellcheck shell=dash disable=SC2119
FRESH=yes
. "$T/lib.sh"

NO=$D/no
CFG=$W/run.cfg

run() {
	bailiff run --control-socket "$SOCKET" --policy "$CFG" "$@"
}

# ---- offline

checks() {
	status "check of a valid file" 0 bailiff check "$CFG"
	cp "$W/out" "$W/canonical.cfg"
	says "it prints what was understood" "$W/out" 'name = "strict"'
	status "check of what check printed" 0 bailiff check "$W/canonical.cfg"
	check "which is the same" cmp "$W/out" "$W/canonical.cfg"
	status "check of the directory" 0 bailiff check "$POLICIES"
	cat >"$W/bad.cfg" <<-'END'
		policies = (
		  { name = "x"; file = { default = "allow"; rules = (
		    { action = "deny"; access = "q"; path = "/x"; } ); }; } );
	END
	status "check of an invalid file" 1 bailiff check "$W/bad.cfg"
	says "it names file and line" "$W/err" '^[^ ]*bad.cfg:3: .*"q"'
	equal "and prints no policy" "" "$(cat "$W/out")"
	status "check of a file that is not there" 1 bailiff check "$W/none.cfg"
	status "check: unknown option" 2 bailiff check --what
	status "unknown verb" 2 bailiff statsu
	says "the nearest verb is proposed" "$W/err" "did you mean 'status'"
	status "no verb" 2 bailiff
	status "help" 0 bailiff help
	status "version" 0 bailiff version
	status "bailiffd: unknown option" 2 bailiffd --polices x
}

unreachable() {
	local verb
	for verb in status reload tail; do
		status "$verb without an agent" 4 bailiff_at $verb
		says "$verb: it says so" "$W/err" "^bailiff: $verb: "
	done
	status "bind without an agent" 4 bailiff_at bind --policy strict "/$PREFIX"x
}

doctor() {
	local hook
	status "doctor" 0 bailiff doctor
	for hook in lsm/bprm_check_security lsm/file_open lsm/path_unlink lsm/path_rename lsm/path_truncate lsm/task_alloc \
		cgroup/connect4 cgroup/bind6 cgroup/sendmsg6 tp_btf/sched_process_fork; do
		says "doctor: $hook" "$W/out" "^$hook .*available"
	done
	equal "doctor: nothing is missing" 0 "$(grep -c missing "$W/out")"
	status "doctor -o json" 0 bailiff doctor -o json
}

# ---- run

# all ways in which a command can end
ends() {
	local how="$1"
	status "run $how: status 0" 0 run -- "$OP" open r "$D/yes"
	status "run $how: status 7" 7 run -- "$OP" exit 7
	status "run $how: SIGTERM" 143 run -- "$OP" raise 15
	status "run $how: not there" 127 run -- "$D/none"
	status "run $how: not executable" 126 run -- "$D/yes"
	status "run $how: a forbidden entry point" 126 run -- "$D/forbidden" true
	status "run $how: found by PATH" 3 run -- sh -c 'exit 3'
}

confines() {
	local how="$1"
	status "run $how: denied" 1 run -- "$OP" open r "$NO"
	says "run $how: the command saw it" "$W/out" ': EACCES$'
	says "run $how: stderr tells it" "$W/err" "$NO"
	status "run $how: --audit-only" 0 run --audit-only --log "$W/run-$how.jsonl" -- "$OP" open r "$NO"
	says "run $how: --log has would-deny" "$W/run-$how.jsonl" '"file.path":"'"$NO"'".*"bailiff.verdict":"would-deny"'
	status "run $how: its children too" 1 run -- "$OP" child open r "$NO"
	status "run $how: a policy by name" 1 \
		bailiff run --control-socket "$SOCKET" --policy "$W/two.cfg:two" -- "$OP" open r "$NO"
	run -- sh -c "sleep 100 & echo \$! >$W/left" 2>/dev/null
	check "run $how: what is left is killed" soon gone "$(cat "$W/left")"
}

refuses() {
	status "run: no policy" 2 bailiff run -- true
	status "run: no command" 2 run
	status "run: an invalid policy" 125 bailiff run --control-socket "$SOCKET" --policy "$W/bad.cfg" -- true
	says "run: it names file and line" "$W/err" 'bad.cfg:3: '
	status "run: which of two policies" 125 bailiff run --control-socket "$SOCKET" --policy "$W/two.cfg" -- true
	status "run: no such policy" 125 bailiff run --control-socket "$SOCKET" --policy "$W/two.cfg:three" -- true
}

left() {
	find /sys/fs/bpf "$CGROUP" -name 'bailiff-run*'
}

nothing_left() {
	[ -z "$(left)" ]
}

nothing_loaded() {
	[ "$("$T/bpfcount")" = "0 0 0" ]
}

# `bailiff run` is killed: the command goes on, and is confined.
survives() {
	local how="$1" main
	mkfifo "$W/$how.in" "$W/$how.out"
	run -- "$OP" 0<>"$W/$how.in" 1<>"$W/$how.out" 2>/dev/null &
	main=$!
	"$OP" ask "$W/$how.in" "$W/$how.out" pid >"$W/$how.pid"
	gets "$how" EACCES open r "$NO"
	kill -KILL "$(ps -o pid,ppid,comm |
		awk -v p="$main" '($1 == p || $2 == p) && $3 == "bailiff" { print $1 }')"
	wait "$main" 2>/dev/null
	gets "$how" EACCES open r "$NO"
	gets "$how" EACCES child open r "$NO"
	gets "$how" "status 1" exec "$OP" open r "$NO"
	gets "$how" ok open r "$D/yes"
	kill -KILL "$(pid_of "$how")"
}

# ---- with an agent

binds() {
	mkdir "$CGROUP/${PREFIX}x"
	status "bind of a cgroup that is not there" 1 bailiff_at bind --policy sentinel "/${PREFIX}none"
	status "bind to an unknown policy" 1 bailiff_at bind --policy none "/${PREFIX}x"
	says "it names the policy" "$W/err" "'none'"
	status "bind without a policy, where none fits" 1 bailiff_at bind "/${PREFIX}x"
	status "bind out of the hierarchy" 1 bailiff_at bind --policy sentinel "/${PREFIX}x/../../.."
	status "bind" 0 bailiff_at bind --policy sentinel "$CGROUP/${PREFIX}x"
	equal "it prints the cgroup's id" "$(stat -c %i "$CGROUP/${PREFIX}x")" "$(cat "$W/out")"
	status "status" 0 bailiff_at status
	says "status shows it" "$W/out" "${PREFIX}x.*sentinel"
	status "unbind" 0 bailiff_at unbind "/${PREFIX}x"
	status "unbind again" 1 bailiff_at unbind "/${PREFIX}x"
	status "status -o xml" 2 bailiff_at status -o xml
	status "reload" 0 bailiff_at reload
}

for name in "$NO" "$D/yes"; do echo data >"$name"; done
cp "$OP" "$D/forbidden"
cat >"$CFG" <<END
policies = ( { name = "strict"; process = { exec = { default = "allow"; deny = [ "$D/forbidden" ]; }; };
  file = { default = "allow"; rules = ( { action = "deny"; access = "r"; path = "$NO"; } ); }; } );
END
cat >"$W/two.cfg" <<END
policies = ( { name = "one"; file = { default = "allow"; }; },
  { name = "two"; file = { default = "allow"; rules = ( { action = "deny"; access = "r"; path = "$NO"; } ); }; } );
END
checks
unreachable
doctor
survives alone
status "run alone, after one that was killed: denied" 1 run -- "$OP" open r "$NO"
says "run alone: stderr tells it" "$W/err" "$NO"
status "run alone: not there" 127 run -- "$D/none"
status "run alone: a forbidden entry point" 126 run -- "$D/forbidden" true
check "run alone: nothing is left, of the one that was killed neither" nothing_left
check "run alone: no program, map or link is left" soon nothing_loaded
HOOK=/usr/libexec/bailiff/bailiff-hook
status "a hook without a state fails" 1 $HOOK createRuntime
status "that of a user who is root in a namespace of his own does nothing" 0 unshare -U -r $HOOK createRuntime
equal "and passes on what it is given" '{"x": 1.0}' "$(echo '{"x": 1.0}' | unshare -U -r $HOOK precreate)"
agent_start
refuses
ends served
confines served
binds
survives served
status "run served: after that" 0 run -- "$OP" true
check "run served: nothing is left of it" soon nothing_left

# SPDX-License-Identifier: GPL-2.0-or-later
# bailiff-hook as a runtime runs it, before the agent and without it; the containers are cgroups with a
# process that waits. Real runtimes are in oci_*.
# shellcheck shell=dash disable=SC2119
. "$T/lib.sh"
HOOK=/usr/libexec/bailiff/bailiff-hook
SLEEPERS=

policy hook <<-'END'
	policies = (
	{ name = "plain"; select = { name = "plain*"; }; file = { default = "allow"; }; },
	{ name = "open"; select = { name = "open"; }; on_failure = "allow"; file = { default = "allow"; }; },
	{ name = "twin1"; select = { annotations = "tie=*"; trust = "annotation"; }; file = { default = "allow"; }; },
	{ name = "twin2"; select = { annotations = "tie=*"; trust = "annotation"; }; file = { default = "allow"; }; } );
END

# waits NAME [ANNOTATIONS]: a container that its runtime has made so far; PID
waits() {
	mkdir -p "$CGROUP/$PREFIX$1" "$W/$1"
	echo "{ \"root\": { \"path\": \"$W\" }, \"annotations\": { ${2:-} } }" >"$W/$1/config.json"
	sh -c 'echo 0 >"$0/cgroup.procs"; exec sleep 300' "$CGROUP/$PREFIX$1" &
	PID=$!
	SLEEPERS="$SLEEPERS $PID"
	until grep -q "$PREFIX$1" "/proc/$PID/cgroup"; do sleep 0.1; done
}

# hook NAME STAGE: its status; what it says in $W/said
hook() {
	echo "{ \"ociVersion\": \"1.0\", \"id\": \"$1\", \"pid\": $PID, \"bundle\": \"$W/$1\" }" |
		"$HOOK" --control-socket "$SOCKET" "$2" >"$W/said" 2>&1
}

# ends NAME STATUS TEXT [CONTAINER]: so ends createRuntime, and says that
ends() {
	hook "${4:-$1}" createRuntime
	equal "$1: the status" "$2" $?
	if [ "$3" ]; then
		check "$1: says why" grep -qF "$3" "$W/said"
	else
		equal "$1: says nothing" "" "$(cat "$W/said")"
	fi
}

# bound NAME: the name, as often as it is bound
bound() {
	bailiff_at status | sed -n "/^containers /,/^[^ ]/s/^  \($1\) .*/\1/p"
}

[ -x "$HOOK" ] || not_ok "the hook is installed" "no $HOOK"
echo 'on_failure = "allow";' >"$W/bailiff.cfg"
agent_start --config "$W/bailiff.cfg"
check "the agent leaves word" grep -q '"allow"' "$W/hook.json"
waits plain1
ends plain1 0 ''
equal "plain1: is bound" plain1 "$(bound plain1)"
ends "plain1 again" 0 '' plain1
equal "plain1: once" plain1 "$(bound plain1)"
kill "$PID"
wait "$PID" 2>/dev/null
SLEEPERS=
hook plain1 poststop
equal "plain1: poststop unbinds" "" "$(bound plain1)"
waits plain3
ends plain3 0 ''
waits plain4
ends "plain3 of another runtime" 0 '' plain3
hook plain3 poststop
equal "the end of one runtime's plain3 is not that of the other's" "plain3 plain3" "$(echo $(bound plain3))"
waits other
ends other 0 ''
equal "other: is not bound" "" "$(bound other)"
waits tie '"tie": "x"'
ends tie 1 'both fit'
waits open
bailiff_at bind --policy plain "/${PREFIX}open" >/dev/null
ends open 0 'starts unconfined'
PID=$$
mkdir -p "$W/own"
echo "{ \"root\": { \"path\": \"$W\" } }" >"$W/own/config.json"
ends own 0 'no cgroup of its own'
agent_end KILL
waits plain2
ends "plain2 without the agent, which let it" 0 'starts unconfined' plain2
agent_start
check "the agent leaves other word" grep -q '"deny"' "$W/hook.json"
agent_end KILL
ends "plain2 without the agent" 1 'agent cannot be reached' plain2
hook plain2 poststop
equal "poststop without the agent" 0 $?
equal "poststop says nothing" "" "$(cat "$W/said")"
# shellcheck disable=SC2086
kill $SLEEPERS 2>/dev/null || :

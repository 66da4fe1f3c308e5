# SPDX-License-Identifier: GPL-2.0-or-later
# K13: the agent is killed at random moments of a start, a reload, a bind and an unbind, and
# stopped for a while. What is bound stays confined, the next agent always starts, and nothing
# is left behind. SEED=N repeats a run as far as time lets it.
# shellcheck shell=dash disable=SC2119
FRESH=yes
. "$T/lib.sh"

KILLS=${KILLS:-50}
SEED=${SEED:-$(date +%s)}
ALLOWED=$D/allowed
DENIED=$D/denied
SECOND=$D/second

rules() {
	echo "# $1" >"$POLICIES/other.cfg"
	cat >>"$POLICIES/other.cfg" <<-END
		policies = ( { name = "main"; process = { exec = { default = "allow"; }; }; file = { default = "allow"; rules = (
		  { action = "deny"; access = "r"; path = [ "$DENIED", "/srv/$1*/**" ]; quiet = true; } ); };
		  network = { default = "allow"; rules = ( { action = "deny"; op = "connect"; port = "7002"; quiet = true; } ); }; },
		{ name = "second"; file = { default = "allow"; rules = ( { action = "deny"; access = "r"; path = [ "$SECOND", "/x$1" ]; } ); }; } );
	END
}

# moments: a random one for each kill, in thousandths of how long its phase takes
moments() {
	awk -v seed="$SEED" -v n="$KILLS" 'BEGIN { srand(seed); while (n-- > 0) printf "%d\n", rand() * 1000 }'
}

# What there is of bailiff: programs, maps and links; pins; files beside the socket.
inventory() {
	"$T/bpfcount"
	find "$PINS" | sort
	find /run/bailiff "$W" -maxdepth 1 ! -name 'audit.jsonl' ! -name 'inventory*' ! -name 'bound*' ! -name out | sort
}

bound() {
	bailiff_at status -o json | grep -E '"cgroup" *:' | sort
}

fault() {
	[ "$faults" -ge 5 ] || echo "# $1"
	faults=$((faults + 1))
}

# Like agent_start, without patience for failure.
comes_back() {
	agent_launch --config "$W/settings.cfg"
	soon agent_answers
	gone "$AGENT" || return 0
	fault "after kill $kill ($phase, $ms ms) no agent starts: $(tail -n 3 "$W/agent")"
	AGENT=
	return 1
}

# ---- what the agent does while it is killed

reloading() {
	while :; do
		rules "$((kill * 100 + i))"
		bailiff_at reload
		i=$((i + 1))
	done
}

# One that has a process inside, which a binding has to find.
binding() {
	while :; do
		bailiff_at bind --policy second "/${PREFIX}churn"
		bailiff_at unbind "/${PREFIX}churn"
	done
}

# kill_during PHASE MS
kill_during() {
	local busy=
	i=0
	case $1 in
	start) agent_end KILL && agent_launch --config "$W/settings.cfg" ;;
	reload) reloading >/dev/null 2>&1 & ;;
	bind) binding >/dev/null 2>&1 & ;;
	esac
	[ "$1" = start ] || busy=$!
	"$OP" sleep "$2" >/dev/null
	agent_end KILL
	[ -z "$busy" ] || { kill "$busy"; wait "$busy"; } 2>/dev/null
}

# churn WANTED: what a process inside gets
churn() {
	ask churn open r "$SECOND"
	[ "$ANSWER" = "$1" ] || fault "after kill $kill ($phase, $ms ms) churn gets $ANSWER, not $1 ($2)"
}

# After a restart a container is bound, and what runs inside confined; or it is not.
consistent() {
	bound >"$W/bound.now"
	case $(grep -c churn "$W/bound.now") in
	0)
		free=$((free + 1))
		churn ok free
		bailiff_at bind --policy second "/${PREFIX}churn" >"$W/out" 2>&1 ||
			fault "after kill $kill ($phase, $ms ms) churn can't be bound: $(cat "$W/out")"
		churn EACCES "bound anew"
		;;
	1) churn EACCES bound ;;
	*) fault "after kill $kill ($phase, $ms ms) churn is bound twice" ;;
	esac
	bailiff_at unbind "/${PREFIX}churn" >"$W/out" 2>&1 ||
		fault "after kill $kill ($phase, $ms ms) churn can't be unbound: $(cat "$W/out")"
	churn ok unbound
}

kills() {
	local most
	kill=0
	while read -r ms; do
		kill=$((kill + 1))
		case $((kill % 3)) in
		0) phase=start most=300 ;;
		1) phase=reload most=200 ;;
		2) phase=bind most=400 ;;
		esac
		ms=$((ms * most / 1000))
		kill_during "$phase" "$ms"
		comes_back || comes_back || return
		[ "$phase" != bind ] || consistent
		[ "$("$T/bpfcount")" = "$objects" ] || fault "after kill $kill ($phase, $ms ms): $("$T/bpfcount"), not $objects"
	done <"$W/moments"
}

# The very first start: programs are being loaded, nothing is bound yet.
first_starts() {
	local ms
	for ms in 300 1500 3000; do
		kill=first phase=load
		agent_launch --config "$W/settings.cfg"
		"$OP" sleep $((ms + SEED % 500)) >/dev/null
		agent_end KILL
	done
	comes_back
	equal "K13: killed while it loads: the next one starts" 0 $faults
}

nothing_loaded() {
	[ "$("$T/bpfcount")" = "0 0 0" ] && [ -z "$(find /sys/fs/bpf -mindepth 1)" ]
}

# While it stands still, decisions go on.
stopped() {
	"$OP" round "$W/counts-1" zero >/dev/null
	kill -STOP "$AGENT"
	sleep 6
	kill -CONT "$AGENT"
	check "K13: SIGSTOP for 6 s: no wrong answer, none late" "$OP" counted "$W/counts-1" 500 5000
}

sentinel() {
	become a "$OP" sentinel "$2" "$W/counts-$1" "$ALLOWED" "$DENIED" >/dev/null 2>&1 &
	soon test -s "$W/counts-$1" || not_ok "sentinel $1 starts"
}

echo "# SEED=$SEED"
for name in "$ALLOWED" "$DENIED" "$SECOND"; do echo data >"$name"; done
printf '%s\n' 'max_containers = 16;' >"$W/settings.cfg"
rules 0
moments >"$W/moments"
soon nothing_loaded || not_ok "nothing is loaded before"
faults=0
free=0
first_starts
server churn
mkdir "$CGROUP/${PREFIX}a"
sentinel 1 loop
sentinel 2 fork
container a main
for name in 1 2; do "$OP" round "$W/counts-$name" zero >/dev/null || not_ok "sentinel $name goes on"; done
reload
inventory >"$W/inventory-before"
objects=$(head -n 1 "$W/inventory-before")
bound >"$W/bound.before"
kills
equal "K13: $kill kills: each restart, each binding, each count" 0 $faults
echo "# churn was free after $free kills"
for name in 1 2; do
	"$OP" round "$W/counts-$name" >/dev/null || not_ok "sentinel $name lives"
	check "K13: sentinel $name: no wrong answer" "$OP" counted "$W/counts-$name" 100 10000
	"$OP" counted "$W/counts-$name" 0 0 2>&1 >/dev/null | sed "s/^/# sentinel $name: /"
done
inventory >"$W/inventory-after"
equal "K13: programs, maps, links, pins and files are the same" "" "$(diff "$W/inventory-before" "$W/inventory-after")"
equal "K13: so is what is bound" "$(cat "$W/bound.before")" "$(bound)"
stopped
status "bailiff unload" 0 bailiff_at unload --pin-dir "$PINS"
check "K13: after unload nothing is left" soon nothing_loaded
AGENT=
: >"$W/agent"

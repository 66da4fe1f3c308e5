# SPDX-License-Identifier: GPL-2.0-or-later
# stress-ng's classes filesystem, network and os for 60 s, each in a confined cgroup of its own and
# all at the same time, with audit on and the agent standing still for a while. A sentinel beside
# them gets no wrong answer, what is lost is counted, and the kernel warns of nothing (see guest).
# shellcheck shell=dash disable=SC2119,SC2154
. "$T/lib.sh"

STRESS_SECONDS=${STRESS_SECONDS:-60}
CLASSES="filesystem network os"
ALLOWED=$D/allowed
DENIED=$D/denied

rules() {
	policy main <<-END
		policies = (
		{ name = "load"; process = { exec = { default = "allow"; }; }; file = { default = "allow"; rules = (
		  { action = "allow"; access = "rwcd"; path = "/tmp/**"; audit = true; },
		  { action = "deny"; access = "r"; path = [ "/etc/shadow", "/tmp/**/*7*" ]; },
		  { action = "deny"; access = "w"; path = "/proc/**"; } ); };
		  network = { default = "allow"; rules = ( { action = "deny"; op = "connect"; port = "1-1023"; },
		  { action = "deny"; op = "bind"; port = "6000-6999"; } ); }; },
		{ name = "guard"; file = { default = "allow"; rules = (
		  { action = "deny"; access = "r"; path = "$DENIED"; quiet = true; } ); };
		  network = { default = "allow"; rules = ( { action = "deny"; op = "connect"; port = "7002"; quiet = true; } ); }; }
		);
	END
}

# load CLASS: what fails in stress-ng is its own affair; each stressor has a second
load() {
	mkdir -p "$D/$1"
	become "$1" /usr/bin/timeout -k 5 "$STRESS_SECONDS" /usr/bin/stress-ng --class "$1" --sequential 1 --timeout 1 \
		--temp-path "$D/$1" --verbose >"$W/said-$1" 2>&1 &
}

# of CLASS: its stressors that came to run
stressors() {
	grep -c 'started .*(instance 0)' "$W/said-$1"
}

recorded() {
	grep -vF '"event.action":"lost"' "$LOG" | grep -c "$@" '"bailiff.verdict":"allowed"'
}

balanced() {
	counters now
	[ "$(told bailiff.lost.ring.denied "$LOG")" = "$now_lost_denied" ] &&
		[ "$(told bailiff.lost.ring.other "$LOG")" = "$now_lost_other" ]
}

for name in "$ALLOWED" "$DENIED"; do echo data >"$name"; done
rules
printf '%s\n' 'ring_denied = 262144;' 'ring_other = 262144;' >"$W/settings.cfg"
agent_start --config "$W/settings.cfg"
container guard guard --start
become guard "$OP" sentinel loop "$W/counts" "$ALLOWED" "$DENIED" >/dev/null 2>&1 &
soon test -s "$W/counts" || not_ok "the sentinel starts"
for class in $CLASSES; do
	container "$class" load --start
	load "$class"
done
sleep $((STRESS_SECONDS / 3))
kill -STOP "$AGENT"
sleep $((STRESS_SECONDS / 3))
kill -CONT "$AGENT"
sleep $((STRESS_SECONDS / 3))
"$OP" round "$W/counts" >/dev/null || not_ok "the sentinel lives"
for class in $CLASSES; do
	echo "# $class: $(stressors "$class") stressors"
	check "$class: stressors ran" test "$(stressors "$class")" -ge 10
	end_container "$class"
done
check "a sentinel beside them gets no wrong answer" "$OP" counted "$W/counts" 100 20000
"$OP" counted "$W/counts" 0 0 2>&1 >/dev/null | sed "s/^/# /"
end_container guard
settle
soon balanced
echo "# delivered $now_delivered_denied and $now_delivered_other, lost $now_lost_denied and $now_lost_other"
for class in $CLASSES; do
	check "$class: is recorded" grep -qF "\"container.name\":\"$PREFIX$class\"" "$LOG"
done
check "something is lost" test $((now_lost_denied + now_lost_other)) -gt 0
equal "ring denied: what is lost is told" "$now_lost_denied" "$(told bailiff.lost.ring.denied "$LOG")"
equal "ring other: what is lost is told" "$now_lost_other" "$(told bailiff.lost.ring.other "$LOG")"
equal "ring denied: what is delivered is recorded" "$now_delivered_denied" "$(recorded -vF)"
equal "ring other: what is delivered is recorded" "$now_delivered_other" "$(recorded -F)"
equal "nothing else is lost" "$((now_lost_denied + now_lost_other))" "$(told bailiff.lost.total "$LOG")"

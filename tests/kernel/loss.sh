# SPDX-License-Identifier: GPL-2.0-or-later
# K10, the event flood: 100,000 events while nobody reads them, and a syslog daemon that stands
# still. Every decision is right, and what is missing from a log is counted there.
# shellcheck shell=dash disable=SC2119
. "$T/lib.sh"

EACH=${EACH:-50000} # events, of what is denied and of what is allowed
SECONDS_STILL=${SECONDS_STILL:-10}
DENIED=$D/denied
AUDITED=$D/audited
RARE=$D/rare # denied, during a flood of what is allowed

rules() {
	policy main <<-END
		policies = ( { name = "main"; process = { exec = { default = "allow"; }; }; file = { default = "allow"; rules = (
		  { action = "deny"; access = "r"; path = "$D/{denied,rare}"; },
		  { action = "allow"; access = "r"; path = "$AUDITED"; audit = true; } ); };
		  network = { default = "allow"; rules = ( { action = "deny"; op = "connect"; port = "7002"; } ); }; } );
	END
}

# grown GROUP KEY: since before
grown() {
	eval "echo \$((after_$1_$2 - before_$1_$2))"
}

# of PATH: its records
of() {
	grep -cF "\"file.path\":\"$1\"" "$LOG"
}

tells_loss() {
	grep -F '"event.action":"lost"' "$LOG" | grep -qF "$1"
}

# ---- the rings

flood() {
	settle
	: >"$LOG"
	counters before
	kill -STOP "$AGENT"
	gets a EACCES repeat "$EACH" open r "$DENIED"
	gets a ok repeat "$EACH" open r "$AUDITED"
	gets a EACCES open r "$DENIED"
	gets a ok open r "$D/free"
	gets a EPERM send udp 127.0.0.1 7002
	kill -CONT "$AGENT"
	soon tells_loss bailiff.lost.ring.other || not_ok "K10: the loss is told"
	settle
	counters after
}

balance() {
	local denied allowed
	denied=$(of "$DENIED")
	allowed=$(of "$AUDITED")
	echo "# $((EACH * 2)) events: $((denied + allowed)) recorded, $(grown lost denied) and $(grown lost other) lost"
	equal "K10: ring denied: recorded and told as lost are all" $((EACH + 2)) \
		$((denied + $(grep -c '"destination.port":7002' "$LOG") + $(told bailiff.lost.ring.denied "$LOG")))
	equal "K10: ring other: recorded and told as lost are all" "$EACH" $((allowed + $(told bailiff.lost.ring.other "$LOG")))
	equal "K10: ring denied: status counts the same loss" "$(grown lost denied)" "$(told bailiff.lost.ring.denied "$LOG")"
	equal "K10: ring other: status counts the same loss" "$(grown lost other)" "$(told bailiff.lost.ring.other "$LOG")"
	check "K10: both rings did overflow" test "$(grown lost denied)" -gt 0 -a "$(grown lost other)" -gt 0
	equal "K10: delivered is all that the log has of ring denied" "$(grown delivered denied)" \
		"$(grep -cF -e '"bailiff.verdict":"denied"' "$LOG")"
	equal "K10: delivered is all that the log has of ring other" "$(grown delivered other)" \
		"$(grep -cF '"bailiff.verdict":"allowed"' "$LOG")"
	equal "K10: no other reason of loss" "" "$(grep -F '"event.action":"lost"' "$LOG" |
		grep -o 'bailiff.lost.[a-z.]*' | sort -u | grep -vx -e bailiff.lost.total -e bailiff.lost.ring.denied -e bailiff.lost.ring.other)"
}

# What is allowed fills its own ring: of what is denied meanwhile nothing is lost.
apart() {
	: >"$LOG"
	counters before
	kill -STOP "$AGENT"
	ask a repeat "$EACH" open r "$AUDITED"
	gets a EACCES repeat 100 open r "$RARE"
	kill -CONT "$AGENT"
	soon tells_loss bailiff.lost.ring.other
	settle
	counters after
	check "K10: a flood of what is allowed is lost" test "$(grown lost other)" -gt 0
	equal "K10: and no denial with it" "100 0" "$(of "$RARE") $(grown lost denied)"
}

# Nobody is there: the next agent tells what was lost meanwhile.
absent() {
	agent_end KILL
	: >"$LOG"
	gets a EACCES repeat 5000 open r "$DENIED"
	agent_start --config "$W/settings.cfg"
	soon tells_loss bailiff.lost.ring.denied
	settle
	equal "K10: without an agent: recorded and told as lost are all" 5000 \
		$(($(of "$DENIED") + $(told bailiff.lost.ring.denied "$LOG")))
	agent_end TERM
	: >"$LOG"
	agent_start --config "$W/settings.cfg"
	settle
	sleep 2
	equal "K10: a loss is told once" 0 "$(told bailiff.lost.total "$LOG")"
}

# ---- syslog

arrived() {
	grep -F ' bailiff[' "$MESSAGES" | grep -cvF 'action=lost'
}

syslog_told() {
	grep -F 'action=lost' "$MESSAGES" | sed -n 's/.*syslog.queue="\{0,1\}\([0-9]*\).*/\1/p' | awk '{ n += $1 } END { print n + 0 }'
}

written() {
	grep -cvF '"event.action":"lost"' "$LOG"
}

all_there() {
	[ $(($(arrived) + $(syslog_told))) -ge "$(written)" ]
}

# Denials for as long as the daemon stands still, and more than its queue takes.
still() {
	local began now produced=0
	settle
	: >"$LOG"
	: >"$MESSAGES"
	kill -STOP "$SYSLOGD"
	began=$(cut -d. -f1 /proc/uptime)
	now=$began
	while [ $((now - began)) -lt "$SECONDS_STILL" ] || [ $produced -lt 12000 ]; do
		ask a repeat 500 open r "$DENIED"
		[ "$ANSWER" = EACCES ] || not_ok "a stopped syslog daemon: every denial" "$ANSWER"
		produced=$((produced + 500))
		sleep 0.2
		now=$(cut -d. -f1 /proc/uptime)
	done
	check "syslog stood still for $SECONDS_STILL s: the agent answers" timeout 5 bailiff status --control-socket "$SOCKET"
	check "and reloads" timeout 10 bailiff reload --control-socket "$SOCKET"
	settle
	equal "no JSON line is lost" "$produced" "$(of "$DENIED")"
	kill -CONT "$SYSLOGD"
	check "syslog goes on" soon all_there
	sleep 2
	echo "# of $(written) messages $(arrived) arrived"
	check "syslog did lose some" test "$(syslog_told)" -gt 0
	equal "syslog: arrived and told there as lost are all" "$(written)" $(($(arrived) + $(syslog_told)))
	equal "the JSON lines tell the same loss of syslog" "$(syslog_told)" "$(told bailiff.lost.syslog.queue "$LOG")"
	equal "nothing else is told as lost" "$(syslog_told)" "$(told bailiff.lost.total "$LOG")"
}

for name in "$DENIED" "$AUDITED" "$RARE" "$D/free"; do echo data >"$name"; done
rules
printf '%s\n' 'ring_denied = 262144;' 'ring_other = 262144;' 'syslog_rate = 1000000;' >"$W/settings.cfg"
agent_start --config "$W/settings.cfg"
confined a main
flood
balance
apart
absent
# only syslog is to lose anything: a ring that holds all of it
status "bailiff unload" 0 bailiff_at unload --pin-dir "$PINS"
end_container sentinel
printf '%s\n' 'ring_denied = 8388608;' 'syslog_rate = 1000000;' >"$W/settings.cfg"
syslog_start
SYSLOG=yes
agent_start --config "$W/settings.cfg"
container a main
still
end_container a
kill "$SYSLOGD"

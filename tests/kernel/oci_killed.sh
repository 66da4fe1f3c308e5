# SPDX-License-Identifier: GPL-2.0-or-later
# The agent is killed while containers start: each starts confined, or does not start.
# shellcheck shell=dash disable=SC2119
. "$T/lib.sh"
. "$T/oci_lib.sh"

ROUNDS=${ROUNDS:-6}
SIZE=4

policies() {
	policy killed <<-END
		policies = ( { name = "killed"; select = { name = "t-oci_killed-*"; };
		  file = { default = "allow"; rules = ( { action = "deny"; access = "r"; path = "/data/secret"; } ); }; } );
	END
}

# started NAME: its status; 13 is a denial of its first instruction
started() {
	timeout 60 "$RUNTIME" run --bundle "$W/bundle-$1" "$PREFIX$1" >>"$W/said" 2>&1 </dev/null
	echo $? >>"$W/statuses"
	gone_or_removed $1
}

# ended COUNT: so many in all
ended() {
	[ "$(wc -l <"$W/statuses")" -ge "$1" ]
}

# round ENDED: the agent is killed when so many of a few have ended; the others are on their way
round() {
	local i pids= before
	before=$(wc -l <"$W/statuses")
	for i in $(seq $SIZE); do
		started "$i" &
		pids="$pids $!"
	done
	soon ended $((before + $1))
	agent_end KILL
	# shellcheck disable=SC2086
	wait $pids
	agent_start
}

# those that ended with one of these statuses
of() {
	grep -cxE "$1" "$W/statuses"
}

RUNTIME=crun
policies
syslog_start
agent_start
remember
for i in $(seq $SIZE); do configure "$i" -- /first; done
: >"$W/statuses"
for i in $(seq "$ROUNDS"); do round $((i % SIZE)); done
echo "# $(of 13) started confined, $(of '1|255') did not start"
equal "each is confined or does not start" $((ROUNDS * SIZE)) "$(of '13|1|255')"
check "some start" test "$(of 13)" -gt 0
check "some do not start" test "$(of '1|255')" -gt 0
status "with the next agent they start confined" 13 again 1
nothing_more "after that"

agent_end KILL
for RUNTIME in crun runc; do
	if once away -- /first >"$W/out" 2>&1 </dev/null; then
		not_ok "$RUNTIME: without an agent none starts"
	else
		ok "$RUNTIME: without an agent none starts"
	fi
	gone_or_removed away
done
says "runc tells why" "$W/out" "${PREFIX}away does not start: .*agent"
says "so does syslog" "$MESSAGES" "${PREFIX}away does not start: .*agent"

RUNTIME=crun
echo 'on_failure = "allow";' >"$W/settings.cfg"
agent_start --config "$W/settings.cfg"
agent_end KILL
status "where that is allowed one starts unconfined" 0 once late -- /first
says "which syslog is told" "$MESSAGES" "${PREFIX}late starts unconfined"
agent_start

# SPDX-License-Identifier: GPL-2.0-or-later
# Containers that start and end at the same time: each is confined, each ends, and nothing of them is left.
# shellcheck shell=dash disable=SC2119
. "$T/lib.sh"
. "$T/oci_lib.sh"

STARTS=${STARTS:-200}
SIZE=8 # divides the number of starts

policy batches <<-'END'
	policies = ( { name = "batches"; select = { name = "t-oci_batches-*"; };
	  file = { default = "allow"; rules = ( { action = "deny"; access = "r"; path = "/data/secret"; } ); }; } );
END

# started NAME: its status goes to a file; one that hangs is ended
started() {
	timeout 60 "$RUNTIME" run --bundle "$W/bundle-$1" "$PREFIX$1" >>"$W/said" 2>&1 </dev/null
	echo $? >>"$W/statuses"
}

batch() {
	local i pids=
	for i in $(seq $SIZE); do
		started "$i" &
		pids="$pids $!"
	done
	# shellcheck disable=SC2086
	wait $pids
}

RUNTIME=crun
agent_start
remember
for i in $(seq $SIZE); do configure "$i" --timed "$W/times" -- /first; done
began=$(date +%s)
while [ "$(cat "$W/statuses" 2>/dev/null | wc -l)" -lt "$STARTS" ]; do batch; done
echo "# $STARTS starts in batches of $SIZE: $(($(date +%s) - began)) s"
equal "all are denied by their first instruction, and end" "$STARTS 13" \
	"$(sort "$W/statuses" | uniq -c | awk '{ print $1, $2 }')"
[ ! -s "$W/said" ] || sed 's/^/# /' "$W/said"
equal "the hook ran for each" "$STARTS" "$(wc -l <"$W/times")"
echo "# the hook: $(median "$W/times")"
nothing_more "after $STARTS containers"
expect "each is recorded" "$STARTS" event.action=open file.path=/data/secret -- bailiff.verdict=denied rule.ruleset=batches
judge

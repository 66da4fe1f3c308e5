# SPDX-License-Identifier: GPL-2.0-or-later
# The very first instruction is confined: a program that opens a forbidden file by its first system call, started again
# and again.
# shellcheck shell=dash disable=SC2119
. "$T/lib.sh"
. "$T/oci_lib.sh"

STARTS=${STARTS:-200}

policy first <<-'END'
	policies = ( { name = "first"; select = { name = "t-oci_first-*"; };
	  file = { default = "allow"; rules = ( { action = "deny"; access = "r"; path = "/data/secret"; } ); }; } );
END

# in_a_row NAME COUNT: all end with EACCES
in_a_row() {
	local name="$1" count="$2" i=1 denied=1 began
	began=$(date +%s)
	once "$name" --timed "$W/times-$name" -- /first >"$W/out" 2>&1 </dev/null
	equal "$name: $RUNTIME: the first start" 13 $?
	while [ $i -lt "$count" ]; do
		i=$((i + 1))
		again "$name" >"$W/out" 2>&1 </dev/null
		case $? in
		13) denied=$((denied + 1)) ;;
		*) sed "s/^/# $name, start $i: /" "$W/out" ;;
		esac
	done
	equal "$name: $RUNTIME: denials of $count starts in a row" "$count" $denied
	expect "$name: the denials are recorded" "$count" "@$name" event.action=open file.path=/data/secret -- \
		bailiff.verdict=denied rule.ruleset=first
	echo "# $RUNTIME: $count starts in $(($(date +%s) - began)) s, the hook: $(median "$W/times-$name")"
}

agent_start
remember
RUNTIME=crun
status "without the hook it is not denied" 0 once free --no-hook -- /first
in_a_row crun "$STARTS"
RUNTIME=runc
in_a_row runc $((STARTS / 20 + 1))
nothing_more "after $STARTS starts"
judge

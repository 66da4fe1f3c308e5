# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by the scenarios of ways round: each is shown to work for a task that is not confined,
# then to be stopped. The container of row P1 is p1, with the policy p1 of the scenario's file,
# whose rule is marked "# p1".
# shellcheck shell=dash disable=SC2034,SC2086

# begin_row ROW: its container, and the numbers of denials
begin_row() {
	row "$1"
	C=$(printf '%s' "$1" | tr '[:upper:]' '[:lower:]')
	COUNT=0
	confined "$C" "$C"
}

# stopped WANTED OP...: works unconfined, and not here
stopped() {
	COUNT=$((COUNT + 1))
	both "$C" "$@"
}

# passes OP...: works for both
passes() {
	both "$C" ok "$@"
}

rule_of() {
	echo "$SCENARIO.cfg:$(grep -n "# $1\$" "$POLICIES/$SCENARIO.cfg" | cut -d: -f1)"
}

# tree ROW: a directory with a secret, one with data, and an empty one; sets B, NO and YES
tree() {
	begin_row "$1"
	B=$D/$C
	NO=$B/no/file
	YES=$B/ok/file
	mkdir -p "$B/no" "$B/ok" "$B/new"
	printf 'secret\n' >"$NO"
	printf 'public\n' >"$YES"
}

# recorded COUNT KEY=VALUE... [-- KEY=VALUE...]: denials of the row's container
recorded() {
	local count="$1" name
	shift
	name="recorded: $*"
	name="${name%% -- *}: $count"
	case " $* " in *" -- "*) ;; *) set -- "$@" -- ;; esac
	shorten "$name"
	expect "$SHORT" "$count" "@$C" "bailiff.verdict=denied" "$@" bailiff.mode=enforce
}

# by_rule COUNT PATH [KEY=VALUE]...: denials of this path by the row's rule
by_rule() {
	local count="$1" path="$2"
	shift 2
	recorded "$count" "file.path=$path" "$@" -- "rule.name=$(rule_of "$C")"
}

# no_more: all denials of the row are those that were counted
no_more() {
	recorded "$COUNT" "process.name=*"
}

# rows ROW...: those that were asked for, or all
rows() {
	local name
	for name in ${ROWS:-"$@"}; do $name; done
	judge
}

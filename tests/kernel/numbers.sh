# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by the scenarios of capabilities and operations: cases that are tried under each kind
# of rule and by a neighbour who is not confined. What they are in docs/conformance.md the
# scenario's place_of says, in CLASS and OPERATION.
# shellcheck shell=dash disable=SC2034,SC2086,SC2154
. "$T/columns.sh"

# rule_at PATTERN: the place of the line of the policies that ends in "# PATTERN"
rule_at() {
	echo "$SCENARIO.cfg:$(grep -n "# $1\$" "$POLICIES/$SCENARIO.cfg" | cut -d: -f1)"
}

# case_ NAME ERROR WORD...: tried in each container; NAME is what decides, ERROR what is told
# when it is denied. @in stands for another process of the same container.
#
# What a case needs to be possible again is its own affair: nothing is left by it.
case_() {
	local name="$1" error="$2" title
	shift 2
	CASES=$((CASES + 1))
	title="$CASES $name"
	place_of "$name" "$@"
	try free ok "$title" "$@"
	try none ok "$title" "$@"
	try deny "$error" "$title" "$@"
	try dry ok "$title" "$@"
	try kill SIGKILL "$title" "$@"
	for way in deny:denied dry:would-deny kill:killed; do
		recorded "${way%%:*}" "${way#*:}" "$name"
	done
}

# try CONTAINER WANTED TITLE WORD...
try() {
	local container="$1" wanted="$2" title="$3"
	shift 3
	words=$*
	case $words in *@in*) words=$(echo "$words" | sed "s/@in/$(pid_of "$container/in")/g") ;; esac
	[ "$container" != kill ] || words="child $words"
	ask "$container" $words
	cell_in "$container" "$CLASS" "$OPERATION"
	equal "$container: $title: $words" "$wanted" "$ANSWER"
	cell
}

# counts DENIED NAME: one more record is expected
counts() {
	eval "COUNT_$1_$2=\$((\${COUNT_$1_$2:-0} + 1))"
}

# total CONTAINER VERDICT NAME KEY=VALUE...
total() {
	local container="$1" verdict="$2" name="$3" count
	shift 3
	eval "count=\${COUNT_${container}_$name:-0}"
	ALL=$((ALL + count))
	place_of "$name" '*'
	cell_in "$container" "$CLASS" "$OPERATION"
	expect "$container: $name: $count records" "$count" "@$container" "$@" "bailiff.verdict=$verdict" -- \
		"rule.ruleset=$container" event.reason=rule process.pid=* user.id=0
	cell
}

# no_others CONTAINER: all records are those that were counted
no_others() {
	expect "$1: $ALL records and no more" "$ALL" "@$1" process.name=*
}

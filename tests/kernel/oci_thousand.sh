# SPDX-License-Identifier: GPL-2.0-or-later
# Very many containers at one time, under very many policies: what agent and maps take, and how long it takes to bind one
# and to load all policies anew.
# shellcheck shell=dash disable=SC2119
FRESH=yes
. "$T/lib.sh"

COUNT=${COUNT:-1000}
SETS=${SETS:-200}
RULES=${RULES:-1000}

# sets TEXT: the policies; the text makes each another one
sets() {
	awk -v sets="$SETS" -v rules="$RULES" -v text="$1" 'BEGIN {
		print "policies = ("
		for (i = 1; i <= sets; i++) {
			printf "%s{ name = \"set%d\"; file = { default = \"allow\"; rules = (\n", (i > 1 ? "," : ""), i
			for (j = 1; j <= rules; j++)
				printf "%s{ action = \"deny\"; access = \"r\"; path = \"/srv/%s%d/%d/*.key\"; }\n", (j > 1 ? "," : ""), text, i, j
			print "); }; }"
		}
		print ");"
	}' | policy sets
}

# KiB of the agent's own: the pages of the rings, which it maps, are counted with the maps.
resident() {
	awk '$1 ~ /-/ { own = !/bpf-map/ } own && $1 == "Rss:" { sum += $2 } END { print sum }' "/proc/$AGENT/smaps"
}

# KiB of all maps; in a guest they are all bailiff's
maps() {
	"$T/bpfcount" memory
}

milliseconds() {
	awk '{ print int($1 * 1000) }' /proc/uptime
}

# at_most NAME LIMIT GOT UNIT
at_most() {
	echo "# $1: $3 $4"
	if [ -n "$3" ] && [ "$3" -le "$2" ]; then
		ok "$1: at most $2 $4"
	else
		not_ok "$1: at most $2 $4" "$3"
	fi
}

# timed_binds PREFIX NUMBER: that many more
timed_binds() {
	local times
	times=$("$T/requests" "$SOCKET" binds "$2" "$CGROUP" "/${PREFIX}$1" set7) || not_ok "$2 are bound to $1"
	echo "# $1: a bind, emulated: median ${times% *} us, at most ${times#* } us"
}

SETS=7 RULES=1 sets small
agent_start
timed_binds box "$COUNT"
equal "all are bound" "$COUNT" "$(bailiff_at status | grep -c "${PREFIX}box")"
sets many
began=$(milliseconds)
kill -HUP "$AGENT" # emulated, it takes a minute, which is as long as `bailiff reload` waits
for i in 1 2 3 4 5 6 7; do ! soon grep -q 'generation 2' "$W/agent" || break; done
echo "# a reload, emulated: $(($(milliseconds) - began)) ms"
check "all of the set is in force" grep -q 'generation 2' "$W/agent"
at_most "memory of the maps" 65536 "$(maps)" KiB
timed_binds box-of-many 100
at_most "memory of the agent" 20480 "$(resident)" KiB
equal "all are still bound" $((COUNT + 100)) "$(bailiff_at status | grep -c "${PREFIX}box")"
began=$(milliseconds)
for cgroup in "$CGROUP/${PREFIX}box"*; do echo 1 >"$cgroup/cgroup.kill"; done
all_removed() {
	! ls -d "$CGROUP/${PREFIX}box"* >/dev/null 2>&1 || rmdir "$CGROUP/${PREFIX}box"*
}
check "all end" soon all_removed
none_left() {
	[ "$(bailiff_at status | grep -c "${PREFIX}box")" = 0 ]
}
check "none is bound after that" soon none_left
echo "# their end: $(($(milliseconds) - began)) ms"

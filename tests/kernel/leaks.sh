# SPDX-License-Identifier: GPL-2.0-or-later
# Nothing of the agent grows: neither by clients, good or bad ones, nor by reloads.
# shellcheck shell=dash disable=SC2086,SC2155
FILES=
FRESH=yes
. "$T/lib.sh"

# malloc gives 32 bytes or more at a time: natively the limits are below what would be lost if one
# of the 26 kinds of requests, or of the 12 files, lost that much each time. In a guest, where the kernel's
# objects can be counted, they are below 64 bytes for every request and reload; pages that once
# were needed for requests that met are kept, and the limit is below a page for each request.
if [ "${NATIVE:-}" ]; then
	REQUESTS=10000 RELOADS=1000 MISSING=--allow-missing=exec,file,network,process
	REQUESTS_BYTES=5000 RELOADS_BYTES=2000 PAGES_KIB=512
else
	REQUESTS=520 RELOADS=96 MISSING=
	REQUESTS_BYTES=10000 RELOADS_BYTES=4000 PAGES_KIB=2000
fi

requests() {
	"$T/requests" "$SOCKET" "$@"
}

heap() {
	"$T/requests" "$W/heap" heap
}

# The kernel's objects are the agent's alone only in a guest; they go when no CPU uses them.
objects() {
	[ "${NATIVE:-}" ] || "$T/bpfcount"
}

descriptors() {
	ls "/proc/$AGENT/fd" | wc -l
}

mappings() {
	wc -l <"/proc/$AGENT/maps"
}

pages() {
	awk '/^Private_Dirty:/ { print $2 }' "/proc/$AGENT/smaps_rollup"
}

same_descriptors() {
	[ "$(descriptors)" = "$DESCRIPTORS" ]
}

same_objects() {
	[ "$(objects)" = "$OBJECTS" ]
}

# What is private to a container and late clients go at the next turn of the housekeeping; the
# agent knows the rules of the last generations, up to 16 of them: of three reloads two make one.
settle_down() {
	sleep 2.5
	requests reloads 48 "$POLICIES/turn.cfg" || not_ok "reloads"
	sleep 1
}

remember() {
	settle_down
	DESCRIPTORS=$(descriptors) OBJECTS=$(objects) MAPPINGS=$(mappings) HEAP=$(heap) PAGES=$(pages)
}

# at_most NAME LIMIT BEFORE AFTER
at_most() {
	echo "# $1: $3, then $4"
	if [ -n "$3" ] && [ -n "$4" ] && [ $(($4 - $3)) -le "$2" ]; then
		ok "$1 does not grow"
	else
		not_ok "$1 does not grow" "$3 before, $4 after, limit $2 more"
	fi
}

# compare WHAT BYTES
compare() {
	settle_down
	soon same_descriptors
	equal "$1: descriptors" "$DESCRIPTORS" "$(descriptors)"
	if [ ! "${NATIVE:-}" ]; then
		soon same_objects
		equal "$1: BPF programs, maps and links" "$OBJECTS" "$(objects)"
	fi
	at_most "$1: mappings" 8 "$MAPPINGS" "$(mappings)"
	at_most "$1: allocated memory" "$2" "$HEAP" "$(heap)"
	at_most "$1: KiB of private pages" $PAGES_KIB "$PAGES" "$(pages)"
}

policy steady <<'END'
	policies = ( { name = "steady"; network = { default = "deny"; }; } );
END
cp "$POLICIES/steady.cfg" "$D/good.cfg"
echo 'policies = ( { name "bad"; network = { default = "no"; }; } );' >"$D/bad.cfg"
# names of containers that ended are remembered until their number is used again
echo 'max_containers = 16;' >"$W/config"
mkdir "$CGROUP/${PREFIX}box"
# memory that a thread has freed and keeps at hand would count as allocated
export GLIBC_TUNABLES=glibc.malloc.tcache_count=0 HEAP_SOCKET="$W/heap"
PRELOAD=$T/heap.so
agent_start_or_skip --config "$W/config" $MISSING
for what in requests reloads; do
	if [ $what = requests ]; then
		set -- "/${PREFIX}box" "$D"
		count=$REQUESTS bytes=$REQUESTS_BYTES warm=260
	else
		set -- "$POLICIES/turn.cfg"
		count=$RELOADS bytes=$RELOADS_BYTES warm=60
	fi
	check "$what to warm up" requests $what $warm "$@"
	remember
	began=$(date +%s)
	check "$count $what are answered as they should be" requests $what "$count" "$@"
	echo "# $count $what: $(($(date +%s) - began)) s"
	compare "$count $what" $bytes
done
: >"$W/agent" # what it said of broken policies

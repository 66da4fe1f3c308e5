# SPDX-License-Identifier: GPL-2.0-or-later
# Root in a container reaches for bailiff itself: its policy says nothing of files and programs.
# shellcheck shell=dash
. "$T/lib.sh"

SPARE=$PINS-spare # an empty directory on the file system of the pins

# reach WHO WANTED NAME COMMAND: in that container, from a shell; a failure is 1
reach() {
	status "$1: $3" "$2" enter "$1" sh -c "{ $4; } || exit 1"
}

# each WHO WANTED: nothing of it does harm where it works
each() {
	reach "$1" "$2" "talks to the agent" "bailiff status --control-socket $SOCKET"
	row K13
	reach "$1" "$2" "signals the agent" "kill -CONT $AGENT"
	reach "$1" "$2" "limits the agent" "$OP limit $AGENT"
	reach "$1" "$2" "schedules the agent" "$OP schedule $AGENT"
	reach "$1" "$2" "binds the agent to a processor" "$OP affinity $AGENT"
	reach "$1" 0 "makes the agent the owner of a descriptor" "$OP owner plain $AGENT 18"
	row guard
	reach "$1" "$2" "traces the agent" "cat /proc/$AGENT/maps"
	reach "$1" "$2" "renames a directory of pins" "mv $SPARE $SPARE-to && mv $SPARE-to $SPARE"
	reach "$1" "$2" "removes a directory of pins" "rmdir $SPARE && mkdir $SPARE"
	reach "$1" "$2" "fetches a pinned object" "$T/bpfcount get $PINS/maps/tasks"
	reach "$1" "$2" "fetches an object by number" "$T/bpfcount id"
}

policy guard <<'END'
policies = (
  { name = "all"; network = { default = "allow"; }; },
  { name = "dry"; extends = [ "all" ]; mode = "audit"; }
);
END
agent_start
mkdir "$SPARE" "$CGROUP/${PREFIX}free"
container all all --start
container dry dry --start
each free 0
each dry 0
each all 1
# what is not confined in a container is its runtime's, which opens more to whoever reaches it
server young
container young all --start
YOUNG=/proc/$(pid_of young)
reach all 0 "looks into a process outside" "cat /proc/1/maps"
reach young 1 "looks into the runtime's process" "cat $YOUNG/maps"
reach young 1 "follows the link to the runtime's program" "readlink $YOUNG/exe"
reach young 1 "opens the runtime's memory" "dd if=$YOUNG/mem bs=1 count=0"
reach all 1 "looks into the runtime's process of another container" "cat $YOUNG/maps"
reach free 0 "looks into the runtime's process" "cat $YOUNG/maps"
gets young ok exec /bin/cat /proc/self/maps
# these can't be undone, so that nobody else tries them
row K2
reach all 1 "removes a pin" "rm $PINS/complete"
reach all 1 "unmounts the pins" "umount /sys/fs/bpf"
row K13
reach all 1 "unloads" "bailiff unload --control-socket $SOCKET --pin-dir $PINS"
reach all 1 "ends the agent" "kill -KILL $AGENT"
"$OP" sleep 100000000 >/dev/null &
check "another process that owns a descriptor is ended" enter all "$OP" owner plain $! 9
check "indeed" soon gone $!
check "the agent is sent nothing" enter all "$OP" owner plain "$AGENT" 9
check "the agent is there" bailiff_at status
row guard
check "so are the pins" test -e "$PINS/complete"
rmdir "$SPARE"
judge
protects() {
	grep '"event.action":"protect"' "$LOG" | grep "\"container.name\":\"$PREFIX$1\"" |
		grep -c "\"bailiff.verdict\":\"$2\".*"
}
check "all: at least one record of each" test "$(protects all denied)" -ge 16
check "dry: at least one record of each" test "$(protects dry would-deny)" -ge 11
equal "free: no record" 0 "$(grep -c "\"container.name\":\"${PREFIX}free\"" "$LOG")"

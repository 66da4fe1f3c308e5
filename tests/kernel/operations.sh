# SPDX-License-Identifier: GPL-2.0-or-later
# The operations of process.deny, each in every way it can be done: allowed, denied, dry run,
# killed, and by a neighbour who is not confined.
# shellcheck shell=dash disable=SC2034,SC2086,SC2119
. "$T/lib.sh"
. "$T/numbers.sh"

NAMES="ptrace userns mount setns signal_outside cgroup_escape"

# section NAME KEY: all operations, a line each
section() {
	local name
	echo "{ name = \"$1\"; process = { $2 = ["
	for name in $NAMES; do echo "\"$name\"$([ $name = cgroup_escape ] || echo ,) # $1 $name"; done
	echo "]; }; },"
}

recorded() {
	counts "$1" "$3"
}

# place_of NAME WORD...
place_of() {
	local verb="$1"
	shift
	way_of "$@"
	CLASS=process OPERATION=$verb/$WAY
	[ "$verb" != umount ] || OPERATION=mount/umount
}

tracing() {
	local out
	out=$(pid_of free/out)
	case_ ptrace EPERM attach $out
	case_ ptrace EPERM seize $out
	case_ ptrace EPERM attach @in
	case_ ptrace EPERM vm-read $out
	case_ ptrace EPERM vm-write $out
	case_ ptrace EPERM vm-write @in
	case_ ptrace EPERM thread vm-read $out
	case_ ptrace EPERM getfd $out 0
	case_ ptrace EACCES open r /proc/$out/mem
	case_ ptrace EACCES open rw /proc/@in/mem
	case_ ptrace EACCES open r /proc/$out/maps
	case_ ptrace EACCES open r /proc/$out/root/
	# in the child that asks; killed, it has no number to tell
	case_ ptrace EPERM traceme
}

signals() {
	local out
	out=$(pid_of free/out)
	case_ signal_outside EPERM signal $out 0
	case_ signal_outside EPERM signal $out 18
	case_ signal_outside EPERM thread-signal $out 18
	case_ signal_outside EPERM queue $out 18
	case_ signal_outside EPERM pidfd-signal $out 18
	case_ signal_outside EPERM thread signal $out 18
	case_ signal_outside EPERM limit $out
	case_ signal_outside EPERM renice $out
	case_ signal_outside EPERM schedule $out
	case_ signal_outside EPERM affinity $out
	case_ signal_outside EPERM ioprio $out
	case_ signal_outside EPERM owner plain $out 18
	case_ signal_outside EPERM owner ex $out 18
	case_ signal_outside EPERM owner ioctl $out 18
}

namespaces() {
	local name
	case_ userns EPERM child space user
	case_ userns EPERM clone user
	case_ userns EPERM clone3 user
	case_ userns EPERM child space user,mnt,net,cgroup
	case_ userns EPERM clone user,mnt,net
	for name in mnt uts ipc net cgroup pid time; do
		case_ setns EPERM child space $name
		case_ setns EPERM clone3 $name
		case_ setns EPERM child enter @in $name
	done
	case_ setns EPERM clone mnt,net
	case_ setns EPERM child space mnt,uts,cgroup
	case_ setns EPERM child space-i386 uts
	case_ setns EPERM child enter-process @in uts
	case_ setns EPERM child enter-process @in uts,ipc,net
}

mounts() {
	case_ mount EACCES mount private none $D/mnt
	case_ mount EACCES mount remount none $D/mnt
	case_ mount EACCES mount tmpfs none $D/stack
	case_ umount EACCES umount $D/stack
	case_ mount EPERM fsopen tmpfs
	case_ mount EPERM fspick $D/mnt
	case_ mount EPERM clone-tree $D/mnt
	case_ mount EPERM mount-attributes $D/mnt
}

cgroups() {
	case_ cgroup_escape EACCES child join "$CGROUP/${PREFIX}away"
	case_ cgroup_escape EACCES child join "$CGROUP"
	case_ cgroup_escape EACCES child put 7 0
	case_ cgroup_escape EACCES open w "$CGROUP/${PREFIX}free/cgroup.max.depth"
	case_ cgroup_escape EPERM into "$CGROUP/${PREFIX}away" sleep 0
	case_ cgroup_escape EACCES open w "$D/v1/release_agent"
	case_ cgroup_escape EACCES open w "$D/again/${PREFIX}away/cgroup.procs"
}

# What stays allowed.
inside() {
	local name
	for name in deny kill; do
		for words in "open r /proc/@in/maps" "vm-read @self" "vm-write @self" "open rw /proc/self/mem" "signal @in 18" \
			"limit @in" "renice @in" "limit @self" "schedule @in" "affinity @in" "child raise 0" "owner plain 0 23" "open-tree $D/mnt" \
			"child join $CGROUP/$PREFIX$name/own" "child join $CGROUP/$PREFIX$name" \
			"open r $CGROUP/${PREFIX}free/cgroup.procs" "clone none" "clone3 none"; do
			words=$(echo "$words" | sed "s/@in/$(pid_of $name/in)/; s/@self/$(pid_of $name)/")
			gets $name ok $words
		done
	done
}

{
	echo 'policies = ('
	section deny deny
	section kill kill
	section dry deny | sed 's/"dry";/"dry"; mode = "audit";/'
	echo '{ name = "none"; process = { capabilities = { default = "allow"; }; }; } );'
} >"$POLICIES/operations.cfg"
mkdir "$D/mnt" "$D/stack" "$D/v1" "$D/again" "$CGROUP/${PREFIX}away"
mount -t tmpfs none "$D/mnt"
mount -t cgroup2 none "$D/again"
mount -t cgroup -o none,name=bailiff none "$D/v1"
agent_start
CASES=0
for name in none deny dry kill; do container $name $name --start; done
for name in free none deny dry kill; do
	server $name 7>"$CGROUP/${PREFIX}away/cgroup.procs"
	server $name/in
	mkdir -p "$CGROUP/$PREFIX$name/own"
	mount -t tmpfs none "$D/stack"
done
server free/out
for row in ${ROWS:-tracing signals namespaces mounts cgroups inside}; do $row; done
for way in deny:denied dry:would-deny kill:killed; do
	ALL=0
	for name in $NAMES; do
		total "${way%:*}" "${way#*:}" $name event.action=$name "rule.name=$(rule_at "${way%:*} $name")"
	done
	total "${way%:*}" "${way#*:}" umount event.action=umount "rule.name=$(rule_at "${way%:*} mount")"
	no_others "${way%:*}"
done
expect "none: no record" 0 @none process.name=*
expect "free: no record" 0 "bailiff.cgroup=/${PREFIX}free"
judge
while umount "$D/stack" 2>/dev/null; do :; done
umount "$D/mnt" "$D/again" "$D/v1"
rmdir "$CGROUP/${PREFIX}away"

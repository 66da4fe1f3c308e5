# SPDX-License-Identifier: GPL-2.0-or-later
# Capabilities, each by something that needs it: allowed, denied, dry run, killed, by default,
# and by a neighbour who is not confined.
# shellcheck shell=dash disable=SC2034,SC2086,SC2119
. "$T/lib.sh"
. "$T/numbers.sh"

CAPABILITIES="chown dac_override dac_read_search fowner setgid setuid setpcap net_bind_service net_admin net_raw sys_rawio
	sys_chroot sys_pacct sys_admin sys_boot sys_nice sys_resource sys_time mknod lease setfcap syslog wake_alarm sys_ptrace
	fsetid linux_immutable ipc_lock ipc_owner sys_module sys_tty_config audit_write audit_control audit_read block_suspend
	perfmon bpf checkpoint_restore kill"

# section NAME DEFAULT KEY: all of them, a line each
section() {
	local name
	echo "{ name = \"$1\"; process = { capabilities = { default = \"$2\"; $3 = ["
	for name in $CAPABILITIES; do echo "\"$name\"$([ $name = kill ] || echo ,) # $1 $name"; done
	echo "]; }; }; },"
}

recorded() {
	counts "$1" "$3"
}

# place_of CAPABILITY
place_of() {
	CLASS=capabilities OPERATION=$1
}

# What nothing in these guests asks for.
unasked() {
	cell capabilities net_broadcast '*'
	impossible "the kernel never asks for it"
	for name in mac_admin mac_override; do
		cell capabilities $name '*'
		impossible "only Smack, SELinux and AppArmor ask for it, and none is in force here"
	done
	cell
}

# Each in a child, so that none has what another left; a file for each, of no mode or of another.
all() {
	case_ chown EPERM cap-chown $D/own 1
	case_ dac_override EACCES open w $D/closed
	case_ fowner EPERM cap-chmod $D/other 644
	case_ setgid EPERM child gid 1
	case_ setuid EPERM uid 1 sleep 0
	case_ setpcap EPERM child drop 30
	case_ net_bind_service EACCES bind tcp 127.0.0.1 81
	case_ net_admin EPERM interface
	case_ net_raw EPERM raw
	case_ sys_chroot EPERM chroot $D sleep 0
	case_ sys_pacct EPERM account
	case_ sys_admin EPERM hostname
	case_ sys_admin EPERM child space uts
	case_ sys_admin EPERM thread hostname
	case_ sys_boot EPERM no-reboot
	case_ sys_nice EACCES child nicer
	case_ sys_resource EPERM child raise-limit
	case_ sys_time EPERM clock
	case_ mknod EPERM device $D/device
	case_ lease EACCES lease $D/other
	case_ setfcap EPERM file-capability $D/own 0
	case_ sys_rawio EPERM child iopl
	case_ syslog EPERM console-level
	case_ wake_alarm EPERM alarm
	case_ kill EPERM signal $OTHER 0
	case_ sys_ptrace EACCES open r /proc/$OTHER/maps
	# where the kernel only wants to know, nobody is told, and nobody killed
	for name in free none deny dry kill; do gets $name ok contains /proc/$OTHER/stat $OTHER; done
	# of two that would do the kernel asks for one after the other: both are refused, and recorded
	case_ dac_read_search EACCES open r $D/closed
	for name in deny dry kill; do counts $name dac_override; done
	# and here in 6.1, what no dry run tells
	case $(uname -r) in 6.1.*) for name in deny kill; do counts $name sys_admin; done ;; esac
}

# What has no call of its own.
others() {
	case_ fsetid EPERM set-group-id $D/group
	case_ linux_immutable EPERM immutable $D
	case_ ipc_lock ENOMEM child lock
	case_ ipc_owner EACCES shared-memory
	case_ sys_module EPERM no-module
	case_ sys_tty_config EPERM child hang-up
	case_ audit_write EPERM audit write
	case_ audit_control EPERM audit control
	case_ audit_read EPERM audit read
	case_ block_suspend EPERM stay-awake
	case_ perfmon EACCES count-all
	case_ bpf EPERM hash-map
	case_ checkpoint_restore EPERM map-file
	# for these it asks twice, whatever the first answer was
	for name in fsetid ipc_lock; do
		for way in deny dry kill; do counts $way $name; done
	done
	# for these about who made the socket, and then about who sends: a dry run tells of both
	for name in audit_write audit_control; do counts dry $name; done
	# of these the kernel asks for another if it is refused
	for name in perfmon bpf checkpoint_restore; do
		for way in deny dry kill; do counts $way sys_admin; done
	done
	unasked
}

# The default, and what is not in the list.
defaults() {
	gets most ok cap-chown $D/own 0
	gets most EPERM hostname
	gets most EPERM raw
	gets most ok open r $D/own
	expect "most: by default: sys_admin" 1 @most bailiff.capability=sys_admin -- rule.name=default event.reason=default \
		bailiff.verdict=denied event.action=capability event.category=process
	expect "most: by default: net_raw" 1 @most bailiff.capability=net_raw -- rule.name=default
	expect "most: by default: setuid" 1 @most bailiff.capability=setuid -- rule.name=default
	expect "most: no more" 3 @most process.name=*
}

# Who lacks a capability anyway is told so by the kernel, and nothing is recorded.
lacking() {
	gets most EPERM uid 1 hostname
	container lacking lacking --start
	server lacking
	gets lacking ok uid 1 sleep 0
	gets lacking EPERM uid 1 hostname
	gets lacking EPERM uid 1 raw
	gets lacking EPERM uid 1 cap-chown $D/own 1
	expect "lacking: no record" 0 @lacking process.name=*
}

mount_over() {
	mount -t overlay -o "lowerdir=$1/lower,upperdir=$1/upper,workdir=$1/work" overlay "$1/merged"
}

# over_make DIR: an overlay that nobody has looked into since it was mounted
over_make() {
	mkdir -p "$1/lower/gone" "$1/lower/opaque" "$1/lower/own" "$1/upper" "$1/work" "$1/merged"
	for file in rename unlink write link attribute opaque/hidden own/old; do echo data >"$1/lower/$file"; done
	chmod 700 "$1/lower/own"
	chown -R 1 "$1/lower/own"
	mount_over "$1"
	rm -r "$1/merged/opaque"
	mkdir "$1/merged/opaque"
	umount "$1/merged"
	mount_over "$1"
}

# over_work NAME: what a container does on an overlay, which needs no capability of it, but some of
# who mounted it: sys_admin for attributes of the layers, dac_override where files are another's
over_work() {
	local name="$1" dir="$D/$1/merged"
	over_make "$D/$name"
	gets $name ENOENT open r $dir/opaque/hidden
	gets $name ok mkdir $dir/new
	gets $name ok rmdir $dir/gone
	gets $name ok mkdir $dir/gone
	gets $name ok rename $dir/rename $dir/renamed
	gets $name ok rename $dir/new $dir/newer
	gets $name ok unlink $dir/unlink
	gets $name ok open w $dir/write
	gets $name ok link $dir/link $dir/linked
	gets $name ok symlink anywhere $dir/symlink
	gets $name ok cap-chmod $dir/attribute 600
	gets $name ok uid 1 create $dir/own/new
	gets $name ok uid 1 open w $dir/own/old
	gets $name ok uid 1 unlink $dir/own/new
}

# over_own NAME WANTED WANTED-FOR-FILES: what is done with other credentials, but with the container's
over_own() {
	local name="$1" wanted="$2" files="$3" dir="$D/$1/merged" mode
	gets $name $wanted hostname
	gets $name $wanted setxattr $dir/attribute # a trusted one
	for mode in inline async sqpoll late; do gets $name $wanted child ring-raw $mode; done
	gets $name $files child access-as $D/closed
	gets $name $files child access-as $dir/closed
	gets $name $wanted child dump $D/theirs
	rm -f $D/theirs/core*
	mkdir $CGROUP/$PREFIX$name/to
	chown 1 $CGROUP/$PREFIX$name/cgroup.procs
	gets $name $files child write-as $CGROUP/$PREFIX$name/to/cgroup.procs
}

# What overlayfs does with the credentials of who mounted it is not judged, what anybody else does with
# borrowed ones is.
borrowed() {
	local name
	mkdir -p $D/theirs
	chown 1 $D/theirs
	for name in over-free over-deny over-dry over-kill; do
		case $name in
		over-free) server $name ;;
		*) confined $name $name ;;
		esac
		over_work $name
		echo data >$D/$name/merged/closed
		chmod 0 $D/$name/merged/closed
	done
	over_own over-free ok ok
	over_own over-dry ok ok
	over_own over-deny EPERM EACCES
	gets over-deny ok mkdir $D/over-deny/merged/later
	for name in deny:denied dry:would-deny; do
		set -- @over-${name%:*} bailiff.verdict=${name#*:}
		expect "$1: sys_admin: the host's name and the attribute" 2 "$@" bailiff.capability=sys_admin
		expect "$1: net_raw: by io_uring" 4 "$@" bailiff.capability=net_raw
		expect "$1: dac_override: access, dump, cgroup.procs" 4 "$@" bailiff.capability=dac_override
		expect "$1: no more" 10 @over-${name%:*} event.category=process event.action=capability
	done
	gets over-kill SIGKILL child hostname
	expect "over-kill: once" 1 @over-kill event.action=capability -- bailiff.capability=sys_admin
	for name in over-free over-deny over-dry over-kill; do
		end_container $name
		umount $D/$name/merged
	done
}

{
	echo 'policies = ('
	echo '{ name = "over-deny"; process = { capabilities = { default = "deny"; allow = [ "setgid", "setuid" ]; }; }; },'
	echo '{ name = "over-dry"; extends = [ "over-deny" ]; mode = "audit"; },'
	echo '{ name = "over-kill"; process = { capabilities = { default = "allow"; kill = [ "sys_admin", "dac_override" ]; }; }; },'
	section deny allow deny
	section kill allow kill
	section dry allow deny | sed 's/"dry";/"dry"; mode = "audit";/'
	section none deny allow
	echo '{ name = "most"; process = { capabilities = { default = "deny"; allow = [ "chown", "dac_override" ]; }; }; },'
	echo '{ name = "lacking"; process = { capabilities = { default = "deny"; allow = [ "setuid" ]; }; }; } );'
} >"$POLICIES/capabilities.cfg"
for name in own closed other group; do echo data >"$D/$name"; done
chgrp 1 "$D/group"
paranoid=$(cat /proc/sys/kernel/perf_event_paranoid)
echo 2 >/proc/sys/kernel/perf_event_paranoid
chmod 0 "$D/closed"
chown 1 "$D/other"
# by an execve of its own: what changed its user may not be looked into, for which is asked again
"$OP" uid 1 become "$OP" sleep 2000000 &
NAPPER=$!
other() {
	OTHER=$(sed 's/ //' "/proc/$NAPPER/task/$NAPPER/children")
	[ "$OTHER" ] && grep -q "^Uid:.1" "/proc/$OTHER/status"
}
agent_start
CASES=0
for name in none deny dry kill most; do container $name $name --start; done
for name in free none deny dry kill; do server $name && server $name/in; done
server most
soon other || not_ok "a process of another user"
for row in ${ROWS:-all others defaults lacking borrowed}; do $row; done
for way in deny:denied dry:would-deny kill:killed; do
	ALL=0
	for name in $CAPABILITIES; do
		total "${way%:*}" "${way#*:}" $name event.action=capability bailiff.capability=$name \
			"rule.name=$(rule_at "${way%:*} $name")"
	done
	no_others "${way%:*}"
done
expect "none: no record" 0 @none process.name=*
expect "free: no record" 0 "bailiff.cgroup=/${PREFIX}free"
judge
echo "$paranoid" >/proc/sys/kernel/perf_event_paranoid
kill $NAPPER "$OTHER" 2>/dev/null

# SPDX-License-Identifier: GPL-2.0-or-later
# Ways out through other processes, namespaces and mounts, and to privileges.
# shellcheck shell=dash disable=SC2086,SC2119
. "$T/lib.sh"
. "$T/threats.sh"

NO=$D/no

# by_number COUNT KEY=VALUE...: denials by the row's rule
by_number() {
	local count="$1"
	shift
	recorded "$count" "$@" -- "rule.name=$(rule_of "$C")"
}

c3() {
	begin_row C3
	mkdir -p "$D/c3"
	stopped EACCES seq mount cgroup2 none "$D/c3" -- join "$D/c3/${PREFIX}free" -- umount "$D/c3"
	stopped EACCES unshare seq mount cgroup2 none "$D/c3" -- join "$D/c3/${PREFIX}free"
	stopped EPERM fsopen cgroup2
	stopped EPERM child move-new cgroup2 "$D/c3"
	while umount "$D/c3" 2>/dev/null; do :; done
	# a hierarchy of v1, again and anew, and in a cgroup namespace of its own
	stopped EACCES cgroup-v1 none,name=bailiff "$D/c3"
	stopped EACCES cgroup-v1 none,name=other "$D/c3"
	stopped EACCES child seq space cgroup -- mount cgroup2 none "$D/c3" -- open w "$D/c3/cgroup.procs"
	while umount "$D/c3" 2>/dev/null; do :; done
	stopped EPERM fspick "$D/mnt"
	stopped EPERM clone-tree "$D/mnt"
	stopped EPERM mount-attributes "$D/mnt"
	by_number 10 event.action=mount
	stopped EACCES child seq space mnt -- move-mount "$D/mnt" "$D/c3"
	stopped EACCES child seq space mnt -- pivot "$D/mnt"
	stopped EACCES child seq space mnt -- umount "$D/mnt"
	by_number 1 event.action=move_mount "file.path=$D/c3"
	by_number 1 event.action=pivot_root "file.path=$D/mnt"
	by_number 1 event.action=umount "file.path=$D/mnt"
	# what was begun before the confinement is not ended
	server c3-old
	for name in free c3-old; do
		gets $name ok context 8 tmpfs
		gets $name ok context 9 tmpfs create
	done
	container c3-old c3
	both c3-old EPERM context-create 8
	both c3-old EPERM context-mount 9
	expect "contexts from before" 2 @c3-old event.action=mount -- bailiff.verdict=denied
	# those that the runtime mounted
	stopped EACCES open w "$D/v1/release_agent"
	stopped EACCES open w "$D/v1/notify_on_release"
	stopped EACCES open w "$D/v1/cgroup.procs"
	stopped EACCES open w "$D/again/${PREFIX}free/cgroup.procs"
	stopped EACCES open w "$CGROUP/cgroup.subtree_control"
	stopped EACCES child join "$CGROUP/${PREFIX}free"
	stopped EPERM into "$CGROUP/${PREFIX}free" sleep 0
	stopped EPERM child into "$CGROUP" sleep 0
	stopped EACCES child seq space cgroup -- open w "$CGROUP/${PREFIX}free/cgroup.procs"
	stopped EACCES uring w "$CGROUP/${PREFIX}free/cgroup.procs"
	by_rule_cgroup 10
	no_more
	passes open r "$D/v1/release_agent"
	passes open r "$CGROUP/${PREFIX}free/cgroup.procs"
}

by_rule_cgroup() {
	recorded "$1" event.action=cgroup_escape -- "rule.name=$(rule_of c3-cgroup)"
}

c4() {
	begin_row C4
	mkdir -p "$D/c4"
	stopped EPERM child space user
	stopped EPERM userns mount tmpfs none "$D/c4"
	stopped EPERM userns sleep 0
	stopped EPERM clone user
	stopped EPERM clone3 user,mnt,pid,net
	stopped EPERM thread child space user
	stopped EPERM uid 1 space user
	by_number $COUNT event.action=userns
	no_more
	passes child space uts
}

other_user_namespace() {
	[ "$(readlink "/proc/$1/ns/user")" != "$(readlink /proc/self/ns/user)" ]
}

c5() {
	local name free
	begin_row C5
	free=$(pid_of free)
	for name in mnt net pid cgroup uts ipc time; do
		stopped EPERM child space $name
		stopped EPERM child enter "$free" $name
	done
	unshare -U sleep 1000 &
	soon other_user_namespace $!
	stopped EPERM child enter $! user
	kill $!
	stopped EPERM child enter-process "$free" mnt,net,pid
	stopped EPERM child space-i386 mnt
	stopped EPERM clone mnt
	stopped EPERM clone3 net,pid
	stopped EPERM child space user,mnt
	by_number $COUNT event.action=setns
	no_more
	passes child space user
	passes hostname
	passes mount private none "$D/mnt"
}

c6() {
	begin_row C6
	server free/victim
	server c6/own
	stopped EPERM attach "$(pid_of free/victim)"
	stopped EPERM seize "$(pid_of free/victim)"
	stopped EPERM child attach "$(pid_of free/victim)"
	stopped EPERM thread attach "$(pid_of free/victim)"
	stopped EPERM attach "$(pid_of c6/own)"
	by_number 4 event.action=ptrace "bailiff.target_pid=$(pid_of free/victim)"
	by_number 1 event.action=ptrace "bailiff.target_pid=$(pid_of c6/own)"
	stopped EPERM traceme
	stopped EPERM child traceme
	by_number $COUNT event.action=ptrace
	no_more
}

c7() {
	local victim
	begin_row C7
	victim=$(pid_of free)
	server free/reader
	stopped EPERM vm-write "$victim"
	stopped EPERM vm-read "$victim"
	stopped EACCES open rw "/proc/$victim/mem"
	stopped EACCES open r "/proc/$victim/maps"
	stopped EACCES open r "/proc/$victim/environ"
	stopped EACCES ls "/proc/$victim/root/"
	stopped EPERM getfd "$victim" 0
	stopped EPERM uid 0 vm-write "$victim"
	stopped EACCES advise "$victim"
	stopped EPERM compare "$victim"
	by_number $COUNT event.action=ptrace "bailiff.target_pid=$victim"
	no_more
	passes open rw /proc/self/mem
	passes open r "/proc/$victim/cmdline"
}

c8() {
	local victim
	begin_row C8
	server free/victim
	victim=$(pid_of free/victim)
	stopped EPERM signal "$victim" 0
	stopped EPERM signal "$victim" 18
	stopped EPERM thread-signal "$victim" 18
	stopped EPERM queue "$victim" 18
	stopped EPERM pidfd-signal "$victim" 18
	stopped EPERM limit "$victim"
	stopped EPERM renice "$victim"
	stopped EPERM move-pages "$victim"
	stopped EPERM schedule "$victim"
	stopped EPERM affinity "$victim"
	stopped EPERM ioprio "$victim"
	stopped EPERM orphan signal "$victim" 18
	by_number $COUNT event.action=signal_outside "bailiff.target_pid=$victim"
	# in another container
	confined c8-other c8
	stopped EPERM signal "$(pid_of c8-other)" 18
	by_number 1 event.action=signal_outside "bailiff.target_pid=$(pid_of c8-other)"
	owners "$victim"
	no_more
	# to all at once: it reaches those inside alone
	confined c8-all c8
	server c8-all/in
	gets c8-all EPERM signal "$victim" 15
	[ "$ANSWER" = EPERM ] || return # it would kill this scenario too
	gets c8-all ok signal -1 9
	check "all signalled: one outside lives" kill -0 "$victim"
	check "all signalled: one inside does not" soon gone "$(pid_of c8-all/in)"
	expect "all signalled: the one outside is recorded" 2 @c8-all event.action=signal_outside \
		"bailiff.target_pid=$victim" -- bailiff.verdict=denied "rule.name=$(rule_of c8)"
}

# The kernel sends the signal, to the owner of a descriptor.
owners() {
	local how
	server free/owner
	gets free ok owner plain "$(pid_of free/owner)" 9
	check "by an owner: one outside is killed" soon gone "$(pid_of free/owner)"
	for how in plain ex ioctl pgrp; do stopped EPERM owner $how "$1" 18; done
	gets c8 EPERM owner group "$1" 9
	gets c8 EPERM thread owner plain "$1" 9
	gets c8 EPERM owner plain "$1" 9
	check "by an owner: one outside lives" kill -0 "$1"
	COUNT=$((COUNT + 3))
	by_number $COUNT event.action=signal_outside
	passes owner plain 0 23
	passes child thread owner plain 0 23
}

# A name that a process gives itself is no identity.
c9() {
	begin_row C9
	stopped EACCES comm bailiffd open r "$NO"
	stopped EACCES comm runc open r "$NO"
	recorded 1 process.name=bailiffd -- "process.executable=$OP" "file.path=$NO" "process.pid=$(pid_of c9)"
	recorded 1 process.name=runc -- "process.executable=$OP" "file.path=$NO" "process.pid=$(pid_of c9)"
	stopped EACCES exec "$D/forbidden" true
	recorded 1 event.action=exec "file.path=$D/forbidden" "process.args=true"
	recorded $COUNT "process.name=*"
}

x8() {
	local pid
	begin_row X8
	pid=$(pid_of x8)
	stopped EACCES thread exec "$D/forbidden" true
	stopped EACCES thread vexec "$D/forbidden" true
	stopped EACCES vexec "$D/forbidden" true
	stopped EACCES child thread become "$D/forbidden" true
	stopped EACCES child become "$D/forbidden" true
	stopped EACCES orphan vexec "$D/forbidden" true
	stopped EACCES child orphan exec "$D/forbidden" true
	# children of the one that asks, whichever thread of it forked them; the others have lost it
	recorded 5 event.action=exec "process.parent.pid=$pid"
	by_rule $COUNT "$D/forbidden" event.action=exec
	no_more
}

x9() {
	begin_row X9
	cp "$OP" "$D/suid" && chmod 4755 "$D/suid"
	cp "$OP" "$D/capable"
	"$OP" file-capability "$D/capable" 0 >/dev/null
	chmod 755 "$D/capable"
	echo data >"$D/owned"
	stopped "status 1" uid 1 exec "$D/suid" cap-chown "$D/owned" 2
	recorded 1 bailiff.capability=chown user.id=0 -- process.name=suid
	stopped "status 1" uid 1 exec "$D/capable" cap-chown "$D/owned" 3
	recorded 1 bailiff.capability=chown user.id=1 -- process.name=capable
	stopped "status 1" uid 1 exec "$D/suid" hostname
	stopped "status 1" uid 1 exec "$D/suid" raw
	recorded $COUNT event.action=capability -- rule.name=default event.reason=default
	no_more
}

policy threats_process <<END
policies = (
{ name = "c3"; process = { deny = [
  "mount", # c3
  "cgroup_escape" # c3-cgroup
]; }; },
{ name = "c4"; process = { deny = "userns"; }; }, # c4
{ name = "c5"; process = { deny = "setns"; }; }, # c5
{ name = "c6"; process = { deny = "ptrace"; }; }, # c6
{ name = "c7"; process = { deny = "ptrace"; }; }, # c7
{ name = "c8"; process = { deny = "signal_outside"; }; }, # c8
{ name = "c9"; process = { exec = { default = "allow"; deny = "$D/forbidden"; }; };
  file = { default = "allow"; rules = ( { action = "deny"; access = "r"; path = "$NO"; } ); }; },
{ name = "x8"; process = { exec = { default = "allow";
  deny = "$D/forbidden"; # x8
}; }; },
{ name = "x9"; process = { capabilities = { default = "deny"; allow = [ "setuid", "setgid" ]; }; }; }
);
END

echo data >"$NO"
cp "$OP" "$D/forbidden"
mkdir "$D/mnt" "$D/v1" "$D/again"
mount -t tmpfs none "$D/mnt"
mount -t cgroup2 none "$D/again"
mount -t cgroup -o none,name=bailiff none "$D/v1"
agent_start
server free
rows c3 c4 c5 c6 c7 c8 c9 x8 x9
umount "$D/mnt" "$D/again" "$D/v1"

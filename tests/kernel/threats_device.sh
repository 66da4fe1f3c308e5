# SPDX-License-Identifier: GPL-2.0-or-later
# Ways into the kernel through its settings and its devices.
# shellcheck shell=dash disable=SC2086,SC2119
. "$T/lib.sh"
. "$T/threats.sh"

N=$D/nodes
K=/proc/sys/kernel

policies() {
	cat <<-END
		policies = (
		{ name = "k5"; sysctl = { write = { default = "allow"; deny = [ "kernel.**", "fs.**" ]; }; }; # k5
		file = { default = "allow"; rules = (
		{ action = "deny"; access = "wa"; path = [ "/proc/sysrq-trigger", "/sys/kernel/uevent_helper", "$D/binfmt/**" ]; } ); }; }, # k5-file
		{ name = "k6"; device = { default = "deny"; allow = [ "c 1:3 rw", "/dev/fuse rw" ]; }; },
		{ name = "k6-dry"; extends = [ "k6" ]; mode = "audit"; },
		{ name = "k6-file"; extends = [ "k6" ]; file = { default = "allow"; rules = (
		{ action = "deny"; access = "rc"; path = "$D/forbidden/**"; } ); }; },
		{ name = "k6-file-dry"; extends = [ "k6-file" ]; mode = "audit"; },
		{ name = "k7"; device = { default = "allow"; deny = [ "c 10:237 rwm", "b 7:* rwm" ]; }; } # k7
		);
	END
}

# setting FILE VALUE: works for a neighbour, and stays what it was for the container
setting() {
	local before
	[ -e "$1" ] || return 0
	before=$(cat "$1")
	gets free ok set "$1" "$2"
	equal "free: ${1##*/} has changed" "$2" "$(cat "$1")"
	printf '%s' "$before" >"$1"
	gets k5 EPERM set "$1" "$2"
	equal "$C: ${1##*/} stays what it was" "$before" "$(cat "$1")"
	expect "recorded: ${1##*/}" 1 @k5 event.action=sysctl "bailiff.sysctl.name=$(echo "${1#/proc/sys/}" | tr / .)" -- \
		"rule.name=$(rule_of k5)" bailiff.verdict=denied bailiff.access=w "bailiff.sysctl.value=$2"
}

# The write is a ring's, here or in a thread of the kernel's.
expect_ring() {
	local mode
	gets free ok seq hold 6 w $K/core_pattern -- ring-put inline 6 core
	for mode in inline async sqpoll; do gets k5-held EPERM ring-put $mode 5 "|$D/helper"; done
	expect "through a ring" 4 @k5-held event.action=sysctl -- bailiff.sysctl.name=kernel.core_pattern "rule.name=$(rule_of k5)"
}

# What the kernel runs, and what it does for whoever asks in the right place.
k5() {
	modprobe binfmt_misc
	mkdir "$D/binfmt" "$D/binfmt2"
	mount -t binfmt_misc none "$D/binfmt" || not_ok "binfmt_misc"
	begin_row K5
	setting $K/core_pattern "|$D/helper"
	setting $K/modprobe "$D/helper"
	setting $K/sysrq 1
	setting /proc/sys/fs/suid_dumpable 2
	setting $K/hotplug "$D/helper"
	if [ -e /sys/kernel/uevent_helper ]; then
		both k5 EACCES open w /sys/kernel/uevent_helper
	else
		echo "# K5: this kernel has no uevent_helper"
	fi
	gets free ok set $K/core_pattern core
	container k5-held k5 --start
	server k5-held 5<>$K/core_pattern
	gets k5-held EPERM set-held 5 "|$D/helper"
	expect_ring
	both k5 EACCES open w /proc/sysrq-trigger
	both k5 EACCES open w "$D/binfmt/register"
	gets free ok mount binfmt_misc none "$D/binfmt2"
	gets k5 EACCES mount binfmt_misc none "$D/binfmt2"
	umount "$D/binfmt2"
	umount "$D/binfmt"
	recorded 1 file.path=/proc/sysrq-trigger bailiff.access=w -- "rule.name=$(rule_of k5-file)"
	equal "core_pattern" core "$(cat $K/core_pattern)"
}

# A disk and the memory: nodes that it makes, nodes that it finds, names that they get.
k6() {
	local disk
	disk=$(tr : ' ' </sys/block/vda/dev)
	mkdir "$N" "$D/forbidden"
	mknod "$N/disk" b $disk
	mknod "$N/null" c 1 3
	mknod "$D/forbidden/zero" c 1 5
	cp -a /dev/mem "$N/mem"
	begin_row K6
	gets free ok node "$D/made" b $disk
	rm -f "$D/made"
	gets k6 EPERM node "$D/made" b $disk
	gets k6 EPERM node "$D/made" c 1 1
	gets k6 EPERM child node "$D/made" c 1 1
	check "nothing was made" test ! -e "$D/made"
	both k6 EPERM open r "$N/disk"
	both k6 EPERM open rw "$N/disk"
	both k6 EPERM open r "$N/mem"
	both k6 EPERM uring r "$N/disk"
	both k6 EPERM uring-worker r "$N/disk"
	both k6 EPERM handle r "$N/disk"
	gets k6 ok hold 6 p "$N/disk"
	gets k6 EPERM reopen 6 r
	gets k6 ok rename "$N/disk" "$N/other"
	gets k6 EPERM open r "$N/other"
	gets k6 ok link "$N/other" "$N/disk"
	gets k6 EPERM open r "$N/disk"
	gets k6 EPERM unshare open r "$N/disk"
	gets k6 EPERM chroot "$N" open r /disk
	gets k6 ok open rw "$N/null"
	handed free ok r "$N/disk"
	handed k6 ENOMSG r "$N/disk"
	handed k6 ENOMSG rw "$N/mem"
	handed k6 ok rw "$N/null"
	handed k6 ok p "$N/disk"
	gets k6 EPERM reopen 60 r
	recorded +9 event.action=device "bailiff.device=b $(cat /sys/block/vda/dev)" -- rule.name=default
	once
}

# handed CONTAINER WANTED FLAGS NODE: a descriptor that an unconfined process opened
handed() {
	local give
	rm -f "$W/door"
	"$OP" give "$W/door" "$3" "$4" >/dev/null &
	give=$!
	soon test -S "$W/door"
	gets "$1" "$2" take 60 "$W/door"
	wait $give
}

# once: in a dry run an operation is recorded as often as when it is enforced, under rules on files too
once() {
	local name
	for name in k6-file k6-file-dry; do
		confined $name $name
		for words in "open r $D/forbidden/zero" "open r $N/mem" "node $D/forbidden/made-$name c 1 1" "node $D/made-$name c 1 1" \
			"open r $D/forbidden/zero" "access r $D/forbidden/zero" "open cw $D/forbidden/file-$name" "open r $N/null"; do
			ask $name $words
		done
		for words in "$D/forbidden/zero" "$N/mem"; do
			case $name in *-dry) handed $name ok r "$words" ;; *) handed $name ENOMSG r "$words" ;; esac
		done
	done
	for name in k6-file:denied k6-file-dry:would-deny; do
		expect "${name%:*}: records" 9 @${name%:*} bailiff.verdict=${name#*:}
		expect "${name%:*}: of devices" 7 @${name%:*} event.action=device
		expect "${name%:*}: of a node that may not be made" 1 @${name%:*} event.action=mknod
	done
}

# A file becomes a disk, and its content a tree of files.
k7() {
	modprobe loop
	dd if=/dev/zero of="$D/image" bs=1M count=4 2>/dev/null
	busybox mke2fs -F "$D/image" >"$W/out" 2>&1 || not_ok "a file system in a file" "$(cat "$W/out")"
	mkdir "$D/mounted"
	mknod "$D/control" c 10 237
	mknod "$D/loop" b 7 0
	losetup "$D/loop" "$D/image" || not_ok "a loop device"
	begin_row K7
	both k7 EPERM loop-free "$D/control"
	both k7 EPERM mount-device "$D/loop" ext2 "$D/mounted"
	losetup -d "$D/loop"
	both k7 EPERM loop "$D/image" "$D/loop"
	gets k7 EPERM node "$D/again" b 7 1
	recorded 1 event.action=device "bailiff.device=c 10:237" -- "rule.name=$(rule_of k7)" bailiff.access=rw
	recorded 2 event.action=device "bailiff.device=b 7:0" -- "rule.name=$(rule_of k7)"
}

modprobe loop
policies >"$POLICIES/threats_device.cfg"
agent_start
server free
rows k5 k6 k7
expect "free: no record" 0 "bailiff.cgroup=/${PREFIX}free"

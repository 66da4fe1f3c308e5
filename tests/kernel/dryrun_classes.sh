# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by dryrun: operations of all other classes, in three scripts, and the policies they are
# judged by.
# shellcheck shell=dash disable=SC2153,SC2154

C=$D/classes # of the run
N=$D/nodes
U=$D/u
OUT= # a process outside
OTHER= # of another user
MODULE=$(find /lib/modules/ -name dummy.ko)
CLASS_KINDS="ok nm ns ni km oa"
CLASS_FILES="chmod chown lchown utimes lutimes touch setxattr removexattr acl ring_setxattr map held patched"
APPENDS="unappend map protect fallocate ring_fallocate ring_write reopen pwritev2 ftruncate"

class_files() {
	local kind name
	mkdir "$C"
	for kind in $CLASS_KINDS; do
		for name in $CLASS_FILES; do echo data >"$C/$kind.$name"; done
	done
	for name in $APPENDS; do echo data >"$C/oa.$name"; done
	mknod "$C/oa.node" c 1 9
	for name in own closed other gone; do echo data >"$C/ok.$name"; done
	chmod 0 "$C/ok.closed"
	chown 1 "$C/ok.other"
	cp "$OP" "$C/ok.gone"
	printf '#!%s true\n' "$OP" >"$C/ok.script"
	chmod 755 "$C/ok.gone" "$C/ok.script"
}

# letters KIND: m, s and i, by name and by descriptor
letters() {
	local p="$C/$1" hold="child seq hold 5 r $C/$1.held --"
	cat <<-END
		chmod $p.chmod
		chown $p.chown
		lchown $p.lchown
		utimes $p.utimes
		lutimes $p.lutimes
		touch $p.touch
		setxattr $p.setxattr
		removexattr $p.removexattr
		acl $p.acl
		ring-setxattr inline $p.ring_setxattr
		child map r $p.map rx
		child map r $p.map rxs
		child map r $p.map r x
		$hold map-implied 5
		$hold fchmod 5
		$hold fchown 5
		$hold futimes 5
		$hold fsetxattr 5
		$hold fioctl 5 2
	END
}

# What a file that may be appended to is held to.
append() {
	local hold="child seq hold 5 ra $C/oa"
	cat <<-END
		$hold.unappend -- unappend 5
		$hold.map -- map-fd 5 rws
		$hold.protect -- map-fd 5 rs w
		$hold.fallocate -- fallocate 5 3
		$hold.ring_fallocate -- ring-fallocate inline 5 3
		$hold.ring_write -- ring-write inline 5 0
		$hold.reopen -- reopen 5 w
		$hold.pwritev2 -- pwritev2 5 32
		$hold.ftruncate -- ftruncate 5
		$hold.held -- write 5
		open w $C/oa.patched
	END
}

sockets() {
	local words proto
	for words in "2 1 0" "2 1 6" "2 2 17" "2 1 262" "16 3 0" "16 3 9" "2 3 1" "10 2 58" "17 3 0" "10 2 136" "38 5 0"; do
		echo "socket $words"
	done
	for words in "1 1 0" "1 2 0" "1 5 0"; do echo "socketpair $words"; done
	echo "thread socket 2 2 0"
	for proto in tcp mptcp; do
		echo "listen-once $proto 127.0.0.1 6101"
		echo "listen-once $proto ::1 6101"
		echo "listen-once $proto 127.0.0.1 6102"
	done
	echo "listen-once tcp 127.0.0.1 -"
	# denied it takes as long as it waits
	echo "child seq hold-listen 0 tcp 127.0.0.1 6102 -- dial 127.0.1.5 127.0.0.1 6102"
	echo "child seq hold-listen 0 tcp 127.0.0.1 6102 -- dial 127.0.2.5 127.0.0.1 6102"
	for words in "stream $U/a" "stream $U/b" "stream @u-a" "stream @u-b" "dgram $U/ad x" "dgram $U/bd x"; do
		echo "unix-connect $words"
	done
	echo "unix-send $U/ad"
	echo "unix-send $U/bd"
	for words in "$C/ok.a" "$C/ok.b" @u-ab @u-bb -; do echo "unix-bind stream $words"; done
}

devices() {
	local s=/proc/sys
	cat <<-END
		open r $N/null
		open w $N/null
		open rw $N/null
		open r $N/zero
		open rw $N/full
		access r $N/zero
		open w $C/oa.node
		thread open w $N/null
		node $C/ok.made_c c 1 9
		node $C/ok.made_b b 8 0
		node $C/ok.made_f c 1 7
		node $C/oa.made c 1 9
		mkfifo $C/ok.fifo
		get $s/net/core/somaxconn
		get $s/kernel/osrelease
		get $s/net/ipv4/ip_default_ttl
		set $s/net/core/somaxconn 4096
		set $s/net/core/somaxconn 100
		set $s/net/core/somaxconn x
		set $s/net/ipv4/ip_default_ttl 64
		set $s/net/ipv4/conf/lo/forwarding 0
		set $s/kernel/panic 0
	END
}

memory() {
	cat <<-END
		child map-none rwx
		child map-none rw x
		child map-none r x
		child map-none-implied
		child map-memfd rwsx
		child shm-exec
		child map r $C/ok.map rwx
		child mem-write rw
		child seq hold 6 w $C/ok.patched -- map r $C/ok.patched rx
	END
}

verbs() {
	local name
	cat <<-END
		child attach $OUT
		child seize $OUT
		child vm-read $OUT
		child vm-write $OUT
		child getfd $OUT 0
		child traceme
		child open r /proc/$OUT/mem
		child open r /proc/$OUT/maps
		child signal $OUT 0
		child signal $OUT 18
		child thread-signal $OUT 18
		child queue $OUT 18
		child pidfd-signal $OUT 18
		child limit $OUT
		child renice $OUT
		child schedule $OUT
		child affinity $OUT
		child ioprio $OUT
		child space user
		child clone user
		child clone3 user
		child clone mnt,net
		child space mnt,uts,cgroup
		child mount private none $D/mnt
		child mount remount none $D/mnt
		child mount tmpfs none $D/stack
		child umount $D/stack
		child fsopen tmpfs
		child fspick $D/mnt
		child clone-tree $D/mnt
		child mount-attributes $D/mnt
		child join $CGROUP/${PREFIX}away
		child join $CGROUP
		child open w $CGROUP/${PREFIX}away/cgroup.max.depth
		child into $CGROUP/${PREFIX}away sleep 0
		child bpf map
		child bpf program
		child delete-module dummy
		child init-module $MODULE
		child autoload 38
		child perf software
		child add-key -2 name
		child keyctl join name
		child keyctl id -1
		child keyctl describe -3
		child keyctl32
		child ring-setup
		child userfaultfd call
		child userfaultfd device
		child memfd-exec $OP true
		child seq hold-memfd 9 $C/ok.script -- exec /proc/self/fd/9
		child seq hold-tmpfile 9 $OP $C -- exec /proc/self/fd/9 true
		child seq hold 9 p $C/ok.gone -- unlink $C/ok.gone -- exec /proc/self/fd/9 true
		child reboot
		child kexec-load
		child settime clock
		child settime zone
		child settime adjust
		child settime offset
		child syslog 3
		child syslog 10
		child open r /proc/kmsg
	END
	for name in mnt uts ipc net cgroup pid time; do
		echo "child space $name"
		echo "child clone3 $name"
		echo "child enter self $name"
	done
}

capabilities() {
	cat <<-END
		child cap-chown $C/ok.own 1
		child open w $C/ok.closed
		child open r $C/ok.closed
		child cap-chmod $C/ok.other 644
		child gid 1
		child uid 1 sleep 0
		child drop 30
		child bind tcp 127.0.0.1 81
		child interface
		child raw
		child chroot $D sleep 0
		child account
		child hostname
		child space uts
		child clone net
		child thread hostname
		child no-reboot
		child nicer
		child raise-limit
		child clock
		child device $C/ok.device
		child lease $C/ok.other
		child file-capability $C/ok.own 0
		child alarm
		child signal $OTHER 0
		child open r /proc/$OTHER/maps
	END
	# 6.1 asks for another one then, once this is denied
	case $(uname -r) in 6.1.*) ;; *) echo "child console-level" ;; esac
}

class_rules() {
	cat <<-END
		{ action = "deny"; access = "m"; path = "$C/nm.*";$1 },
		{ action = "deny"; access = "s"; path = "$C/ns.*";$1 },
		{ action = "deny"; access = "i"; path = "$C/ni.*";$1 },
		{ action = "$2"; access = "smi"; path = "$C/km.*";$1 }
	END
}

net_rules() {
	cat <<-END
		{ action = "deny"; op = "listen"; port = 6101;$1 },
		{ action = "deny"; op = "accept"; from = "127.0.2.0/24";$1 },
		{ action = "$2"; op = "connect"; path = "$U/b*"; abstract = "u-b*";$1 },
		{ action = "deny"; op = "bind"; path = "$C/ok.b"; abstract = "u-b*";$1 }
	END
}

# objects, nothing: of files, sockets, devices, sysctls and memory some are denied, and all but some.
# quiet: denied without a record. verbs, capabilities: all of them.
class_policies() {
	cat <<-END
		policies = ( { name = "objects"; process = { exec = { default = "allow"; }; deny = "wx_memory"; };
		file = { default = "allow"; rules = ( $(class_rules '' kill) ); };
		network = { default = "allow"; sockets = [ "inet/stream", "inet6/stream", "unix/stream", "unix/dgram", "netlink/route" ];
		rules = ( $(net_rules '' kill) ); };
		device = { default = "allow"; deny = [ "c 1:3 w", "c 1:5 r", "c 1:9 m", "b 8:0 m" ]; };
		sysctl = { write = { default = "allow"; deny = "net.ipv4.*";
		allow = ( { name = "net.core.somaxconn"; min = 128; }, { name = "kernel.*"; min = 1; } ); };
		read = { default = "allow"; deny = "kernel.osrelease"; }; }; },
		{ name = "nothing"; process = { exec = { default = "allow"; };
		capabilities = { default = "deny"; allow = [ "chown", "mknod", "net_raw", "setgid", "sys_admin" ]; }; };
		file = { default = "deny"; rules = (
		{ action = "allow"; access = "r"; path = "$C/**"; },
		{ action = "allow"; access = "*"; path = [ "$C/ok.*", "$N/*" ]; },
		{ action = "allow"; access = "a"; path = "$C/oa.*"; },
		{ action = "allow"; access = "rw"; path = "/proc/**"; } ); };
		network = { default = "deny"; rules = (
		{ action = "allow"; op = "bind"; }, { action = "allow"; op = "connect"; to = "127.0.0.0/8"; },
		{ action = "allow"; op = "listen"; port = 6102; },
		{ action = "allow"; op = "accept"; from = "127.0.1.0/24"; audit = true; },
		{ action = "allow"; op = "connect"; path = "$U/a*"; abstract = "u-a*"; },
		{ action = "allow"; op = "bind"; path = "$C/ok.a"; abstract = "u-a*"; } ); };
		device = { default = "deny"; allow = [ "c 1:3 rw", "c 1:5 w", "c 1:7 m" ]; };
		sysctl = { write = { default = "deny"; allow = ( { name = "net.core.somaxconn"; max = 1000; }, "net.ipv4.**" ); };
		read = { default = "deny"; allow = "net.**"; }; }; },
		{ name = "quiet"; process = { exec = { default = "allow"; }; };
		file = { default = "allow"; rules = ( $(class_rules ' quiet = true;' deny) ); };
		network = { default = "allow"; sockets = [ "inet/*", "inet6/*", "unix/*", "netlink/*", "packet/*", "alg/*" ]; rules = ( $(net_rules ' quiet = true;' deny) ); }; },
		{ name = "verbs"; process = { deny = [ "userns", "mount", "bpf", "module", "perf", "keyring", "io_uring", "memfd_exec",
		"deleted_exec", "setns", "cgroup_escape" ]; kill = [ "ptrace", "userfaultfd", "signal_outside", "reboot", "settime", "syslog" ]; }; },
		{ name = "capabilities"; process = { capabilities = { default = "allow"; kill = [ "net_raw", "lease", "sys_time", "wake_alarm" ];
		deny = [ "chown", "dac_override", "dac_read_search", "fowner", "setgid", "setuid", "setpcap", "net_bind_service",
		"net_admin", "sys_rawio", "sys_chroot", "sys_pacct", "sys_admin", "sys_boot", "sys_nice", "sys_resource", "mknod",
		"setfcap", "syslog", "sys_ptrace", "kill" ]; }; }; },
		$(for name in $CLASSES quiet; do echo "{ name = \"$name-dry\"; extends = [ \"$name\" ]; mode = \"audit\"; },"; done)
		{ name = "off"; extends = [ "nothing" ]; mode = "off"; } );
	END
}

# What no run takes away.
class_prepare() {
	local name
	mkdir "$N" "$U" "$D/mnt" "$D/stack" "$CGROUP/${PREFIX}away"
	mknod "$N/null" c 1 3
	mknod "$N/zero" c 1 5
	mknod "$N/full" c 1 7
	mount -t tmpfs none "$D/mnt"
	server outside
	OUT=$(pid_of outside)
	for name in "stream $U/a" "stream $U/b" "stream @u-a" "stream @u-b"; do
		# shellcheck disable=SC2086
		gets outside ok unix-hold $name
	done
	"$OP" uid 1 become "$OP" sleep 2000000 &
	NAPPER=$!
	soon other_user || not_ok "a process of another user"
	{
		letters ok
		letters nm | grep map
		letters ns | grep -v -e map -e ioctl
		letters ni | grep ioctl
		letters km | sed 's/^/child /'
		append
		sockets | sed '/^unix-/s/^/child /'
		devices
		memory
	} >"$W/objects"
	verbs >"$W/verbs"
	capabilities >"$W/capabilities"
	cat "$W/objects" "$W/capabilities" >"$W/nothing"
	cp "$W/capabilities" "$W/off"
	quiet_operations <"$W/objects" >"$W/quiet"
}

quiet_operations() {
	grep -e /nm -e /ns -e listen -e unix -e ^socket
}

other_user() {
	OTHER=$(sed 's/ //' "/proc/$NAPPER/task/$NAPPER/children")
	[ "$OTHER" ] && grep -q "^Uid:.1" "/proc/$OTHER/status"
}

class_fresh() {
	rm -rf "$C"
	class_files
	while umount "$D/stack" 2>/dev/null; do :; done
	mount -t tmpfs none "$D/stack"
	echo 4096 >/proc/sys/net/core/somaxconn
	rm -f "$U/ad" "$U/bd"
	# nobody reads: what was sent before would be in the way
	ask outside unix-hold dgram "$U/ad"
	ask outside unix-hold dgram "$U/bd"
}

# class_play NAME POLICY: the script of the policy, or of NAME if there is none, in a new container
class_play() {
	local script="${2:-${1%-free}}"
	script=${script%-dry}
	class_fresh
	[ $script != verbs ] || "$OP" init-module "$MODULE" >/dev/null
	[ $script != verbs ] || "$OP" delete-module af_alg >/dev/null
	[ -z "$2" ] || container "$1" "$2" --start
	[ -d "$CGROUP/$PREFIX$1" ] || mkdir "$CGROUP/$PREFIX$1"
	(become "$1" "$OP" <"$W/$script" >"$W/answers-$1")
	equal "$1: each operation was tried" "$(wc -l <"$W/$script")" "$(grep -vc ': usage$' "$W/answers-$1")"
	end_container "$1"
}

class_end() {
	while umount "$D/stack" 2>/dev/null; do :; done
	umount "$D/mnt"
	kill "$OTHER" "$NAPPER"
	"$OP" delete-module dummy >/dev/null
	end_container away
}

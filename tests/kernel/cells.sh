# SPDX-License-Identifier: GPL-2.0-or-later
# What docs/conformance.md shows and no other scenario has in all of its columns: ways to execute,
# to open, to write where only appending is allowed, to make memory executable, to send, connect,
# bind and listen; and sockets of each family. One list of operations goes to one process a
# column, so that all of it takes seconds.
# shellcheck shell=dash disable=SC2046,SC2086,SC2119
. "$T/lib.sh"
. "$T/columns.sh"

X=$D/x  # what rules are on
O=$D/o  # what none is on
LOADER=/lib64/ld-linux-x86-64.so.2
PORT=0

# add CLASS OPERATION ERROR KEYS LACKS WORD...: ERROR is given if it is denied; KEYS=VALUES, with
# commas between, are its record's; LACKS is "-", or the error of kernels that can't do it at all
add() {
	local fields="$1|$2|$3|$4|$5"
	shift 5
	echo "$fields|$*" >>"$W/rows"
}

# rule OPERATION TEXT: of the kind that a column has
rule() {
	echo "$1|$2" >>"$W/rules-$SECTION"
}

# file OPERATION WORD...: to X/NAME, behind which the operation is called; its letters are the rule's
file() {
	local operation="$1" object="${OBJECT:-$X/${1##*/}}" class=file
	shift
	SECTION="file"
	case $operation in x/*) class="exec" ;; esac
	if [ -e "$object" ]; then
		:
	elif [ $class = exec ]; then
		cp "$OP" "$object"
	else
		echo data >"$object"
	fi
	rule "$operation" "access = \"${operation%/*}\"; path = \"$object\";"
	add $class "${operation#x/}" "${ERROR:-EACCES}" "${KEYS:-file.path=$object}" "${LACKS:--}" "$@"
}

executions() {
	file x/fexec fexec p $X/fexec true
	file x/fexec_magic seq hold 90 p $X/fexec_magic -- exec /proc/self/fd/90 true
	file x/vfork vexec $X/vfork true
	file x/thread thread exec $X/thread true
	printf '#!%s true\n' "$OP" >$X/script
	chmod +x $X/script
	file x/script exec $X/script
	printf '#!%s true\n' "$X/interpreter" >$O/interpreted
	chmod +x $O/interpreted
	file x/interpreter exec $O/interpreted
	modprobe binfmt_misc 2>/dev/null
	mount -t binfmt_misc none $D/binfmt || not_ok "binfmt_misc is mounted"
	echo ":bailiffcell:M::BAILIFF::$X/true:" >$D/binfmt/register
	cp /bin/busybox $X/true
	printf 'BAILIFF' >$O/known
	chmod +x $O/known
	OBJECT=$X/true file x/binfmt_misc exec $O/known
	cp /usr/bin/bailiff $X/loader
	ERROR="status 127" file m/loader exec $LOADER $X/loader --version
}

opens() {
	file r/handle handle r $X/handle
	file r/openat openat $X r openat
	file r/openat2 openat2 $X r openat2
	file r/reopen seq hold 90 p $X/reopen -- reopen 90 r
	file r/proc_root open r /proc/self/root$X/proc_root
	file r/chroot chroot $X open r /chroot
	file r/uring uring r $X/uring
	file r/uring_worker uring-worker r $X/uring_worker
	KEYS=file.path=$O/link file r/hard_link open r $O/link
	ln $X/hard_link $O/link
	ERROR=ENOMSG file r/receive take 90 "$W/gift"
	file w/copy copy range $O/data $X/copy
	file d/rename_dir seq rename $X/rename_dir $O/moved -- rename $O/moved $X/rename_dir
	file c/whiteout whiteout $X/whiteout $O/white
	KEYS=bailiff.new_path=$X/link_fd file c/link_fd seq hold-tmpfile 90 $OP $O -- link-fd 90 $X/link_fd -- unlink $X/link_fd
	rm $X/link_fd $X/rename_dir
	mkdir $X/rename_dir
}

# append NAME WORD...: with a descriptor, 5, that may only append
append() {
	local name="$1"
	shift
	file "w/append_$name" seq hold 90 ra "$X/append_$name" -- "$@"
}

appends() {
	append fcntl unappend 90
	append mmap map-fd 90 rws
	append mprotect map-fd 90 rs w
	append fallocate fallocate 90 3
	append ring_fallocate ring-fallocate inline 90 3
	append ring_write ring-write inline 90 0
	append reopen reopen 90 w
	append ftruncate ftruncate 90
	LACKS=EOPNOTSUPP append pwritev2 pwritev2 90 32
}

# written NAME WORD...: memory that was written and is executed
written() {
	local name="$1"
	shift
	add process "wx_memory/$name" EPERM event.action=wx_memory - "$@"
}

memory() {
	written mmap map-none rwx
	written mmap_exec map-none rx
	written mprotect map-none rw x
	written mprotect_dirty map-none rwd x
	written shared map-none rwsx
	written memfd map-memfd rwsx
	written memfd_later map-memfd rws x
	written implied map-none-implied
	written system_v shm-exec
	written file map r $O/data rwx
	written file_shared map rw $O/data rwsx
	written file_dirty map r $O/data rwd x
	written proc_mem mem-write rw
}

# mounted NAME WORD...: in a mount namespace that is gone then
mounted() {
	local name="$1"
	shift
	add process "mount/$name" EACCES event.action=mount - child seq space mnt -- "$@"
}

mounts() {
	mounted bind mount bind $D/a $D/b
	mounted move mount move $D/a $D/b
	mounted move_mount move-mount $D/a $D/b
	mounted pivot_root pivot $D/a
}

verbs() {
	memory
	mounts
}

# address OPERATION OP KEY WORD...: @ stands for a port that a rule is on
address() {
	local operation="$1" op="$2" key="$3" words port
	shift 3
	SECTION=network
	PORT=$((PORT + 1))
	port=$PORT
	case $op in
	connect) port=$((PORT + 8100)) ;;
	bind) port=$((PORT + 8200)) ;;
	listen) port=$((PORT + 8300)) ;;
	esac
	words=$(echo "$*" | sed "s/@/$port/")
	rule "$operation" "op = \"$op\"; port = $port;"
	add network "$operation" EPERM "$key=$port,event.action=${ACTION:-$op}" - $words
}

addresses() {
	local way
	for way in mptcp fastopen fastopen-sendmmsg fastopen-connect; do
		address connect/$way connect destination.port deliver $way 127.0.0.1 @
		address connect/$way-6 connect destination.port deliver $way ::1 @
	done
	address connect/again connect destination.port reconnect tcp unspec 127.0.0.1 8001 @
	address connect/again_udp connect destination.port reconnect udp again 127.0.0.1 8002 @
	for way in sendmsg sendmmsg; do
		ACTION=sendmsg address send/$way connect destination.port deliver $way 127.0.0.1 @
		ACTION=sendmsg address send/$way-6 connect destination.port deliver $way ::1 @
	done
	ACTION=sendmsg address send/unspec connect destination.port deliver sendto-unspec 127.0.0.1 @
	address bind/udp6 bind source.port bind udp ::1 @
	address bind/unspec bind source.port bind-unspec tcp @
	for way in tcp mptcp; do
		address listen/$way listen source.port listen-once $way 127.0.0.1 @
		address listen/${way}6 listen source.port listen-once $way ::1 @
	done
	rule bind/port0 'op = "bind"; port = 0;'
	add network bind/port0 EPERM source.port=0,event.action=bind - bind tcp 127.0.0.1 0
	rule listen/unbound 'op = "listen"; port = 0;'
	add network listen/unbound EPERM source.port=0,event.action=listen - listen-once tcp 127.0.0.1 -
}

# unix_ OPERATION TYPE NAME WORD...: to a socket of that name that another one has
unix_() {
	local operation="$1" type="$2" name="$3" key=path
	shift 3
	[ "$type" = - ] || gets free ok unix-hold $type $name
	SECTION=network
	case $name in @*) key=abstract ;; esac
	rule "$operation" "op = \"${operation%/*}\"; $key = \"${name#@}\";"
	add network "$operation" EACCES "file.path=$name,event.action=${operation%/*}" - "$@"
}

unixes() {
	local type
	for type in stream dgram seqpacket; do
		unix_ connect/unix_$type $type $D/u/$type unix-connect $type $D/u/$type
		unix_ connect/abstract_$type $type @cells-$type unix-connect $type @cells-$type
	done
	unix_ connect/unix_send dgram $D/u/send unix-send $D/u/send
	unix_ connect/abstract_send dgram @cells-send unix-send @cells-send
	unix_ bind/unix - $D/u/bound unix-bind stream $D/u/bound
	unix_ bind/abstract - @cells-bound unix-bind stream @cells-bound
	rule bind/unix_auto 'op = "bind"; abstract = "{,cells-none}";'
	add network bind/unix_auto EACCES file.path=@,event.action=bind - unix-bind dgram -
}

# socket FAMILY/TYPE[/PROTOCOL] NUMBER NUMBER NUMBER: what is not in the list of a policy
socket() {
	add network "socket/$1" EPERM "bailiff.socket=$1" EAFNOSUPPORT,EPROTONOSUPPORT,ESOCKTNOSUPPORT socket $2 $3 $4
	ELEMENTS="$ELEMENTS${ELEMENTS:+, }\"$1\""
}

netlinks="route:0 usersock:2 sock_diag:4 nflog:5 xfrm:6 selinux:7 iscsi:8 audit:9 fib_lookup:10 connector:11 netfilter:12
	dnrtmsg:14 kobject_uevent:15 generic:16 scsitransport:18 ecryptfs:19 rdma:20 crypto:21"
families="packet/raw:17:3 vsock/stream:40:1 xdp/raw:44:3 alg/seqpacket:38:5 bluetooth/raw:31:3 can/raw:29:3 tipc/rdm:30:4
	rds/seqpacket:21:5 nfc/raw:39:3 kcm/dgram:41:2 qipcrtr/dgram:42:2 smc/stream:43:1 ax25/seqpacket:3:5 x25/seqpacket:9:5
	appletalk/dgram:5:2 ieee802154/raw:36:3 phonet/dgram:35:2 caif/seqpacket:37:5 key/raw:15:3 packet/dgram:17:2"

sockets() {
	local name
	ELEMENTS=
	for name in unix/stream:1:1 unix/dgram:1:2 unix/seqpacket:1:5 inet/stream:2:1 inet/dgram:2:2 inet6/stream:10:1 \
		inet6/dgram:10:2 $families; do
		socket ${name%%:*} $(echo "${name#*:}" | tr : ' ') 0
	done
	socket inet/stream/sctp 2 1 132
	socket inet/seqpacket/sctp 2 5 132
	socket inet/dgram/icmp 2 2 1
	socket inet/dgram/udplite 2 2 136
	socket inet/raw/icmp 2 3 1
	socket inet/raw/udp 2 3 17
	socket inet6/dgram/icmpv6 10 2 58
	socket inet6/raw/icmpv6 10 3 58
	for name in $netlinks; do socket netlink/${name%:*} 16 3 ${name#*:}; done
}

files() {
	executions
	opens
	addresses
	unixes
}

# section NAME ACTION EXTRA: the rules of one
section() {
	echo "$1 = { default = \"$DEFAULT\"; rules = ("
	sed "s|\\(.*\\)[|]\\(.*\\)|{ action = \"$2\"; \\2$3 }, # $KIND \\1|" "$W/rules-$1"
	[ "$DEFAULT" = deny ] && helpers_$1
	case $1 in file) echo '{ action = "deny"; access = "r"; path = "/nowhere"; }' ;; *) echo '{ action = "deny"; op = "connect"; to = "192.0.2.0/24"; }' ;; esac
	echo '); };'
}

# What the operations need beside what they are.
helpers_file() {
	echo "{ action = \"allow\"; access = \"*\"; path = [ \"$O/**\", \"$D/u/**\", \"$W/*\" ]; },"
	echo "{ action = \"allow\"; access = \"d\"; path = \"$X/{whiteout,link_fd}\"; },"
	echo "{ action = \"allow\"; access = \"c\"; path = \"$X/rename_dir\"; },"
	echo "{ action = \"allow\"; access = \"ra\"; path = \"$X/append_*\"; },"
	echo "{ action = \"allow\"; access = \"r\"; path = \"$X/loader\"; },"
	echo '{ action = "allow"; access = "rm"; path = [ "/{usr,lib,lib64,etc,proc,payload}/**", "/tmp" ]; },'
	echo '{ action = "allow"; access = "wa"; path = "/proc/**"; },'
}

helpers_network() {
	echo '{ action = "allow"; op = "accept"; },'
	echo '{ action = "allow"; op = "bind"; port = "8001-8199,8300-8399"; },'
	echo '{ action = "allow"; op = "listen"; port = "8001-8199"; },'
	echo '{ action = "allow"; op = "connect"; port = "8001-8002"; },'
	echo "{ action = \"allow\"; op = \"connect\"; path = \"$W/*\"; },"
}

# kind NAME ACTION DEFAULT EXTRA
kind() {
	KIND=$1 DEFAULT=$3
	echo "{ name = \"$1\"; process = { exec = { default = \"$3\"; $(
		[ "$3" = allow ] || echo "allow = [ \"/{payload,usr,lib,lib64}/**\", \"$O/*\" ];"
	) }; };"
	section file "$2" "$4"
	section network "$2" "$4"
	echo '},'
}

# verbs_of NAME ACTION
verbs_of() {
	echo "{ name = \"$1\"; process = { $2 = ["
	echo "\"wx_memory\", # $1 wx_memory"
	echo "\"mount\" # $1 mount"
	echo ']; }; },'
}

policies() {
	echo 'policies = ('
	kind allow allow deny ' audit = true;'
	kind deny deny allow ''
	kind kill kill allow ''
	verbs_of verbs deny
	verbs_of verbs-kill kill
	echo '{ name = "verbs-dry"; extends = [ "verbs" ]; mode = "audit"; },'
	echo '{ name = "dry"; extends = [ "deny" ]; mode = "audit"; },'
	echo "{ name = \"listed\"; network = { default = \"allow\"; sockets = [ $ELEMENTS ]; }; },"
	echo '{ name = "default"; network = { default = "allow"; sockets = "inet/raw/gre"; };'
	echo 'process = { exec = { default = "allow"; }; }; file = { default = "deny"; rules = ('
	echo "{ action = \"allow\"; access = \"*\"; path = \"$W/*\"; },"
	echo "{ action = \"allow\"; access = \"ra\"; path = [ \"$X/append_*\", \"/proc/**\" ]; } ); }; },"
	echo '{ name = "default-dry"; extends = [ "default" ]; mode = "audit"; } );'
}

# perform CONTAINER COLUMN VERDICT: the list in a process there, and what each gave
perform() {
	local give
	rm -f "$W/gift" $O/white $X/whiteout
	echo data >$X/whiteout
	"$OP" give "$W/gift" r $X/receive >/dev/null &
	give=$!
	soon test -S "$W/gift"
	sed "s/.*|//; $([ "$2" != kill ] || echo 's/^/child /')" "$W/rows" >"$W/lines"
	ask "$1" lines "$W/lines" "$W/results-$2"
	equal "$1: the operations are performed" ok "$ANSWER"
	kill $give 2>/dev/null
	awk -v column="$2" -v container="$1" -v verdict="$3" -v prefix="$PREFIX" -v rules="$POLICIES/cells.cfg" \
		-v free="$W/results-neighbour" -v results="$W/results-$2" -v expected="$W/expected" -v totals="$W/totals" \
		-f "$T/cells.awk" "$W/rows"
}

# unkillable REASON: what only the default denies
unkillable() {
	sed "s/^\([^|]*\)|\([^|]*\)|.*/impossible cells: cell {\1 \2 kill}: $1/" "$W/rows"
}

mkdir -p $X $O $D/u $D/binfmt $D/a $D/b
echo data >$O/data
mount --bind $D/a $D/a
# what is shared can't be moved, and changing that is a mount as well
for name in free listed verbs verbs-dry verbs-kill; do server $name unshare -m; done
echo "0 2147483647" >/proc/sys/net/ipv4/ping_group_range
for part in files verbs appends sockets; do
	: >"$W/rows"
	$part
	mv "$W/rows" "$W/rows-$part"
done
policies >"$POLICIES/cells.cfg"
agent_start
for name in listed verbs verbs-dry verbs-kill; do container $name $name; done
for name in allow deny dry kill default default-dry; do confined $name $name; done
for part in files verbs appends sockets; do
	mv "$W/rows-$part" "$W/rows"
	perform free neighbour -
	case $part in
	files | appends) perform allow allow allowed ;;
	*) perform listed allow - ;;
	esac
	case $part in
	appends | sockets)
		perform default deny denied
		perform default-dry audit would-deny
		;;
	verbs)
		perform verbs deny denied
		perform verbs-dry audit would-deny
		perform verbs-kill kill killed
		;;
	*)
		perform deny deny denied
		perform dry audit would-deny
		perform kill kill killed
		;;
	esac
	case $part in
	appends) unkillable "a rule that kills for w kills for opening to append; what is more than that only the default denies" ;;
	sockets) unkillable "a list of sockets names those that are allowed: the default denies the others" ;;
	esac
done
for name in deny dry kill verbs verbs-dry verbs-kill default default-dry; do
	COUNT=$(awk -v name=$name '$1 == name { n += $2 } END { print n }' "$W/totals")
	expect "$name: $COUNT records and no more" "$COUNT" "@$name" process.name=*
done
expect "allow: nothing is denied" 0 @allow bailiff.verdict=denied
expect "free: no record" 0 "bailiff.cgroup=/${PREFIX}free"
judge
for module in sctp algif_hash af_alg kcm vsock_loopback vsock; do "$OP" delete-module $module >/dev/null; done
echo -1 >$D/binfmt/bailiffcell
umount $D/binfmt $D/a

# SPDX-License-Identifier: GPL-2.0-or-later
# Ways round rules on addresses by sockets that no such rule sees, and Unix sockets.
# shellcheck shell=dash disable=SC2015,SC2086,SC2119
. "$T/lib.sh"
. "$T/threats.sh"

# odd METHOD PORT: arrives unconfined; confined there is no such socket
odd() {
	stopped EPERM odd "$1" 127.0.0.1 "$2"
}

# sockets COUNT TEXT: denials by the row's rule, or the default with "-"
sockets() {
	recorded "$1" event.action=socket "bailiff.socket=$2" -- "rule.name=${3:-$(rule_of "$C")}"
}

# handed CONTAINER WANTED SOCKET: one that an unconfined process made and sends
handed() {
	local give
	rm -f "$W/door"
	"$OP" give "$W/door" socket "$3" >/dev/null &
	give=$!
	soon test -S "$W/door"
	gets "$1" "$2" take 60 "$W/door"
	wait $give
}

n8() {
	begin_row N8
	odd sctp 7101
	odd sctp-connectx 7102
	odd sctp-many 7103
	odd sctp-bindx 7107
	sockets 3 inet/stream/sctp
	sockets 1 inet/seqpacket/sctp
	stopped EPERM socket 10 5 0
	sockets 1 inet6/seqpacket
	passes deliver tcp 127.0.0.1 7104
	no_more
	# who wants it says so
	confined n8-listed n8-listed
	both n8-listed ok odd sctp 127.0.0.1 7105
	both n8-listed EPERM odd sctp-many 127.0.0.1 7106
	expect "the one that is not listed" 1 @n8-listed event.action=socket -- rule.name=default bailiff.verdict=denied
}

n9() {
	echo "0 2147483647" >/proc/sys/net/ipv4/ping_group_range
	begin_row N9
	odd udplite 7201
	odd udplite-connect 7202
	odd ping 0
	odd raw 0
	odd header 7203
	stopped EPERM socket 10 3 58
	stopped EPERM socket 10 2 58
	stopped EPERM thread odd ping 127.0.0.1 0
	sockets 2 inet/dgram/icmp
	sockets 2 inet/raw/icmp
	sockets 1 inet/raw/udp
	sockets 1 inet6/raw/icmpv6
	sockets 1 inet6/dgram/icmpv6
	passes deliver udp 127.0.0.1 7204
	# nor can another process hand one in
	handed free ok 2,3,1
	handed n9 ENOMSG 2,3,1
	handed free ok 2,2,136
	handed n9 ENOMSG 2,2,136
	handed n9 ok 2,2,17
	COUNT=$((COUNT + 2))
	sockets 3 inet/dgram/udplite
	no_more
	# under a default of "deny" no rule has to say so
	C=n9-default
	COUNT=0
	confined n9-default n9-default
	odd udplite 7205
	odd ping 0
	odd header 7206
	sockets 1 inet/dgram/udplite default
	sockets 1 inet/dgram/icmp default
	sockets 1 inet/raw/udp default
	no_more
}

# Families by number: netlink 16, packet 17, alg 38, vsock 40, xdp 44, kcm 41
n10() {
	local family name
	# frames from and to loopback addresses are taken
	for name in route_localnet accept_local; do echo 1 >"/proc/sys/net/ipv4/conf/lo/$name"; done
	begin_row N10
	odd frame 7301
	for family in "16 3 0" "16 3 9" "16 2 16" "16 3 15" "17 3 768" "38 5 0" "40 1 0" "44 3 0" "41 2 0"; do
		stopped EPERM socket $family
	done
	sockets 1 netlink/route default
	sockets 1 netlink/audit default
	sockets 1 netlink/generic default
	sockets 1 netlink/kobject_uevent default
	sockets 1 packet/dgram default
	sockets 1 packet/raw default
	sockets 1 vsock/stream default
	sockets 1 alg/seqpacket default
	sockets 1 xdp/raw default
	# the guest has no modules for these, but the kernel does not get as far as to look for them
	for family in "15 3 2" "21 5 0" "29 3 1" "30 2 0" "31 3 0" "43 1 0"; do
		gets n10 EPERM socket $family
		COUNT=$((COUNT + 1))
	done
	for name in key/raw rds/seqpacket can/raw tipc/dgram bluetooth/raw smc/stream; do sockets 1 $name default; done
	no_more
	passes socket 1 1 0
	passes socketpair 1 5 0
	# where only addresses are denied, those families that reach one
	C=n10-allow
	COUNT=0
	confined n10-allow n10-allow
	odd frame 7302
	stopped EPERM socket 17 3 768
	stopped EPERM socket 44 3 0
	for family in "16 3 0" "38 5 0" "40 1 0"; do passes socket $family; done
	recorded $COUNT event.action=socket -- "rule.name=$(rule_of n10-allow)"
	no_more
}

n11() {
	local name
	mkdir -p "$D/n11"
	gets free ok unix-hold stream "$D/n11/host"
	gets free ok unix-hold dgram "$D/n11/log"
	gets free ok unix-hold stream "$D/n11/fine"
	gets free ok unix-hold seqpacket "$D/n11/seq"
	gets free ok unix-hold stream @n11-host
	gets free ok unix-hold stream @n11-fine
	gets free ok unix-hold dgram @n11-log
	gets free ok unix-hold stream @n11%host
	ln -s "$D/n11/host" "$D/n11/fine.link"
	ln "$D/n11/host" "$D/n11/fine.hard"
	mkdir "$D/n11/fine.d"
	: >"$D/n11/fine.host"
	mount --bind "$D/n11" "$D/n11/fine.d"
	begin_row N11
	for name in host fine.link fine.hard fine.d/host; do stopped EACCES unix-connect stream "$D/n11/$name"; done
	stopped EACCES unix-connect seqpacket "$D/n11/seq"
	stopped EACCES unix-connect dgram "$D/n11/log"
	stopped EACCES unix-send "$D/n11/log"
	stopped EACCES seq hold 50 p "$D/n11/host" -- unix-connect stream /proc/self/fd/50
	stopped EACCES seq hold 50 pd "$D/n11" -- unix-connect stream /proc/self/fd/50/host
	# in a mount namespace of its own, and neither does it change what is mounted there
	stopped EACCES unshare unix-connect stream "$D/n11/host"
	passes unshare unix-connect stream "$D/n11/fine"
	stopped EACCES unshare mount bind "$D/n11/host" "$D/n11/fine.host"
	recorded 7 "file.path=$D/n11/host" event.action=connect -- "rule.name=$(rule_of n11)" network.transport=unix
	recorded 2 "file.path=$D/n11/log" event.action=connect -- "rule.name=$(rule_of n11)"
	stopped EACCES unix-connect stream @n11-host
	stopped EACCES unix-connect stream @n11%host
	stopped EACCES unix-connect dgram @n11-log
	stopped EACCES unix-send @n11-log
	recorded 1 "file.path=@n11-host" event.action=connect -- "rule.name=$(rule_of n11)"
	passes unix-connect stream "$D/n11/fine"
	passes unix-connect stream @n11-fine
	# binding: the file, an abstract name, and one that the kernel chooses
	stopped EACCES unix-bind stream "$D/n11/bound"
	stopped EACCES unix-bind dgram @n11-bound
	stopped EACCES unix-bind dgram @n11-fine.bound%
	stopped EACCES unix-bind dgram -
	passes unix-bind stream "$D/n11/fine.bound"
	passes unix-bind dgram @n11-fine.bound
	recorded 4 event.action=bind network.transport=unix
	# a socket does not get another name to be reached by
	stopped EACCES seq rename "$D/n11/host" "$D/n11/fine.moved" -- rename "$D/n11/fine.moved" "$D/n11/host"
	stopped EACCES seq rename "$D/n11" "$D/n11.moved" -- rename "$D/n11.moved" "$D/n11"
	no_more
	umount "$D/n11/fine.d"
}

# What was connected before the policy goes on; what is new is judged.
n14() {
	row N14
	C=n14
	server n14
	gets free ok hold-listen 0 tcp 127.0.0.1 7401
	gets free ok unix-hold dgram @n14
	gets n14 ok keep 127.0.0.1 7401
	gets n14 ok unix-keep @n14
	container n14 n14
	both n14 EPERM dial 127.0.0.1 127.0.0.1 7401
	both n14 EACCES unix-send @n14
	gets n14 ok kept-send
	gets n14 ok unix-kept-send
	expect "only what is new is denied" 2 @n14 bailiff.verdict=denied
}

policy threats_sock <<END
policies = (
{ name = "n8"; network = { default = "allow"; rules = (
  { action = "deny"; op = "connect"; to = "192.0.2.0/24"; } # n8
); }; },
{ name = "n8-listed"; network = { default = "allow"; sockets = [ "inet/stream/sctp", "inet/stream" ]; }; },
{ name = "n9"; network = { default = "allow"; rules = (
  { action = "deny"; op = "connect"; to = "192.0.2.0/24"; } # n9
); }; },
{ name = "n9-default"; network = { default = "deny"; rules = (
  { action = "allow"; op = "connect"; proto = "tcp"; }
); }; },
{ name = "n10"; network = { default = "deny"; }; },
{ name = "n10-allow"; network = { default = "allow"; rules = (
  { action = "kill"; op = "connect"; to = "192.0.2.0/24"; } # n10-allow
); }; },
{ name = "n11"; network = { default = "allow"; rules = (
  { action = "deny"; op = "connect"; path = [ "$D/n11/host", "$D/n11/log", "$D/n11/seq" ]; abstract = [ "n11?host", "n11-log" ]; }, # n11
  { action = "deny"; op = "bind"; path = "$D/n11/bound"; abstract = [ "{,n11-bound}", "n11-fine.bound?" ]; }
); }; },
{ name = "n14"; network = { default = "deny"; rules = (
  { action = "deny"; op = "connect"; abstract = "**"; }
); }; }
);
END

agent_start
server free
rows n8 n9 n10 n11 n14

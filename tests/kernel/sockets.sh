# SPDX-License-Identifier: GPL-2.0-or-later
# Sockets that are created and listen, connections that come in, and Unix sockets: each allowed
# and denied, enforced, in a dry run and with a kill, and a neighbour that is not confined.
# shellcheck shell=dash disable=SC2086,SC2119
. "$T/lib.sh"
. "$T/columns.sh"

# in_three WANTED OP...: unconfined it works, enforced it gives WANTED, in a dry run it works
in_three() {
	both "$C" "$@"
	shift
	gets "$C-dry" ok "$@"
}

# three NAME: containers under the policies NAME and NAME-dry
three() {
	row "$1"
	C=$1
	confined "$1" "$1"
	confined "$1-dry" "$1-dry"
}

# same NAME COUNT RULE KEY=VALUE...: denied by the rule, which "-" is for the default, and in the
# dry run the same would have been
same() {
	local name="$1" count="$2" rule="$3"
	shift 3
	expect "$name" "$count" "@$C" bailiff.verdict=denied "$@" -- "rule.name=$(rule_at "$rule" 1)"
	expect "$name, dry" "$count" "@$C-dry" bailiff.verdict=would-deny "$@" -- "rule.name=$(rule_at "$rule" 2)"
}

# rule_at MARK [WHICH]: the place of the rule in the first policy that has it, or the second
rule_at() {
	[ "$1" = - ] && echo default && return
	echo "sockets.cfg:$(grep -n "# $1\$" "$POLICIES/sockets.cfg" | sed -n "${2:-1}s/:.*//p")"
}

# families and types by number: unix 1, inet 2, inet6 10, netlink 16; stream 1, dgram 2, raw 3
create() {
	local words
	three create
	# else nobody may make a socket for ping
	echo "0 2147483647" >/proc/sys/net/ipv4/ping_group_range
	for words in "2 1 0" "2 1 6" "2 1 262" "1 2 0" "1 5 0" "16 3 0" "16 2 0" "2 3 1" "10 2 58"; do
		in_three ok socket $words
	done
	for words in "2 2 0" "2 2 17" "10 1 0" "16 3 9" "16 2 15" "2 3 17" "10 2 136" "17 3 0"; do
		in_three EPERM socket $words
	done
	in_three ok socketpair 1 1 0
	gets create EPERM thread socket 2 2 0
	gets create-dry ok thread socket 2 2 0
	expect "denied by the default" 9 @create event.action=socket -- bailiff.verdict=denied rule.name=default
	expect "the same, dry" 9 @create-dry event.action=socket -- bailiff.verdict=would-deny rule.name=default
	same "by its text" 2 - bailiff.socket=inet/dgram event.action=socket
	same "with its protocol" 1 - bailiff.socket=netlink/audit event.action=socket
	# a pair is one operation
	three pair
	in_three EPERM socketpair 1 1 0
	in_three EPERM socketpair 1 2 0
	in_three EPERM socket 1 1 0
	in_three EPERM socketpair 1 5 0
	same "a pair is recorded once" 4 - event.action=socket
	gets pair ok socket 2 1 0
}

listen_() {
	local proto
	three listen
	for proto in tcp mptcp; do
		in_three EPERM listen-once $proto 127.0.0.1 6101
		in_three EPERM listen-once $proto ::1 6101
		in_three ok listen-once $proto 127.0.0.1 6102
	done
	in_three EPERM listen-once tcp 127.0.0.1 -
	in_three ok bind tcp 127.0.0.1 6101
	same "by port" 4 listen event.action=listen source.port=6101
	same "a port that nobody chose" 1 listen event.action=listen source.port=0
	# without a rule on listen those on bind hold
	three listen-bind
	in_three ok listen-once tcp 127.0.0.1 6103
	in_three ok listen-once tcp 127.0.0.1 0
	in_three ok listen-once tcp 127.0.0.1 -
	in_three EPERM listen-once tcp 127.0.0.1 6104
	expect "bind is denied first" 1 @listen-bind -- event.action=bind bailiff.verdict=denied
	expect "each would be denied, dry" 1 @listen-bind-dry event.action=bind -- bailiff.verdict=would-deny
	row listen
	confined listen-kill listen-kill
	gets listen-kill SIGKILL child listen-once tcp 127.0.0.1 6105
	gets listen-kill ok child listen-once tcp 127.0.0.1 6106
	expect "killed" 1 @listen-kill -- event.action=listen source.port=6105 bailiff.verdict=killed "rule.name=$(rule_at kill)"
}

# from SOURCE PORT WANTED: a client outside; what is denied never reaches the listener
from() {
	case $1 in
	*:*) gets free "$3" dial "$1" ::1 "$2" ;;
	*) gets free "$3" dial "$1" 127.0.0.1 "$2" ;;
	esac
}

# column PROTO COLUMN: of accepting
column() {
	cell network "accept/$1" "$2"
}

# other NAME ALLOWED DENIED PROTO ADDRESS NUMBER: the same over another protocol
other() {
	gets accept ok hold-listen "$6" "$4" "$5" "62${6}5"
	gets accept-dry ok hold-listen "$6" "$4" "$5" "62${6}7"
	gets free ok hold-listen "$6" "$4" "$5" "62${6}8"
	column "$1" allow
	from "$2" "62${6}5" ok
	column "$1" deny
	from "$3" "62${6}5" ETIMEDOUT
	expect "over $1" 1 @accept source.ip=$3 -- bailiff.verdict=denied "destination.port=62${6}5" "rule.name=$(rule_at accept 1)"
	column "$1" audit
	from "$3" "62${6}7" ok
	expect "over $1, dry" 1 @accept-dry source.ip=$3 -- bailiff.verdict=would-deny "rule.name=$(rule_at accept 2)"
	column "$1" neighbour
	from "$3" "62${6}8" ok
	cell
}

accept_() {
	local proto
	row accept
	for proto in fd00:1::5 fd00:2::5; do ip -6 addr add $proto/128 dev lo; done
	C=accept
	server accept-old
	gets accept-old ok hold-listen 0 tcp 127.0.0.1 6204
	container accept-old accept
	confined accept accept
	confined accept-dry accept-dry
	gets accept ok hold-listen 0 tcp 127.0.0.1 6201
	gets accept-dry ok hold-listen 0 tcp 127.0.0.1 6202
	gets free ok hold-listen 0 tcp 127.0.0.1 6203
	column tcp4 allow
	from 127.0.1.5 6201 ok
	gets accept ok take-connection 0
	expect "what is allowed with audit" 1 @accept event.action=accept source.ip=127.0.1.5 -- bailiff.verdict=allowed destination.port=6201
	column tcp4 deny
	from 127.0.2.5 6201 ETIMEDOUT
	gets accept EAGAIN take-connection 0
	from 127.0.3.5 6201 ETIMEDOUT
	gets accept EAGAIN take-connection 0
	column tcp4 audit
	from 127.0.2.5 6202 ok
	cell
	from 127.0.1.5 6202 ok
	from 127.0.3.5 6202 ok
	gets accept-dry ok take-connection 0
	column tcp4 neighbour
	from 127.0.2.5 6203 ok
	gets free ok take-connection 0
	cell
	same "by rule" 1 accept event.action=accept source.ip=127.0.2.5 process.name=op
	same "by default" 1 - event.action=accept source.ip=127.0.3.5
	# a socket for both families, and MPTCP behind it
	gets accept ok hold-listen 1 tcp :: 6206
	from 127.0.2.6 6206 ETIMEDOUT
	expect "over a socket of IPv6" 1 @accept source.ip=127.0.2.6 -- network.type=ipv4 bailiff.verdict=denied
	other tcp6 fd00:1::5 fd00:2::5 tcp :: 2
	other mptcp 127.0.1.7 127.0.2.7 mptcp 127.0.0.1 3
	for proto in tcp4 tcp6 mptcp; do
		no_kill network accept/$proto 'network = { default = "allow"; rules = ( { action = "kill"; op = "accept"; } ); };'
	done
	# it listened before it was confined: from the first accept on
	gets accept-old EAGAIN take-connection 0
	from 127.0.2.8 6204 ETIMEDOUT
	from 127.0.1.8 6204 ok
	gets accept-old ok take-connection 0
	expect "an older socket" 1 @accept-old source.ip=127.0.2.8 -- bailiff.verdict=denied
}

unix_() {
	mkdir -p "$D/u"
	gets free ok unix-hold stream "$D/u/a"
	gets free ok unix-hold stream "$D/u/b"
	gets free ok unix-hold stream @u-a
	gets free ok unix-hold dgram "$D/u/ad"
	gets free ok unix-hold dgram "$D/u/bd"
	three unix
	in_three ok unix-connect stream "$D/u/a"
	in_three EACCES unix-connect stream "$D/u/b"
	in_three ok unix-connect stream @u-a
	in_three ok unix-connect dgram "$D/u/ad" x
	in_three EACCES unix-connect dgram "$D/u/bd" x
	in_three EACCES unix-send "$D/u/bd"
	in_three ok unix-bind stream "$D/u/ab"
	in_three EACCES unix-bind stream "$D/u/bb"
	in_three ok unix-bind stream @u-ab
	in_three EACCES unix-bind stream @u-bb
	in_three EACCES unix-bind stream -
	in_three ok unix-pair-send dgram
	in_three ok unix-pair-send stream
	same "connect" 1 - event.action=connect "file.path=$D/u/b"
	# enforced nothing is sent over what did not connect, and in a dry run not judged again
	same "datagrams" 2 - event.action=connect "file.path=$D/u/bd"
	same "bind" 1 - event.action=bind "file.path=$D/u/bb"
	same "bind of a name" 1 - event.action=bind "file.path=@u-bb"
	same "bind of any name" 1 - event.action=bind "file.path=@"
	confined unix-kill unix-kill
	gets unix-kill SIGKILL child unix-connect stream "$D/u/b"
	gets unix-kill SIGKILL child unix-connect stream @u-a
	gets unix-kill ok child unix-connect stream "$D/u/a"
	expect "killed" 2 @unix-kill event.action=connect -- bailiff.verdict=killed "rule.name=$(rule_at unix-kill)"
}

# two NAME: the policy on stdin as NAME and NAME-dry
two() {
	local text
	text=$(cat)
	printf '{ name = "%s"; %s },\n{ name = "%s-dry"; mode = "audit"; %s },\n' "$1" "$text" "$1" "$text"
}

policy sockets <<END
policies = (
$(
	two create <<-'POLICY'
		network = { default = "allow"; sockets = [ "inet/stream", "inet/raw/icmp", "inet6/dgram/icmpv6", "unix/*", "netlink/route" ]; };
	POLICY
	two pair <<-'POLICY'
		network = { default = "deny"; sockets = "inet/stream"; };
	POLICY
	two listen <<-'POLICY'
		network = { default = "allow"; rules = (
		{ action = "deny"; op = "listen"; port = 6101; } # listen
		); };
	POLICY
	two listen-bind <<-'POLICY'
		network = { default = "deny"; rules = (
		{ action = "allow"; op = "bind"; port = "0,6103"; }
		); };
	POLICY
	two accept <<-'POLICY'
		network = { default = "deny"; rules = (
		{ action = "allow"; op = "bind"; },
		{ action = "allow"; op = "accept"; from = [ "127.0.1.0/24", "fd00:1::/64" ]; port = "1-65535"; audit = true; },
		{ action = "deny"; op = "accept"; from = [ "127.0.2.0/24", "fd00:2::/64" ]; } # accept
		); };
	POLICY
	two unix <<-POLICY
		network = { default = "deny"; rules = (
		{ action = "allow"; op = "connect"; path = "$D/u/a*"; abstract = "u-a*"; },
		{ action = "allow"; op = "bind"; path = "$D/u/a*"; abstract = "u-a*"; }
		); };
	POLICY
)
{ name = "listen-kill"; network = { default = "allow"; rules = (
  { action = "kill"; op = "listen"; port = 6105; } # kill
); }; },
{ name = "unix-kill"; network = { default = "allow"; rules = (
  { action = "kill"; op = "connect"; path = "$D/u/b"; abstract = "u-a"; } # unix-kill
); }; }
);
END

agent_start
server free
for name in ${ROWS:-create listen accept unix}; do
	case $name in create) create ;; *) "${name}_" ;; esac
done
judge

# SPDX-License-Identifier: GPL-2.0-or-later
# Ways round a rule on addresses: unusual sockets, calls and spellings.
# shellcheck shell=dash disable=SC2015,SC2086,SC2119
. "$T/lib.sh"
. "$T/threats.sh"

race() {
	gets free EBADE "$@"
	gets "$C" ok "$@"
}

# address COUNT IP PORT ACTION: denials by the row's rule
address() {
	recorded "$1" "destination.ip=$2" "destination.port=$3" "event.action=$4" -- "rule.name=$(rule_of "$C")"
}

p2() {
	begin_row P2
	race race-port 400 connect 7001 7002
	race race-port 400 send 7001 7002
	recorded +1 destination.port=7002 event.action=connect -- "rule.name=$(rule_of p2)"
	recorded +1 destination.port=7002 event.action=sendmsg -- "rule.name=$(rule_of p2)"
	recorded 0 destination.port=7001
	passes deliver udp 127.0.0.1 7001
}

# ---- spellings of an address

n4() {
	local to
	begin_row N4
	for to in 127.0.0.1 127.9.8.7 ::ffff:127.0.0.1 ::ffff:127.9.8.7 0.0.0.0 ::ffff:0.0.0.0 6/127.0.0.1; do
		case $to in 6/*) ;; *) stopped EPERM deliver tcp $to 7201 ;; esac
		stopped EPERM deliver udp $to 7201
		stopped EPERM deliver sendto $to 7201
		stopped EPERM deliver sendmmsg $to 7201
	done
	stopped EPERM deliver fastopen ::ffff:127.0.0.1 7201
	stopped EPERM deliver fastopen 0.0.0.0 7201
	# :: is where the socket is bound to: here IPv4's loopback
	stopped EPERM deliver tcp :: 7201 ::ffff:127.0.0.1
	stopped EPERM deliver udp :: 7201 ::ffff:127.0.0.1
	stopped EPERM deliver sendto :: 7201 ::ffff:127.0.0.1
	passes deliver tcp ::1 7201
	passes deliver tcp :: 7201
	passes deliver sendto ::1 7201
	recorded $COUNT destination.port=7201 -- "rule.name=$(rule_of n4)"
	no_more
	row N4
	C=n4-six
	COUNT=0
	confined n4-six n4-six
	for to in ::1 ::; do
		for how in tcp udp sendto sendmsg sendmmsg fastopen; do
			stopped EPERM deliver $how $to 7202
		done
	done
	passes deliver tcp 127.0.0.1 7202
	passes deliver udp ::ffff:127.0.0.1 7202
	passes deliver tcp 0.0.0.0 7202
	passes deliver tcp :: 7202 ::ffff:127.0.0.1
	passes deliver udp :: 7202 ::ffff:127.0.0.1
	recorded $COUNT destination.port=7202 -- "rule.name=$(rule_of n4-six)"
	no_more
}

# The scope of a link-local address is no part of it.
n4_scope() {
	local how
	row N4
	C=n4-scope
	COUNT=0
	ip -6 addr add fe80::7/64 dev lo
	confined n4-scope n4-scope
	for how in tcp udp sendto sendmmsg; do
		stopped EPERM deliver $how fe80::7%lo 7203
		passes deliver $how ::1 7203
	done
	recorded $COUNT destination.ip=fe80::7 destination.port=7203 -- "rule.name=$(rule_of n4-scope)"
	no_more
}

# A kill is one by every spelling, too.
n4_kill() {
	local to
	row N4
	C=n4-kill
	confined n4-kill n4-kill
	for to in "tcp ::ffff:127.0.0.1" "tcp 0.0.0.0" "fastopen 127.0.0.1" "sendto ::ffff:127.0.0.1" "sendto-unspec 127.0.0.1" \
		"tcp :: 7301 ::ffff:127.0.0.1" "udp :: 7301 ::ffff:127.0.0.1" "udp 6/127.0.0.1"; do
		case $to in *7301*) ;; *) to="$to 7301" ;; esac
		both n4-kill SIGKILL child deliver $to
	done
	expect "each was killed" 8 "@n4-kill" destination.port=7301 -- bailiff.verdict=killed
}

# ---- calls

n5() {
	local how
	begin_row N5
	for how in sendto sendto-unspec sendmsg sendmmsg; do
		stopped EPERM deliver $how 127.0.0.1 7302
		passes deliver $how 127.0.0.1 7303
	done
	for how in sendto sendmsg sendmmsg; do
		stopped EPERM deliver $how ::1 7302
		passes deliver $how ::1 7303
	done
	address 4 127.0.0.1 7302 sendmsg
	address 3 ::1 7302 sendmsg
	stopped EPERM deliver udp 127.0.0.1 7302
	stopped EPERM thread deliver sendmmsg 127.0.0.1 7304
	no_more
}

n6() {
	local how to
	begin_row N6
	for how in fastopen fastopen-sendmmsg fastopen-connect; do
		for to in 127.0.0.1 ::1 ::ffff:127.0.0.1; do
			stopped EPERM deliver $how $to 7402
			passes deliver $how $to 7403
		done
	done
	recorded $COUNT destination.port=7402 event.action=connect -- "rule.name=$(rule_of n6)"
	no_more
}

n7() {
	local to
	begin_row N7
	if ! "$OP" deliver mptcp 127.0.0.1 7503 >/dev/null; then
		skip "MPTCP" "this kernel has none"
		return
	fi
	for to in 127.0.0.1 ::1 ::ffff:127.0.0.1 0.0.0.0; do
		stopped EPERM deliver mptcp $to 7502
		passes deliver mptcp $to 7503
	done
	recorded $COUNT destination.port=7502 event.action=connect -- "rule.name=$(rule_of n7)"
	no_more
}

n12() {
	local proto to
	begin_row N12
	for proto in tcp udp; do
		stopped EPERM bind $proto 127.0.0.1 0
		stopped EPERM bind $proto 0.0.0.0 0
		stopped EPERM bind $proto ::1 0
		stopped EPERM bind $proto :: 0
		stopped EPERM bind-unspec $proto
		stopped EPERM bind-unspec $proto 7602
		stopped EPERM bind $proto ::ffff:127.0.0.1 7602
		passes bind $proto 127.0.0.1 7603
		passes bind-unspec $proto 7603
		passes bind $proto :: 7603
	done
	recorded 10 source.port=0 event.action=bind
	recorded 4 source.port=7602 event.action=bind
	no_more
	# the port that the kernel chooses is judged, too: here it is always a denied one
	C=n12-any
	COUNT=0
	confined n12-any n12-any
	for proto in tcp udp; do
		for to in 127.0.0.1 :: ::1 ::ffff:127.0.0.1; do
			stopped EPERM bind $proto $to 0
			passes bind $proto $to 7603
		done
		stopped EPERM bind-unspec $proto
	done
	recorded $COUNT event.action=bind -- "rule.name=$(rule_of n12-any)" "source.port=!0"
	no_more
	# where port 0 itself is allowed, only a rule denies what is chosen
	C=n12-choose
	COUNT=0
	confined n12-choose n12-choose
	for proto in tcp udp; do
		passes bind $proto 127.0.0.1 0
		passes bind $proto :: 0
		stopped EPERM bind $proto 127.0.0.1 7602
	done
	recorded 2 event.action=bind source.port=7602
	no_more
	# in a dry run it is denied once, as it would be
	confined n12-dry n12-dry
	for to in 127.0.0.1 ::; do gets n12-dry ok bind tcp $to 0; done
	expect "a dry run records each once" 2 @n12-dry event.action=bind -- bailiff.verdict=would-deny source.port=0 \
		"rule.name=$(rule_of n12-dry)"
}

n13() {
	local proto to
	begin_row N13
	for proto in tcp udp; do
		for to in 127.0.0.1 ::1; do
			stopped EPERM reconnect $proto unspec $to 7702 7703
			passes reconnect $proto unspec $to 7702 7704
		done
	done
	for to in 127.0.0.1 ::1 ::ffff:127.0.0.1; do
		stopped EPERM reconnect udp again $to 7702 7703
		passes reconnect udp again $to 7702 7704
	done
	recorded $COUNT destination.port=7703 event.action=connect -- "rule.name=$(rule_of n13)"
	no_more
}

# ports NAME PORT: all but one port may be reached
ports() {
	echo "{ name = \"$1\"; network = { default = \"allow\"; rules = ("
	echo "{ action = \"deny\"; op = \"connect\"; port = \"$2\"; } # $1"
	echo '); }; },'
}

policy threats_net <<END
policies = (
$(
	ports p2 7002
	ports n5 7302,7304
	ports n6 7402
	ports n7 7502
	ports n13 7703
)
{ name = "n4"; network = { default = "allow"; rules = (
  { action = "deny"; op = "connect"; to = "127.0.0.0/8"; } # n4
); }; },
{ name = "n4-six"; network = { default = "allow"; rules = (
  { action = "deny"; op = "connect"; to = "::1/128"; } # n4-six
); }; },
{ name = "n4-scope"; network = { default = "allow"; rules = (
  { action = "deny"; op = "connect"; to = "fe80::/10"; } # n4-scope
); }; },
{ name = "n4-kill"; network = { default = "allow"; rules = (
  { action = "kill"; op = "connect"; to = "127.0.0.0/8"; }
); }; },
{ name = "n12-any"; network = { default = "allow"; rules = (
  { action = "deny"; op = "bind"; port = "20000-65535"; } # n12-any
); }; },
{ name = "n12-choose"; network = { default = "deny"; rules = (
  { action = "allow"; op = "bind"; port = "0"; }
); }; },
{ name = "n12-dry"; mode = "audit"; network = { default = "allow"; rules = (
  { action = "deny"; op = "bind"; } # n12-dry
); }; },
{ name = "n12"; network = { default = "deny"; rules = (
  { action = "allow"; op = "bind"; port = "7603"; }
); }; }
);
END

agent_start
server free
rows p2 n4 n4_scope n4_kill n5 n6 n7 n12 n13

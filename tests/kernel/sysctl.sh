# SPDX-License-Identifier: GPL-2.0-or-later
# Sysctls: read and written, under every kind of rule, values in ranges and out of them, by a
# neighbour. Works where no LSM program can be loaded.
# shellcheck shell=dash disable=SC2086,SC2034,SC2119
. "$T/lib.sh"
. "$T/columns.sh"

MISSING=
[ ! "${NATIVE:-}" ] || MISSING=--allow-missing=exec,file,network,process
S=/proc/sys
P=$S/net/core/somaxconn
RMEM=$S/net/ipv4/tcp_rmem

policies() {
	cat <<-'END'
		policies = (
		{ name = "deny"; sysctl = { write = { default = "allow"; deny = [
		"net.core.somaxconn" # write
		]; }; read = { default = "allow"; deny = [
		"net/core/somaxconn" # read
		]; }; }; },
		{ name = "dry"; extends = [ "deny" ]; mode = "audit"; },
		{ name = "off"; extends = [ "deny" ]; mode = "off"; },
		{ name = "allow"; sysctl = { write = { default = "deny"; allow = [ "net.core.somaxconn" ]; };
		read = { default = "deny"; allow = [ "net.{core,ipv4}.*" ]; }; }; },
		{ name = "nothing"; sysctl = { write = { default = "deny"; }; read = { default = "deny"; }; }; },
		{ name = "reads"; sysctl = { read = { default = "deny"; }; }; },
		{ name = "other"; network = { default = "allow"; }; },
		{ name = "wins"; sysctl = { write = { default = "deny"; allow = [ "net.**" ]; deny = [
		"net.core.*" # wins
		]; }; }; },
		{ name = "range"; sysctl = { write = { default = "deny"; allow = (
		{ name = "net.core.somaxconn"; min = 128; max = 4096; }, # first
		{ name = "net.core.*"; min = 10000; max = 20000; },
		{ name = "net.ipv4.tcp_rmem"; max = 6291456; }, # rmem
		{ name = "net.ipv4.ip_default_ttl"; min = 64; },
		"net.ipv4.conf.*.forwarding", { name = "net.**"; min = 0; max = 1; } ); }; }; },
		{ name = "range-dry"; extends = [ "range" ]; mode = "audit"; },
		{ name = "open"; sysctl = { write = { default = "allow"; allow = (
		{ name = "net.core.somaxconn"; max = 4096; }, # open
		{ name = "net.core.netdev_*"; max = 1; }, "net.core.netdev_max_backlog" ); }; }; } );
	END
}

line_of() {
	echo "sysctl.cfg:$(grep -n "# $1\$" "$POLICIES/sysctl.cfg" | cut -d: -f1)"
}

# variant CONTAINER POLICY WRITE READ RULE: answers; the rule of a denial
variant() {
	confined "$1" "$2"
	cell_in "$1" sysctl write/name
	gets "$1" "$3" set $P 4096
	cell_in "$1" sysctl read/name
	gets "$1" "$4" get $P
	cell
}

# recorded CONTAINER VERDICT ACCESS RULE POLICY [KEY=VALUE]...
recorded() {
	local container="$1" verdict="$2" access="$3" rule="$4" mode=enforce
	shift 4
	[ $verdict != would-deny ] || mode=audit
	case $access in w) cell_in "$container" sysctl write/name ;; *) cell_in "$container" sysctl read/name ;; esac
	expect "$container: $verdict $access" 1 "@$container" bailiff.sysctl.name=net.core.somaxconn "bailiff.access=$access" \
		-- event.action=sysctl event.category=configuration "bailiff.verdict=$verdict" "rule.name=$rule" \
		"bailiff.mode=$mode" "process.pid=$(pid_of "$container")" process.name=op "$@"
	cell
}

kinds() {
	local value=bailiff.sysctl.value=4096
	variant deny deny EPERM EPERM
	recorded deny denied w "$(line_of write)" $value event.outcome=failure event.reason=rule rule.ruleset=deny
	recorded deny denied r "$(line_of read)" event.outcome=failure bailiff.sysctl.value=!4096
	cell sysctl write/name neighbour
	gets free ok set $P 4096
	cell sysctl read/name neighbour
	gets free ok get $P
	for access in write read; do
		no_kill sysctl $access/name "sysctl = { $access = { default = \"allow\"; kill = [ \"net.core.somaxconn\" ]; }; };"
	done
	variant dry dry ok ok
	recorded dry would-deny w "$(line_of write)" $value event.outcome=success
	recorded dry would-deny r "$(line_of read)" event.outcome=success
	variant off off ok ok
	variant allow allow ok ok
	gets allow EPERM get $S/kernel/osrelease
	gets allow EPERM get $S/net/ipv4/conf/lo/forwarding
	gets allow ok get $S/net/ipv4/ip_default_ttl
	gets allow EPERM set $S/net/ipv4/ip_default_ttl 64
	variant nothing nothing EPERM EPERM
	recorded nothing denied w default $value event.reason=default
	recorded nothing denied r default
	variant reads reads ok EPERM
	variant other other ok ok
	confined wins wins
	gets wins EPERM set $P 4096
	gets wins ok set $S/net/ipv4/ip_default_ttl 64
	gets wins EPERM set $S/kernel/panic 0
	recorded wins denied w "$(line_of wins)"
	expect "off and other: no record" 0 @off event.action=sysctl
	expect "other: no record" 0 @other event.action=sysctl
	expect "allow: what is not allowed" 3 @allow event.action=sysctl -- bailiff.verdict=denied rule.name=default
}

# wrote VALUE WANTED: the answer, and that somaxconn has the value then
wrote() {
	gets "$C" ok set $P "$1"
	[ "$C" = range-dry ] || equal "$C: somaxconn after \"$1\"" "$2" "$(cat $P)"
}

ranges() {
	local value
	C=range
	container range range --start
	server range 5<>$P
	cell sysctl write/range allow
	for value in 128 4096 10000 20000; do wrote $value $value; done
	wrote 0x80 128
	wrote 0200 128
	wrote "$(printf '\n200')" 200
	wrote ' 300 ' 300
	gets range ok set $RMEM "4096 131072 6291456"
	gets range ok set $S/net/ipv4/ip_default_ttl 255
	gets range ok set $S/net/ipv4/conf/lo/forwarding 0
	gets range ok set-held 5 150
	gets range ok set-padded $P 100 160
	gets free ok set-padded $P 600 5000 200
	cell sysctl write/range neighbour
	gets free ok set $P 1000
	cell sysctl write/range deny
	COUNT=0
	for value in 127 4097 9999 20001 0x7f 0x1001 -128 9999999999999999999 "128 5000" "1000 1 2"; do
		gets range EPERM set $P "$value"
		COUNT=$((COUNT + 1))
	done
	gets range EPERM set-held 5 2
	expect "out of range" $((COUNT + 1)) @range event.reason=out-of-range bailiff.sysctl.name=net.core.somaxconn -- \
		"rule.name=$(line_of first)" bailiff.verdict=denied bailiff.mode=enforce
	for value in 1x x 0x 08 1,2 +200 200-300 99999999999999999999 2e2; do gets range EPERM set $P "$value"; done
	gets range EPERM set $P 000 1
	gets range EPERM set-padded $P 600 200
	gets range EPERM set-padded $P 70000 200
	gets range EPERM set-padded $P 600 5000 200
	gets range EPERM set-padded $P 3 ' '
	expect "no integers" 14 @range event.reason=no-integer bailiff.sysctl.name=net.core.somaxconn -- \
		"rule.name=$(line_of first)" bailiff.verdict=denied
	expect "a long value is told in part" 3 @range bailiff.sysctl.value_cut=true
	equal "somaxconn is what the neighbour wrote" 1000 "$(cat $P)"
	gets range EPERM set $RMEM "4096 131072 6291457"
	gets range EPERM set $S/net/ipv4/ip_default_ttl 63
	expect "one of several is out of range" 1 @range bailiff.sysctl.name=net.ipv4.tcp_rmem -- event.reason=out-of-range \
		"rule.name=$(line_of rmem)" "bailiff.sysctl.value=4096 131072 6291457"
	no_kill sysctl write/range 'sysctl = { write = { default = "allow"; kill = ( { name = "net.**"; max = 1; } ); }; };'
	cell sysctl write/range audit
	confined range-dry range-dry
	C=range-dry
	wrote 5000 5000
	equal "dry: it was written" 5000 "$(cat $P)"
	recorded range-dry would-deny w "$(line_of first)" event.reason=out-of-range bailiff.sysctl.value=5000
	cell
	gets free ok set $P 4096
}

# A range on what is allowed restricts what the default would allow; an allowance without one lifts it.
defaults() {
	confined open open
	gets open ok set $P 4096
	gets open EPERM set $P 4097
	recorded open denied w "$(line_of open)" event.reason=out-of-range
	gets open ok set $S/net/core/netdev_max_backlog 1000
	gets open EPERM set $S/net/core/netdev_budget 300
	gets open ok set $S/net/ipv4/ip_default_ttl 64
}

# A value can't forge a record, nor can it be hidden in several writes.
values() {
	confined values deny
	gets values EPERM set $P '1" forged="yes'
	gets values EPERM set $P "$(printf '1\n{"event.action":"forged"}')"
	expect "quotes are escaped" 1 @values 'bailiff.sysctl.value=1" forged="yes'
	gets values EPERM child set $P 1
	gets values EPERM thread set $P 1
	gets values EPERM into "$CGROUP" set $P 1
	gets values ok open rw $P
	gets free ok set $P 4096
}

# Through descriptors from before, and another mount of procfs.
ways() {
	container held deny --start
	server held 5<>$P
	gets held EPERM set-held 5 1
	gets held EPERM get-held 5
	mkdir "$D/proc"
	mount -t proc proc "$D/proc"
	gets held EPERM set "$D/proc/sys/net/core/somaxconn" 1
	gets held EPERM set "/proc/self/root$P" 1
	umount "$D/proc"
	expect "all are recorded by the same name" 4 @held bailiff.sysctl.name=net.core.somaxconn
}

policies >"$POLICIES/sysctl.cfg"
before=$(cat $P) ttl=$(cat $S/net/ipv4/ip_default_ttl) rmem=$(cat $RMEM) backlog=$(cat $S/net/core/netdev_max_backlog)
forwarding=$(cat $S/net/ipv4/conf/lo/forwarding)
agent_start $MISSING
server free
kinds
ranges
defaults
values
ways
expect "free: no record" 0 "bailiff.cgroup=/${PREFIX}free"
judge
echo "$before" >$P
echo "$ttl" >$S/net/ipv4/ip_default_ttl
echo "$rmem" >$RMEM
echo "$backlog" >$S/net/core/netdev_max_backlog
echo "$forwarding" >$S/net/ipv4/conf/lo/forwarding

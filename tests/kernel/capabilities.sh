# SPDX-License-Identifier: GPL-2.0-or-later
# Capabilities, each by something that needs it: allowed, denied, dry run, killed, by default,
# and by a neighbour who is not confined.
# shellcheck shell=dash disable=SC2034,SC2086,SC2119
. "$T/lib.sh"
. "$T/numbers.sh"

CAPABILITIES="chown dac_override dac_read_search fowner setgid setuid setpcap net_bind_service net_admin net_raw sys_rawio
	sys_chroot sys_pacct sys_admin sys_boot sys_nice sys_resource sys_time mknod lease setfcap syslog wake_alarm sys_ptrace kill"

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

{
	echo 'policies = ('
	section deny allow deny
	section kill allow kill
	section dry allow deny | sed 's/"dry";/"dry"; mode = "audit";/'
	echo '{ name = "none"; process = { capabilities = { default = "allow"; deny = "mac_admin"; }; }; },'
	echo '{ name = "most"; process = { capabilities = { default = "deny"; allow = [ "chown", "dac_override" ]; }; }; },'
	echo '{ name = "lacking"; process = { capabilities = { default = "deny"; allow = [ "setuid" ]; }; }; } );'
} >"$POLICIES/capabilities.cfg"
for name in own closed other; do echo data >"$D/$name"; done
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
for row in ${ROWS:-all defaults lacking}; do $row; done
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
kill $NAPPER "$OTHER" 2>/dev/null

# SPDX-License-Identifier: GPL-2.0-or-later
# Syscall filters of `bailiff run`: by the agent and without it. What the kernel logs of them is
# in its own log.
# shellcheck shell=dash disable=SC2086,SC2119
. "$T/lib.sh"

CFG=$W/seccomp.cfg
KEYCTL="call 250 0 -2 1"      # KEYCTL_GET_KEYRING_ID
KEYCTL32="call32 288 0 -2 1"
ADD_KEY="call 248 0 0 0 0 -2" # EFAULT: it is not let in
ADD_KEY32="call32 286 0 0 0 0 -2"
NEEDED='"execve", "exit_group", "write", "read", "brk", "arch_prctl", "set_tid_address", "set_robust_list", "rseq",
	"prlimit64", "readlink", "readlinkat", "getrandom", "mprotect", "newfstatat", "fstat", "uname", "futex", "mmap"'

run() {
	local policy="$1"
	shift
	bailiff run --control-socket "$SOCKET" --policy "$CFG:$policy" "$@"
}

# answers NAME POLICY STATUS ANSWER OP...: what the operation gives under a policy
answers() {
	local name="$1" policy="$2" wanted="$3" answer="$4"
	shift 4
	[ "$name" != served ] || cell_of "$policy" "$answer" "$*"
	shorten "$*"
	status "$name: $policy: $SHORT: status $wanted" "$wanted" run "$policy" $OPTIONS -- "$OP" "$@"
	[ -z "$answer" ] || says "$name: $policy: $SHORT: $answer" "$W/out" ": $answer\$"
	cell
}

# cell_of POLICY ANSWER OP: calls of each table are operations of their own
cell_of() {
	local operation=call
	case $3 in
	*call32*) operation=call32 ;;
	child* | thread*) return ;;
	esac
	case $1-$2 in
	some-ok) cell seccomp $operation allow ;;
	some-EPERM) cell seccomp $operation deny ;;
	some-) cell seccomp $operation kill ;;
	dry-*) cell seccomp $operation audit ;;
	esac
}

# lines of the kernel's log on a call: its number, its table and the action's code
logged_calls() {
	dmesg | grep -c "audit: type=1326 .* comm=\"op\" .*syscall=$1 compat=$2 .*code=$3"
}

# rises NAME BY CALL COMPAT CODE COMMAND...
rises() {
	local name="$1" by="$2" before after
	before=$(logged_calls "$3" "$4" "$5")
	after=$((before + by))
	local call="$3" compat="$4" code="$5"
	shift 5
	"$@" >/dev/null 2>&1
	equal "$name" "$after" "$(logged_calls "$call" "$compat" "$code")"
}

# Loads programs of its own each time, which takes its time.
alone() {
	OPTIONS=
	answers alone some 1 EPERM $KEYCTL
}

filters() {
	OPTIONS=
	answers "$1" none 0 ok $KEYCTL
	answers "$1" some 0 ok call 102
	answers "$1" some 1 EPERM $KEYCTL
	answers "$1" some 1 EPERM $KEYCTL32
	answers "$1" some 1 EPERM child $KEYCTL
	answers "$1" some 1 EPERM thread $KEYCTL
	answers "$1" some 0 ok call32 199
	answers "$1" some 159 "" $ADD_KEY # SIGSYS
	answers "$1" some 159 "" $ADD_KEY32
	answers "$1" named 1 EXDEV $KEYCTL
	answers "$1" only 0 ok call 39
	answers "$1" only 1 EPERM call 102
	answers "$1" only 1 EPERM call32 199
	answers "$1" dry 0 ok $KEYCTL
	answers "$1" dry 0 ok $KEYCTL32
	answers "$1" dry 1 EFAULT $ADD_KEY
	answers "$1" dry-only 0 ok call 102
	answers "$1" off 0 ok $KEYCTL
	OPTIONS=--audit-only
	answers "$1 --audit-only" some 0 ok $KEYCTL
	answers "$1 --audit-only" some 1 EFAULT $ADD_KEY
	OPTIONS=
	cell seccomp call neighbour
	status "$1: a neighbour: $KEYCTL" 0 "$OP" $KEYCTL
	cell seccomp call32 neighbour
	status "$1: a neighbour: $KEYCTL32" 0 "$OP" $KEYCTL32
	cell
	status "$1: no privilege is lost: setuid programs" 0 run some -- grep -q "NoNewPrivs:.*0" /proc/self/status
	status "$1: another program under it" 1 run some -- sh -c "$OP $KEYCTL"
}

# A dry run logs as often as enforcement does.
logs() {
	rises "$1: a denial is logged" 1 250 0 0x50000 run some -- "$OP" $KEYCTL
	rises "$1: a dry run logs it" 1 250 0 0x7ffc0000 run dry -- "$OP" $KEYCTL
	rises "$1: a dry run logs it of int 0x80" 1 288 1 0x7ffc0000 run dry -- "$OP" $KEYCTL32
	rises "$1: a kill is logged" 1 248 0 0x80000000 run some -- "$OP" $ADD_KEY
	rises "$1: what is allowed is not" 0 102 0 0x7ffc0000 run dry -- "$OP" call 102
}

bound() {
	container bound some
	says "bind: it says that there is no filter" "$W/out" 'note: the seccomp section of some is not in force'
	container other none
	equal "bind: and no more" "" "$(grep note "$W/out")"
	server bound
	gets bound ok $KEYCTL
}

oci() {
	status "seccomp: the section of a policy" 0 bailiff seccomp "$CFG:some"
	says "it has the default" "$W/out" '"defaultAction": "SCMP_ACT_ALLOW"'
	says "it has the calls" "$W/out" '"keyctl"'
	status "seccomp: of one that has none" 0 bailiff seccomp "$CFG:none"
	equal "null" null "$(cat "$W/out")"
	status "seccomp: no policy" 2 bailiff seccomp
	status "seccomp: which one" 1 bailiff seccomp "$CFG"
	status "test: denied" 0 bailiff test --expect denied "$CFG:some" -- syscall keyctl
	status "test: killed" 0 bailiff test --expect killed "$CFG:some" -- syscall add_key
	status "test: would be" 0 bailiff test --expect would-deny "$CFG:dry" -- syscall keyctl syscall add_key
	status "test: allowed" 0 bailiff test "$CFG:some" -- syscall read
}

cat >"$CFG" <<END
policies = ( { name = "none"; file = { default = "allow"; }; },
  { name = "some"; seccomp = { default = "allow"; deny = [ "keyctl", "add_key" ]; kill = "add_key"; }; },
  { name = "named"; extends = "some"; seccomp = { errno = "EXDEV"; }; },
  { name = "dry"; extends = "some"; mode = "audit"; },
  { name = "off"; extends = "some"; mode = "off"; },
  { name = "only"; seccomp = { default = "deny"; allow = [ $NEEDED, "getpid" ]; }; },
  { name = "dry-only"; extends = "only"; mode = "audit"; } );
END
echo 0 >/proc/sys/kernel/printk_ratelimit
oci
alone
cp "$CFG" "$POLICIES/all.cfg"
agent_start
filters served
logs served
bound

# SPDX-License-Identifier: GPL-2.0-or-later
# The kernel's interfaces that process.deny names: every operation denied, in a dry run, killed,
# off, by a neighbour, and by containers whose policy denies other verbs.
# shellcheck shell=dash disable=SC2034,SC2046,SC2086,SC2153
. "$T/lib.sh"
. "$T/columns.sh"

MODULE=$(find /lib/modules/ -name dummy.ko)
VERBS="bpf module perf keyring io_uring userfaultfd memfd_exec deleted_exec reboot settime syslog"

# What each verb stops. Those on modules are in an order that can be repeated.
operations() {
	cat <<-END
		bpf bpf map
		bpf bpf program
		bpf bpf next
		module delete-module dummy
		module init-module $MODULE
		module delete-module dummy
		module finit-module $MODULE
		module autoload 38
		perf perf software
		perf perf tracepoint $(cat /sys/kernel/tracing/events/sched/sched_process_exit/id)
		keyring add-key -2 name
		keyring add-key -3 name
		keyring keyctl join name
		keyring keyctl id -1
		keyring keyctl describe -3
		keyring keyctl read -3
		keyring keyctl clear -3
		keyring request-key-to -2 nobodys
		keyring keyctl32
		io_uring ring-setup
		io_uring ring-setup 2
		userfaultfd userfaultfd call
		userfaultfd userfaultfd device
		memfd_exec memfd-exec $OP true
		memfd_exec seq hold-memfd 9 $OP -- exec /proc/self/fd/9 true
		memfd_exec seq hold-memfd 9 $D/script -- exec /proc/self/fd/9
		memfd_exec detached-exec $OP true
		deleted_exec seq hold-tmpfile 9 $OP $D -- exec /proc/self/fd/9 true
		deleted_exec seq hold 9 p $D/gone -- unlink $D/gone -- exec /proc/self/fd/9 true
		deleted_exec seq hold 9 p $D/merged/gone -- unlink $D/merged/gone -- exec /proc/self/fd/9 true
		reboot reboot
		reboot kexec-load
		reboot kexec-file-load $T/surface.sh
		settime settime clock
		settime settime day
		settime settime zone
		settime settime hardware
		settime settime adjust
		settime settime offset
		settime settime clock-offset
		syslog syslog 3
		syslog syslog 10
		syslog open r /proc/kmsg
		syslog open r /dev/kmsg
		bpf getfd $(pid_of holder) 60
		perf getfd $(pid_of holder) 61
		io_uring getfd $(pid_of holder) 62
		userfaultfd getfd $(pid_of holder) 63
	END
}

count_of() {
	grep -c "^$1 " "$W/operations"
}

# wanted VERDICT OPERATION: sets WANTED
wanted() {
	case $1-$2 in
	denied-*hardware) WANTED=EACCES ;;
	denied-autoload*) WANTED=EAFNOSUPPORT ;;
	denied-*" -3"*) WANTED=ENOKEY ;; # there is no session keyring, and none is made
	denied-*) WANTED=EPERM ;;
	killed-*) WANTED=SIGKILL ;;
	*) WANTED=ok ;;
	esac
}

# every CONTAINER VERDICT [PREFIX]: the operations of $W/these in a process there, and what each
# gives
every() {
	local verb words result prefix="${3:-}"
	cp "$OP" "$D/gone"
	cp "$OP" "$D/merged/gone"
	"$OP" init-module "$MODULE" >/dev/null
	sed "s/^[^ ]* /$prefix/" "$W/these" >"$W/lines"
	ask "$1" lines "$W/lines" "$W/results"
	equal "$1: the operations are performed" ok "$ANSWER"
	while read -r verb words <&3; do
		read -r result <&4
		wanted "$2" "$words"
		way_of $words
		cell_in "$1" process "$verb/$WAY"
		equal "$1: $prefix$words: $WANTED" "$WANTED" "${result:-nothing}"
	done 3<"$W/these" 4<"$W/results"
	cell
	"$OP" delete-module dummy >/dev/null
	"$OP" delete-module af_alg >/dev/null
}

# records CONTAINER VERDICT [KEY=VALUE]...: one for each operation, by the rule of its verb
records() {
	local container="$1" verdict="$2" verb
	shift 2
	for verb in $VERBS; do
		cell_in "$container" process "$verb/*"
		expect "$container: $verb" "$(count_of "$verb")" "@$container" "event.action=$verb" -- \
			"bailiff.verdict=$verdict" "rule.name=surface.cfg:$(line_of "$container" "$verb")" \
			event.category=process event.reason=rule "process.name=*" user.id=0 "rule.ruleset=$container" "$@"
	done
	cell
	expect "$container: no more" "$(wc -l <"$W/operations")" "@$container"
}

# The rules of a dry run are those of "deny".
line_of() {
	local policy="$1"
	[ "$policy" != dry ] || policy=deny
	grep -n "# $policy $2\$" "$POLICIES/surface.cfg" | cut -d: -f1
}

# policy_of NAME LIST VERB...: an element a line, so that each is a rule of its own
policy_of() {
	local name="$1" list="$2" verb comma=
	shift 2
	echo "{ name = \"$name\"; process = { $list = ["
	for verb; do
		echo "$comma\"$verb\" # $name $verb"
		comma=,
	done
	echo ']; }; },'
}

# half BIT VALUE: the verbs whose number has that bit
half() {
	local verb n=0
	for verb in $VERBS; do
		[ $((n >> $1 & 1)) != "$2" ] || echo "$verb"
		n=$((n + 1))
	done
}

policies() {
	local bit value
	echo 'policies = ('
	policy_of deny deny $VERBS
	policy_of kill kill $VERBS
	echo '{ name = "dry"; extends = [ "deny" ]; mode = "audit"; },'
	echo '{ name = "off"; extends = [ "deny" ]; mode = "off"; },'
	for bit in 0 1 2 3; do
		for value in 0 1; do
			policy_of "half-$bit-$value" deny $(half $bit $value)
		done
	done
	echo '{ name = "exec"; process = { exec = { default = "allow"; deny = "'"$D/denied"'"; };'
	echo '  deny = [ "memfd_exec", "deleted_exec" ]; }; },'
	echo '{ name = "exec-dry"; extends = [ "exec" ]; mode = "audit"; },'
	echo '{ name = "last"; network = { default = "allow"; }; } );'
}

# Of any two verbs there is a container where the one is denied and the other is not.
beside() {
	local bit value verb
	for bit in 0 1 2 3; do
		for value in 0 1; do
			for verb in $(half $bit $((1 - value))); do grep "^$verb " "$W/operations"; done >"$W/these"
			confined "half-$bit-$value" "half-$bit-$value"
			every "half-$bit-$value" allowed
			expect "half-$bit-$value: no record" 0 "@half-$bit-$value"
			end_container "half-$bit-$value"
		done
	done
}

# What is no business of these verbs, and every command of bpf(2).
others() {
	gets deny ok settime query
	gets deny ok exec "$D/merged/op" true
	gets deny ok fexec p "$OP" true
	gets deny ok open w /dev/kmsg
	expect "deny: reading the clock is nothing" 0 @deny "event.action=settime" "bailiff.verdict=allowed"
	confined commands deny
	gets free ok bpf all
	gets commands EPERM bpf all
	expect "every command of bpf is recorded" 37 @commands event.action=bpf bailiff.verdict=denied
}

# Under rules on programs what has no name is denied already; there is one record all the same.
nameless() {
	cp "$OP" "$D/denied"
	printf '#!%s true\n' "$D/denied" >"$D/script" # in a dry run its interpreter is not asked about
	grep -E '^(memfd|deleted)_exec ' "$W/operations" >"$W/these"
	for policy in exec exec-dry; do confined "$policy" "$policy"; done
	every exec denied
	every exec-dry would-deny
	for policy in exec exec-dry; do
		expect "$policy: memfd_exec" 4 "@$policy" event.action=memfd_exec
		expect "$policy: deleted_exec" 3 "@$policy" event.action=deleted_exec -- "file.path=*"
		expect "$policy: once" 7 "@$policy"
	done
}

mkdir "$D/lower" "$D/upper" "$D/work" "$D/merged"
cp "$OP" "$D/lower/op"
mount -t overlay -o "lowerdir=$D/lower,upperdir=$D/upper,workdir=$D/work" overlay "$D/merged"
printf '#!%s true\n' "$OP" >"$D/script"
server holder
for interface in "60 map" "61 perf" "62 ring" "63 userfaultfd"; do gets holder ok hold-interface $interface; done
operations >"$W/operations"
policies >"$POLICIES/surface.cfg"
agent_start
server free
cp "$W/operations" "$W/these"
every free allowed
for policy in deny dry kill off; do confined "$policy" "$policy"; done
every deny denied
records deny denied event.outcome=failure bailiff.mode=enforce
every dry would-deny
records dry would-deny event.outcome=success bailiff.mode=audit
every kill killed "child "
records kill killed event.outcome=failure
every off off
expect "off: no record" 0 @off
beside
nameless
others
expect "free: no record" 0 "bailiff.cgroup=/${PREFIX}free"
judge

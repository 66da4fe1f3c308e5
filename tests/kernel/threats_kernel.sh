# SPDX-License-Identifier: GPL-2.0-or-later
# Ways to the kernel itself, and to what belongs to the host as a whole.
# shellcheck shell=dash disable=SC2015,SC2086,SC2119
. "$T/lib.sh"
. "$T/threats.sh"

MODULE=$(find /lib/modules/ -name dummy.ko)
TRACING=/sys/kernel/tracing

# verb COUNT NAME: records of the operation, by the row's rule
verb() {
	recorded "$1" "event.action=$2" -- "rule.name=$(rule_of "$C")"
}

# refused WANTED OP...: only here; the caller has seen it work
refused() {
	COUNT=$((COUNT + 1))
	gets "$C" "$@"
}

# from_outside OP...: works unconfined, once
from_outside() {
	gets free ok "$@"
}

# handed interface NAME|FLAGS PATH: a descriptor that an unconfined process opened
handed() {
	local name wanted=ok give
	for name in free "$C"; do
		rm -f "$W/door"
		"$OP" give "$W/door" "$@" >/dev/null &
		give=$!
		soon test -S "$W/door"
		gets "$name" $wanted take 60 "$W/door"
		wait $give
		wanted=ENOMSG
	done
	COUNT=$((COUNT + 1))
}

k1() {
	local name
	begin_row K1
	# what other scenarios have loaded is asked of nobody
	mkdir "$D/formats"
	for name in algif_hash af_alg binfmt_misc dummy; do rmmod $name 2>/dev/null; done
	from_outside init-module "$MODULE"
	refused EPERM delete-module dummy
	from_outside delete-module dummy
	refused EPERM init-module "$MODULE"
	refused EPERM finit-module "$MODULE"
	refused EPERM thread init-module "$MODULE"
	refused EPERM seq hold-memfd 9 "$MODULE" -- finit-module /proc/self/fd/9
	from_outside seq hold-memfd 9 "$MODULE" -- finit-module /proc/self/fd/9
	from_outside delete-module dummy
	refused EAFNOSUPPORT autoload 38
	from_outside autoload 38
	from_outside delete-module af_alg
	# asked for twice: by protocol and type, and by protocol
	refused ESOCKTNOSUPPORT autoload 2 132
	COUNT=$((COUNT + 1))
	equal "none of the modules was loaded by it" "" "$(grep -E '^(dummy|af_alg|sctp) ' /proc/modules)"
	from_outside autoload 2 132
	# a file system
	refused ENODEV mount binfmt_misc none "$D/formats"
	from_outside mount binfmt_misc none "$D/formats"
	umount "$D/formats"
	verb $COUNT module
	no_more
}

k2() {
	local pin
	pin=$(find "$PINS/maps" -name containers)
	begin_row K2
	stopped EPERM bpf map
	stopped EPERM bpf program
	stopped EPERM bpf next
	stopped EPERM bpf by-id
	stopped EPERM bpf program-by-id
	stopped EPERM bpf link-by-id
	stopped EPERM bpf get "$pin"
	stopped EPERM thread bpf map
	handed interface map
	verb $COUNT bpf
	no_more
	# what is bailiff's own is out of reach without the rule too, and nothing else is
	C=k2-guard COUNT=0
	confined k2-guard other
	stopped EPERM bpf by-id
	stopped EPERM bpf program-by-id
	stopped EPERM bpf link-by-id
	stopped EPERM bpf get "$pin"
	recorded 4 event.action=protect -- event.reason=protected
	no_more
	passes bpf map
	passes bpf program
}

k3() {
	mkdir -p /sys/kernel/debug
	mount -t debugfs debugfs /sys/kernel/debug
	begin_row K3
	stopped EPERM perf software
	stopped EPERM perf tracepoint "$(cat $TRACING/events/sched/sched_process_exit/id)"
	handed interface perf
	verb 3 perf
	stopped EACCES open r $TRACING/trace
	stopped EACCES open w $TRACING/kprobe_events
	stopped EACCES open w $TRACING/tracing_on
	stopped EACCES open r /sys/kernel/debug/tracing/trace
	stopped EACCES open r /sys/kernel/debug/sleep_time
	stopped EACCES chdir /sys/kernel open r debug/sleep_time
	recorded $((COUNT - 3)) event.action=open -- "rule.name=$(rule_of k3-file)"
	no_more
	umount /sys/kernel/debug
}

k4() {
	begin_row K4
	stopped EPERM kexec-load
	stopped EPERM kexec-file-load "$T/threats_kernel.sh"
	stopped EPERM kexec-file-load unload
	stopped EPERM reboot
	verb $COUNT reboot
	no_more
}

k8() {
	local way
	modprobe loop
	dd if=/dev/zero of="$D/swap" bs=1M count=4 2>/dev/null
	losetup /dev/loop0 "$D/swap"
	mkswap /dev/loop0 >/dev/null
	: >"$D/acct"
	begin_row K8
	for way in clock day zone adjust offset clock-offset; do stopped EPERM settime $way; done
	verb $COUNT settime
	for way in "syslog 3" "syslog 10" "syslog 9" "open r /proc/kmsg" "open r /dev/kmsg"; do stopped EPERM $way; done
	verb $((COUNT - 6)) syslog
	no_more
	begin_row K8-capability
	stopped EPERM sethostname host
	stopped EPERM sethostname domain
	stopped EPERM swapon /dev/loop0
	recorded $COUNT bailiff.capability=sys_admin -- "rule.name=$(rule_of k8-capability)"
	stopped EPERM iopl
	stopped EPERM ioperm
	recorded 2 bailiff.capability=sys_rawio -- "rule.name=$(rule_of k8-capability)"
	stopped EPERM acct "$D/acct"
	recorded 1 bailiff.capability=sys_pacct -- "rule.name=$(rule_of k8-capability)"
	no_more
	losetup -d /dev/loop0
}

k9() {
	begin_row K9
	stopped EPERM add-key -2 name
	stopped EPERM add-key -1 name
	stopped EPERM request-key-to -2 nobodys
	stopped EPERM keyctl join name
	stopped EPERM thread keyctl join name
	stopped EPERM keyctl32
	verb $COUNT keyring
	stopped EPERM userfaultfd call
	stopped EPERM userfaultfd device
	handed interface userfaultfd
	verb 3 userfaultfd
	stopped EPERM ring-setup
	# SCM_RIGHTS takes no rings
	server free/holder
	gets free/holder ok hold-interface 60 ring
	stopped EPERM getfd "$(pid_of free/holder)" 60
	verb 2 io_uring
	stopped EPERM fanotify permission
	recorded 1 bailiff.capability=sys_admin -- event.action=capability
	no_more
	# not stopped by a rule of this kind: docs/limits.md
	ask free secretmem
	if [ "$ANSWER" = ENOSYS ]; then
		skip "secretmem" "this kernel has it switched off"
	else
		passes secretmem
	fi
}

policy threats_kernel <<END
policies = (
{ name = "k1"; process = { deny = [ "module" ]; }; }, # k1
{ name = "k2"; process = { deny = [ "bpf" ]; }; }, # k2
{ name = "other"; process = { deny = [ "keyring" ]; }; },
{ name = "k3"; process = { deny = [ "perf" ]; }; # k3
  file = { default = "allow"; rules = (
    { action = "deny"; access = "rwcdl"; path = "/sys/kernel/{debug,tracing}/**"; } # k3-file
  ); }; },
{ name = "k4"; process = { deny = [ "reboot" ]; }; }, # k4
{ name = "k8"; process = { deny = [ "settime", "syslog" ]; }; }, # k8
{ name = "k8-capability"; process = { capabilities = { default = "allow";
  deny = [ "sys_admin", "sys_rawio", "sys_pacct" ]; # k8-capability
}; }; },
{ name = "k9"; process = { deny = [ "keyring", "userfaultfd", "io_uring" ]; # k9
  capabilities = { default = "allow"; deny = [ "sys_admin" ]; }; }; },
{ name = "last"; network = { default = "allow"; }; }
);
END

agent_start
server free
rows k1 k2 k3 k4 k8 k9

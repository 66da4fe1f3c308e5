# SPDX-License-Identifier: GPL-2.0-or-later
# What `bailiff seccomp` prints, given to a runtime: on the machine itself, where one is installed.
# shellcheck shell=dash disable=SC2086,SC2119
. "$T/lib.sh"

CFG=$W/oci.cfg
BUNDLE=$W/bundle
KEYCTL="call 250 0 -2 1"
KEYCTL32="call32 288 0 -2 1"
ADD_KEY="call 248 0 0 0 0 -2"

# configure POLICY WORD...: the runtime's own example, with the section and this command
configure() {
	local policy="$1" word args='"/op"'
	shift
	for word; do args="$args, \"$word\""; done
	rm -f "$BUNDLE/config.json"
	(cd "$BUNDLE" && runc spec) || return 1
	bailiff seccomp "$CFG:$policy" >"$W/section" || return 1
	awk -v args="$args" -v section="$W/section" '
		/"terminal":/ { sub(/true/, "false") }
		/^[[:space:]]*"sh"$/ { $0 = args }
		{ print }
		/^[[:space:]]*"linux": \{/ {
			printf "\"seccomp\": "
			while ((getline line < section) > 0) print line
			print ","
		}' "$BUNDLE/config.json" >"$W/config" && cp "$W/config" "$BUNDLE/config.json"
}

# under NAME POLICY STATUS ANSWER OP...
under() {
	local name="$1" policy="$2" wanted="$3" answer="$4"
	shift 4
	configure "$policy" "$@" || not_ok "$name: the bundle"
	status "$name: status $wanted" "$wanted" timeout 60 runc --root "$W/runc" run --no-pivot --bundle "$BUNDLE" "bailiff-t-$$"
	[ -z "$answer" ] || says "$name: $answer" "$W/out" ": $answer\$"
}

if ! command -v runc >/dev/null; then
	skip "runc takes the section" "it is not installed: run packaging/deps"
	exit
fi
mkdir -p "$BUNDLE/rootfs/proc" "$BUNDLE/rootfs/dev" "$BUNDLE/rootfs/sys"
cp "$OP" "$BUNDLE/rootfs/op"
cat >"$CFG" <<'END'
policies = (
  { name = "some"; seccomp = { default = "allow"; deny = [ "keyctl", "shmget", "chown" ]; kill = "add_key"; errno = "EXDEV"; }; },
  { name = "dry"; extends = "some"; mode = "audit"; },
  { name = "only"; seccomp = { default = "deny"; errno = "EXDEV"; deny = "keyctl"; allow = [ "keyctl",
    "execve", "exit_group", "exit", "write", "read", "brk", "arch_prctl", "mmap", "munmap", "mprotect", "set_tid_address",
    "set_robust_list", "rseq", "prlimit64", "readlink", "readlinkat", "getrandom", "newfstatat", "fstat", "fstatfs", "statx",
    "futex", "close", "openat", "fcntl", "prctl", "epoll_ctl", "epoll_pwait", "rt_sigreturn", "rt_sigaction",
    "rt_sigprocmask", "sigaltstack", "nanosleep", "getpid", "gettid", "getppid", "tgkill", "getdents64", "capset", "capget",
    "setgid", "setuid", "getuid", "setgroups", "chdir", "clone", "madvise", "faccessat2", "lseek", "sched_yield",
    "sched_getaffinity", "dup3", "fchown", "uname" ]; }; } );
END
under "a call that no rule names" some 0 ok call 39
under "a denied call" some 1 EXDEV $KEYCTL
under "a denied call of 32 bits" some 1 EXDEV $KEYCTL32
under "a denied call by its other name" some 1 EXDEV call32 212
under "a denied part of ipc, with a version" some 1 EXDEV call32 117 65559 0 1
under "a call that is killed" some 159 "" $ADD_KEY
under "a denied call in a dry run" dry 0 ok $KEYCTL
under "a call that is killed, in a dry run" dry 1 EFAULT $ADD_KEY
under "a default that denies" only 1 EXDEV call 115
under "a denial beside an allow" only 1 EXDEV $KEYCTL

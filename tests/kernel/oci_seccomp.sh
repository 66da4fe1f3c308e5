# SPDX-License-Identifier: GPL-2.0-or-later
# The system calls that a policy denies: podman's configuration gets them by the hook, that of crun and runc from
# `bailiff seccomp`.
# shellcheck shell=dash disable=SC2086,SC2119
. "$T/lib.sh"
. "$T/oci_lib.sh"

KEYCTL="call 250 0 -2 1"
GETPID="call 39"

policy calls <<-'END'
	policies = (
	{ name = "calls"; select = { name = "*-calls"; }; seccomp = { default = "allow"; deny = "keyctl"; errno = "EXDEV"; }; },
	{ name = "known"; extends = "baseline"; select = { name = "*-known"; }; },
	{ name = "lenient"; extends = "calls"; on_failure = "allow"; select = { name = "*-lenient"; }; },
	{ name = "dry"; mode = "audit"; extends = "calls"; select = { name = "*-dry"; }; } );
END

# judged NAME [OPTION]...: one call is denied in it, and to what is executed into it
judged() {
	local name="$1"
	box "$@"
	gets $name EXDEV $KEYCTL
	gets $name ok $GETPID
	executes $name EXDEV $KEYCTL
	remove $name
}

# let NAME [OPTION]...: nothing is denied in it
let() {
	box "$@"
	gets "$1" ok $KEYCTL
	remove "$1"
}

# missing [OPTION]...: its filter lets through what the policy denies
missing() {
	refused $RUNTIME-calls ", policy calls does not start: linux.seccomp .* lets keyctl through" "$@" -- /op true
	let $RUNTIME-dry "$@"
	let $RUNTIME-lenient "$@"
	says "$RUNTIME-lenient: it is said" "$MESSAGES" "$RUNTIME-lenient, policy lenient starts without its filter"
}

syslog_start
agent_start
make_image
remember
bailiff seccomp "$POLICIES/calls.cfg:calls" >"$W/section" || not_ok "bailiff seccomp"
bailiff seccomp "$POLICIES/calls.cfg:dry" >"$W/dry" || not_ok "bailiff seccomp of a dry run"
for RUNTIME in crun runc; do
	judged $RUNTIME-calls --seccomp "$W/section"
	let $RUNTIME-free
	missing
done
RUNTIME=crun
let crun-dry --seccomp "$W/dry"
RUNTIME=podman
for PODMAN_RUNTIME in crun runc; do judged podman-$PODMAN_RUNTIME-calls; done
PODMAN_RUNTIME=crun
let podman-dry
missing --no-precreate --seccomp unconfined
# what the baseline denies podman's own profile denies too
judged_by_podman() {
	box podman-known --no-precreate
	gets podman-known EPERM call 304 0 0 0 # open_by_handle_at
	remove podman-known
}
judged_by_podman
nothing_more "removed"

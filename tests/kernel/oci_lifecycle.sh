# SPDX-License-Identifier: GPL-2.0-or-later
# A container's life in crun, runc and podman: its entry point judged, itself judged in every class, in earnest and in
# a dry run, what is executed into it, a cgroup below its own, and its end.
# shellcheck shell=dash disable=SC2086,SC2119,SC2154
. "$T/lib.sh"
. "$T/oci_lib.sh"

# What the policy denies, each line an operation and the error.
CASES="exec /bin/busybox true:EACCES
cap-chown /data/own 1:EPERM
open r /data/secret:EACCES
connect udp 127.0.0.2 9:EPERM
open r /dev/urandom:EPERM"

policies() {
	policy lifecycle <<-'END'
		policies = (
		{ name = "enforce"; select = { name = "*-enforce"; };
		  process = { exec = { default = "allow"; deny = "/bin/busybox"; };
		    capabilities = { default = "allow"; deny = "chown"; }; };
		  file = { default = "allow"; rules = ( { action = "deny"; access = "r"; path = "/data/secret"; } ); };
		  network = { default = "allow"; rules = ( { action = "deny"; op = "connect"; to = "127.0.0.2"; } ); };
		  device = { default = "allow"; deny = "c 1:9 r"; }; },
		{ name = "dry"; extends = "enforce"; mode = "audit"; select = { name = "*-dry"; }; },
		{ name = "barred"; select = { name = "*-barred"; };
		  process = { exec = { default = "deny"; allow = "/bin/*"; }; }; },
		{ name = "weak"; select = { annotations = "role=weak"; priority = 9; }; file = { default = "allow"; }; },
		{ name = "trusted"; select = { annotations = "role=trusted"; trust = "annotation"; priority = 9; };
		  file = { default = "allow"; }; } );
	END
}

# classes NAME POLICY VERDICT [ok]: all of the cases; with ok none is denied
classes() {
	local name="$1" case
	while read -r case; do
		gets "$name" "${4:-${case##*:}}" ${case%:*}
	done <<-END
		$CASES
	END
	gets "$name" ok open r /data/plain
	set -- "$2" "$3" "@$name"
	expect "$name: capability" 1 $3 event.action=capability -- "bailiff.verdict=$2" bailiff.capability=chown
	expect "$name: connect" 1 $3 event.action=connect destination.ip=127.0.0.2 -- "bailiff.verdict=$2" "rule.ruleset=$1"
	expect "$name: device" 1 $3 event.action=device -- "bailiff.verdict=$2" "rule.ruleset=$1"
}

# What a process gets that is executed into the container, and one in a cgroup below.
entered() {
	local name="$1"
	executes $name EACCES open r /data/secret
	executes $name ok open r /data/plain
	if execute $name /bin/busybox true >"$W/out" 2>&1 </dev/null; then
		not_ok "$name: $RUNTIME exec of a forbidden program"
	else
		ok "$name: $RUNTIME exec of a forbidden program"
	fi
	equal "$name: in a cgroup below" "open r /data/secret: EACCES" "$(nested $name /op open r /data/secret)"
	expect "$name: the file, by all three" 3 @$name event.action=open file.path=/data/secret -- bailiff.verdict=denied \
		rule.ruleset=enforce
	expect "$name: the program, by both" 2 @$name event.action=exec file.path=/bin/busybox -- bailiff.verdict=denied \
		rule.ruleset=enforce
}

# The entry point is forbidden: the container does not start, and it is said why.
barred() {
	refused $RUNTIME-barred ", policy barred does not start" -- /op true
}

free() {
	local name=$RUNTIME-free
	box $name
	gets $name ok open r /data/secret
	equal "$name: is not bound" "" "$(bound | grep -x "$PREFIX$name")"
	remove $name
}

# An annotation, which the author of the image may have written, selects no policy that does not trust it; the
# image has these, and pretends to be of another manager.
annotated() {
	local name=$RUNTIME-annotated-enforce
	box $name --annotation role=weak
	gets $name EACCES open r /data/secret
	remove $name
	box $name --annotation role=trusted
	gets $name ok open r /data/secret
	remove $name
}

# What the records say that the container is.
named() {
	local name="$1" path
	path=$(cgroup_of "$1")
	case $RUNTIME in
	podman) set -- "container.id=${path##*libpod-}" container.runtime=podman container.image.name=docker.io/library/box:1 ;;
	*) set -- "container.id=$PREFIX$name" ;;
	esac
	expect "$name: what it is" 3 @$name event.action=open file.path=/data/secret -- "$@"
}

policies
syslog_start
agent_start
make_image '"role": "weak", "io.container.manager": "cri-o", "io.kubernetes.cri-o.ImageName": "x", "io.kubernetes.pod.name": "x"'
remember
says "doctor: podman's hook is registered" /dev/stdin '^podman hook *registered: ' <<-END
	$(bailiff doctor)
END
for RUNTIME in ${ROWS:-$RUNTIMES}; do
	began=$(date +%s)
	box $RUNTIME-enforce
	equal "$RUNTIME: is bound" "$PREFIX$RUNTIME-enforce" "$(bound | grep -x "$PREFIX$RUNTIME-enforce")"
	classes $RUNTIME-enforce enforce denied
	entered $RUNTIME-enforce
	named $RUNTIME-enforce
	remove $RUNTIME-enforce
	box $RUNTIME-dry
	classes $RUNTIME-dry dry would-deny ok
	executes $RUNTIME-dry ok open r /data/secret
	expect "$RUNTIME-dry: exec" 1 @$RUNTIME-dry event.action=exec file.path=/bin/busybox -- bailiff.verdict=would-deny
	remove $RUNTIME-dry
	barred
	free
	annotated
	nothing_more "$RUNTIME: removed"
	echo "# $RUNTIME: $(($(date +%s) - began)) s"
done
judge

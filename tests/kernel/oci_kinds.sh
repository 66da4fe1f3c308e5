# SPDX-License-Identifier: GPL-2.0-or-later
# Containers of many kinds: with other users, roots, mounts and namespaces. What is confined in each is the entry point
# and what is executed into it.
# shellcheck shell=dash disable=SC2086,SC2119
. "$T/lib.sh"
. "$T/oci_lib.sh"

HOST=$W/host # the guest's root once more
OVERLAY=$W/overlay
VOLUME=$D/volume

# One that has no mount namespace has the names of the host.
policy kinds <<-END
	policies = ( { name = "kinds"; select = { name = "t-oci_kinds-*"; };
	  file = { default = "allow"; rules = ( { action = "deny"; access = "r";
	    path = [ "/data/secret", "/mnt/secret", "$ROOTFS/data/secret" ]; } ); }; } );
END

# kind NAME [OPTION]...: confined, and what is executed into it too
kind() {
	local name="$RUNTIME-$1"
	shift
	box $name "$@"
	gets $name EACCES open r /data/secret
	gets $name ok open r /data/plain
	executes $name EACCES open r /data/secret
	[ "$VOLUMES" ] || { remove $name && return; }
	gets $name EACCES open r /mnt/secret
	executes $name ok open r /mnt/plain
	remove $name
}

places() {
	local word
	mkdir -p "$HOST" "$OVERLAY" "$W/upper" "$W/work" "$VOLUME" /data
	for word in secret plain; do echo data | tee "$VOLUME/$word" >"/data/$word"; done
	mount --bind / "$HOST"
	mount -t overlay -o "lowerdir=$ROOTFS,upperdir=$W/upper,workdir=$W/work" overlay "$OVERLAY"
	printf '%s\n' '#!/bin/sh' "cat $ROOTFS/data/secret >$W/seen" >"$W/hook"
	chmod 755 "$W" "$D" "$W/hook"
}

# Each kind by itself where that is cheap, else as many as go together.
kinds() {
	VOLUMES=yes
	if [ $RUNTIME = crun ]; then
		kind user --read-only --user 1000:1000 --volume "$VOLUME:/mnt:ro"
		VOLUMES=
		kind mapped --mapped
		kind privileged --privileged --pid host --network host
		kind nopivot --no-pivot
	else
		kind user --read-only --user 1000:1000 --volume "$VOLUME:/mnt:ro" --mapped
		VOLUMES=
		kind privileged --privileged --pid host --network host --no-pivot
	fi
}

# What is executed into one that has no mount namespace has the host's root; runc needs /proc there.
no_mount_namespace() {
	local word
	mount -t proc proc "$ROOTFS/proc"
	box $RUNTIME-nomount --no-mount-namespace
	gets $RUNTIME-nomount EACCES open r /data/secret
	ENTRY=$ROOTFS/op
	executes $RUNTIME-nomount EACCES open r "$ROOTFS/data/secret"
	executes $RUNTIME-nomount ok open r "$ROOTFS/data/plain"
	ENTRY=/op
	remove $RUNTIME-nomount
	# runc has mounted the root upon itself
	for word in /proc '' /proc; do umount "$ROOTFS$word" 2>/dev/null; done
}

# Hooks of others: of the host, in the container's cgroup; and in its root.
others_hooks() {
	rm -f "$W/seen"
	box $RUNTIME-hooked --hook createContainer="$W/hook"
	gets $RUNTIME-hooked EACCES open r /data/secret
	equal "$RUNTIME: another's hook before the container is not confined" data "$(cat "$W/seen")"
	remove $RUNTIME-hooked
	if once $RUNTIME-inner --hook startContainer=/first -- /op true >"$W/out" 2>&1 </dev/null; then
		not_ok "$RUNTIME: another's hook in the container is confined"
	else
		ok "$RUNTIME: another's hook in the container is confined"
	fi
	expect "$RUNTIME: which is recorded" 1 @$RUNTIME-inner event.action=open file.path=/data/secret -- bailiff.verdict=denied
	gone_or_removed $RUNTIME-inner
}

# A container that is started again is bound again: it has the name of its first cgroup, and another one.
again_and_again() {
	start podman-again -- /bin/sleep 1000 || not_ok "podman-again starts" "$(cat "$W/podman-again.err")"
	executes podman-again EACCES open r /data/secret
	podman restart -t 0 "${PREFIX}podman-again" >"$W/out" 2>&1 || not_ok "podman restart" "$(cat "$W/out")"
	executes podman-again EACCES open r /data/secret
	executes podman-again ok open r /data/plain
	remove podman-again
}

# --cgroups=disabled: there is nothing to be bound
no_cgroup() {
	status "podman: in its caller's cgroup it does not start" 126 podman_run disabled --rm --cgroups=disabled -- -- /op true
	gone_or_removed disabled
}

places
agent_start
make_image
remember
for RUNTIME in ${ROWS:-$RUNTIMES}; do
	began=$(date +%s)
	kinds
	ENTRY=$OP
	kind host --rootfs "$HOST"
	ENTRY=/op
	case $RUNTIME in
	podman)
		kind auto --mapped-by-podman --init
		again_and_again
		no_cgroup
		;;
	*)
		kind overlay --rootfs "$OVERLAY"
		no_mount_namespace
		others_hooks
		;;
	esac
	nothing_more "$RUNTIME: removed"
	echo "# $RUNTIME: $(($(date +%s) - began)) s"
done
judge

# SPDX-License-Identifier: GPL-2.0-or-later
# Runtimes that no hook is registered with: the kernel binds the cgroup that they make, and their first instruction is
# judged.
# shellcheck shell=dash disable=SC2086,SC2119
. "$T/lib.sh"
. "$T/oci_lib.sh"

STARTS=${STARTS:-12}

policy watcher <<-END
	policies = (
	{ name = "armed"; select = { cgroup = "/${PREFIX}*-armed"; };
	  file = { default = "allow"; rules = ( { action = "deny"; access = "r"; path = "/data/secret"; } ); }; },
	{ name = "libpod"; select = { cgroup = "/${PREFIX}pods/libpod-*"; }; extends = "armed"; } );
END

# first_instructions COUNT: one by one, so that each is a race of its own
first_instructions() {
	local name=$RUNTIME-armed i=1 denied=0
	[ $RUNTIME = crun ] || set -- $(($1 / 4))
	configure $name --no-hook -- /first
	while [ $i -le "$1" ]; do
		again $name >"$W/out" 2>&1 </dev/null
		[ $? != 13 ] || denied=$((denied + 1))
		i=$((i + 1))
	done
	equal "$name: denials of $1 starts" "$1" $denied
	expect "$name: they are recorded" "$1" bailiff.cgroup=/$PREFIX$name event.action=open file.path=/data/secret -- \
		bailiff.verdict=denied rule.ruleset=armed
}

# life NAME [OPTION]...: it and what is executed into it are confined
life() {
	box "$@"
	gets $1 EACCES open r /data/secret
	gets $1 ok open r /data/plain
	executes $1 EACCES open r /data/secret
	equal "$1: in a cgroup below" "open r /data/secret: EACCES" "$(nested $1 /op open r /data/secret)"
	remove $1
}

free() {
	box $RUNTIME-free --no-hook
	gets $RUNTIME-free ok open r /data/secret
	remove $RUNTIME-free
}

agent_start
make_image
remember
for RUNTIME in ${ROWS:-$RUNTIMES}; do
	case $RUNTIME in
	podman)
		life podman-pod --no-hook --cgroup "/${PREFIX}pods"
		rmdir "$CGROUP/${PREFIX}pods/conmon" "$CGROUP/${PREFIX}pods" 2>/dev/null
		;;
	*)
		first_instructions "$STARTS"
		life $RUNTIME-armed-alive --no-hook --cgroup "/$PREFIX$RUNTIME-2-armed"
		free
		;;
	esac
	nothing_more "$RUNTIME: removed"
done
judge

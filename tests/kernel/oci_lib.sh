# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced after lib.sh: containers of real runtimes. RUNTIME is crun, runc or podman; what is said
# here holds for all three, so that a scenario may read
#
#	for RUNTIME in $RUNTIMES; do
#		box web --read-only
#		gets web EACCES open r /data/secret
#		remove web
#	done
#
# A container NAME of a scenario is t-SCENARIO-NAME to the runtime. Options are podman's; of
# crun and runc they become a config.json:
#	--annotation KEY=VALUE  --volume SOURCE:TARGET[:ro]  --user UID:GID  --read-only
#	--privileged  --cap-add NAME  --pid host  --network host  --rootfs DIR
# and these, which are podman options by another name, or none:
#	--mapped              a user namespace with a mapping of its own
#	--mapped-by-podman    --userns=auto
#	--init                podman's own first program
#	--no-pivot            the root is changed by mount --move and chroot
#	--no-mount-namespace  crun and runc only
#	--no-hook             without bailiff's hooks
#	--timed FILE          what the hook at createRuntime took, see timed.c; crun and runc only
#	--hook STAGE=PATH     one more hook; crun and runc only
#	--no-precreate        podman, with the stages that all runtimes have
#	--seccomp FILE        the section of the configuration, as `bailiff seccomp` prints it
#	--cgroup PATH         of the container; podman: of its parent
# Without any the network is the host's in crun and runc, and one of its own in podman.
# shellcheck shell=dash disable=SC2034,SC2086,SC2153

RUNTIMES=${RUNTIMES:-crun runc podman}
RUNTIME=crun
PODMAN_RUNTIME=crun
SOCKET=/run/bailiff/control.sock # where the hook looks for it
HOOK=/usr/libexec/bailiff/bailiff-hook
ROOTFS=$W/rootfs
ENTRY=/op # of a box
IMAGE=docker.io/library/box:1
STARTED= # RUNTIME:NAME of each, to be removed in the end
flags=   # of the runtime, for what was configured last
CAPABILITIES="chown dac_override fowner fsetid kill net_bind_service setfcap setgid setpcap setuid sys_chroot"
ALL_CAPABILITIES="$CAPABILITIES audit_control audit_read audit_write block_suspend bpf checkpoint_restore
	dac_read_search ipc_lock ipc_owner lease linux_immutable mac_admin mac_override mknod net_admin net_broadcast net_raw
	perfmon sys_admin sys_boot sys_module sys_nice sys_pacct sys_ptrace sys_rawio sys_resource sys_time sys_tty_config
	syslog wake_alarm"

# ---- what is in a container

# make_rootfs DIR: op, first, busybox, a file to be denied and one not
make_rootfs() {
	local word
	mkdir -p "$1/bin" "$1/data" "$1/dev" "$1/etc" "$1/mnt" "$1/proc" "$1/sys" "$1/tmp"
	cp "$OP" "$T/first" "$1/"
	cp /usr/bin/busybox "$1/bin/"
	for word in sh sleep true; do ln -sf busybox "$1/bin/$word"; done
	for word in secret plain own; do echo data >"$1/data/$word"; done
	chmod 1777 "$1/tmp"
	chmod 666 "$1/data/own"
	printf '%s\n' 'root:x:0:0:root:/:/bin/sh' 'user:x:1000:1000:user:/:/bin/sh' >"$1/etc/passwd"
}

# blob FILE: moves it to its place in the image; prints what names it there
blob() {
	local sum size
	sum=$(sha256sum "$1")
	sum=${sum%% *}
	size=$(stat -c %s "$1")
	mv "$1" "$W/image/blobs/sha256/$sum"
	echo "\"digest\": \"sha256:$sum\", \"size\": $size"
}

# make_image [ANNOTATION [LABEL]]: IMAGE, of that root, in podman's store, if podman is among the rows that are run.
# Annotations are "KEY": "VALUE".
make_image() {
	local type=application/vnd.oci.image layer config manifest
	case ${ROWS:-podman} in *podman*) ;; *) return ;; esac
	mkdir -p "$W/image/blobs/sha256"
	tar -cf "$W/layer" -C "$ROOTFS" .
	layer=$(blob "$W/layer")
	echo "{ \"architecture\": \"amd64\", \"os\": \"linux\", \"config\": { \"Cmd\": [ \"/op\" ], \"Labels\": { ${2:-} } }," \
		"\"rootfs\": { \"type\": \"layers\", \"diff_ids\": [ \"$(echo "$layer" | cut -d'"' -f4)\" ] } }" >"$W/config"
	config=$(blob "$W/config")
	echo "{ \"schemaVersion\": 2, \"mediaType\": \"$type.manifest.v1+json\", \"annotations\": { ${1:-} }," \
		"\"config\": { \"mediaType\": \"$type.config.v1+json\", $config }," \
		"\"layers\": [ { \"mediaType\": \"$type.layer.v1.tar\", $layer } ] }" >"$W/manifest"
	manifest=$(blob "$W/manifest")
	echo '{ "imageLayoutVersion": "1.0.0" }' >"$W/image/oci-layout"
	echo "{ \"schemaVersion\": 2, \"manifests\": [ { \"mediaType\": \"$type.manifest.v1+json\", $manifest } ] }" \
		>"$W/image/index.json"
	podman pull -q "oci:$W/image" >"$W/pulled" 2>"$W/err" && podman tag "$(cat "$W/pulled")" "$IMAGE" ||
		not_ok "an image" "$(cat "$W/err")"
}

# ---- config.json

# quoted WORD...: as the elements of an array
quoted() {
	local word separator=
	for word; do
		printf '%s"%s"' "$separator" "$(printf '%s' "$word" | sed 's/[\\"]/\\&/g')"
		separator=', '
	done
}

namespace() {
	namespaces="$namespaces${namespaces:+, }{ \"type\": \"$1\" }"
}

mounted() {
	mounts="$mounts${mounts:+, }{ \"destination\": \"$1\", \"type\": \"$2\", \"source\": \"$3\", \"options\": [ $4 ] }"
}

volume() {
	local rest="${1#*:}" options='"rbind"'
	case $rest in *:ro) options='"rbind", "ro"' ;; esac
	mounted "${rest%:ro}" bind "${1%%:*}" "$options"
}

hooked() {
	local stage="$1" path="$2"
	shift 2
	hooks="$hooks${hooks:+, }\"$stage\": [ { \"path\": \"$path\", \"args\": [ $(quoted "$@") ] } ]"
}

capability_set() {
	quoted $(echo $capabilities | tr a-z A-Z | sed 's/[^ ]*/CAP_&/g')
}

# Reads the options of a container and its command into the variables of configure.
read_options() {
	while [ "$1" != -- ]; do
		case $1 in
		--annotation) annotations="$annotations${annotations:+, }$(quoted "${2%%=*}"): $(quoted "${2#*=}")" && shift ;;
		--volume) volumes="$volumes $2" && shift ;;
		--user) uid=${2%:*} gid=${2#*:} && shift ;;
		--cap-add) capabilities="$capabilities $2" && shift ;;
		--rootfs) root=$2 && shift ;;
		--cgroup) cgroup=$2 && shift ;;
		--hook) hooked "${2%%=*}" "${2#*=}" "${2##*/}" "${2%%=*}" && shift ;;
		--timed) timed=$2 && shift ;;
		--seccomp) linux="$linux \"seccomp\": $(cat "$2")," && shift ;;
		--pid) pid=$2 && shift ;;
		--network) network=$2 && shift ;;
		--read-only) readonly=true ;;
		--privileged) capabilities="$ALL_CAPABILITIES" privileged=true ;;
		--mapped) map='[ { "containerID": 0, "hostID": 100000, "size": 65536 } ]' ;;
		--no-pivot) flags=--no-pivot ;;
		--no-mount-namespace) mount_namespace= ;;
		--no-hook) own_hooks= ;;
		*) not_ok "an option of $RUNTIME" "unknown: $1" ;;
		esac
		shift
	done
	shift
	words=$(quoted "$@")
}

namespaces_and_mounts() {
	local word
	[ "$pid" ] || namespace pid
	[ "$network" ] || namespace network
	[ -z "$map" ] || { namespace user && linux="$linux \"uidMappings\": $map, \"gidMappings\": $map,"; }
	[ "$mount_namespace" ] || return
	namespace mount
	namespace ipc
	namespace uts
	mounted /proc proc proc ''
	mounted /dev tmpfs tmpfs '"nosuid", "mode=755"'
	for word in $volumes; do volume "$word"; done
}

own_hooks_too() {
	hooked poststop "$HOOK" bailiff-hook poststop
	if [ "$timed" ]; then
		hooked createRuntime "$T/timed" timed "$timed" "$HOOK" bailiff-hook createRuntime
	else
		hooked createRuntime "$HOOK" bailiff-hook createRuntime
	fi
}

# configure NAME [OPTION]... -- WORD...: the bundle $W/bundle-NAME; sets flags
configure() {
	local name="$1" annotations= capabilities="$CAPABILITIES" cgroup="/$PREFIX$1" gid=0 hooks= linux= map= mounts= \
		mount_namespace=yes namespaces= network=host own_hooks=yes pid= privileged=false readonly=false root="$ROOTFS" timed= \
		uid=0 volumes= words
	shift
	flags=
	read_options "$@"
	[ "$network" != none ] || network=
	namespaces_and_mounts
	[ -z "$own_hooks" ] || own_hooks_too
	mkdir -p "$W/bundle-$name"
	capabilities=$(capability_set)
	cat >"$W/bundle-$name/config.json" <<-X
		{ "ociVersion": "1.0.2", "root": { "path": "$root", "readonly": $readonly },
		  "process": { "user": { "uid": $uid, "gid": $gid }, "cwd": "/", "env": [ "PATH=/bin" ], "args": [ $words ],
		    "capabilities": { "bounding": [ $capabilities ], "effective": [ $capabilities ], "permitted": [ $capabilities ] } },
		  "mounts": [ $mounts ], "annotations": { $annotations }, "hooks": { $hooks },
		  "linux": { $linux "cgroupsPath": "$cgroup", "namespaces": [ $namespaces ],
		    "resources": { "devices": [ { "allow": $privileged, "access": "rwm" } ] } } }
	X
}

# ---- podman

podman_options() {
	while [ "$1" != -- ]; do
		case $1 in
		--mapped) options="$options --uidmap 0:100000:65536 --gidmap 0:100000:65536" ;;
		--mapped-by-podman) options="$options --userns=auto" ;;
		--no-pivot) conf=$W/no-pivot.conf ;;
		--no-hook) global=--hooks-dir=$W/no-hooks ;;
		--no-precreate) global=--hooks-dir=/usr/share/containers/oci/hooks.d ;;
		--seccomp) options="$options --security-opt seccomp=$2" && shift ;;
		--cgroup) options="$options --cgroup-parent=$2" && shift ;;
		--network) network=$2 && shift ;;
		--rootfs) image="--rootfs $2" && shift ;;
		--init | --privileged | --read-only) options="$options $1" ;;
		--*) options="$options $1=$2" && shift ;;
		esac
		shift
	done
}

# podman_run NAME FLAG... -- [OPTION]... -- WORD...; the words after the second -- have no blanks
podman_run() {
	local name="$PREFIX$1" own= conf=$W/containers.conf options= network=none global= image="$IMAGE"
	shift
	while [ "$1" != -- ]; do own="$own $1" && shift; done
	shift
	podman_options "$@"
	while [ "$1" != -- ]; do shift; done
	shift
	CONTAINERS_CONF=$conf podman $global --runtime="$PODMAN_RUNTIME" run --name "$name" --log-driver=passthrough $own \
		--network="$network" $options $image "$@"
}

# ---- life of a container

# start NAME [OPTION]... -- WORD...: in the background; its status is the runtime's, which says what
# is wrong in $W/NAME.err. An 'op' that runs in it can be asked. Its first process is in NAME.pid.
start() {
	local name="$1" flags=
	shift
	rm -f "$W/$name.in" "$W/$name.out" "$W/$name.pid"
	mkfifo "$W/$name.in" "$W/$name.out"
	STARTED="$STARTED $RUNTIME:$name"
	if [ "$RUNTIME" = podman ]; then
		podman_run "$name" -d --pidfile="$W/$name.pid" -- "$@" 0<>"$W/$name.in" 1<>"$W/$name.out" 2>"$W/$name.err"
	else
		configure "$name" "$@"
		"$RUNTIME" run --detach $flags --bundle "$W/bundle-$name" --pid-file "$W/$name.pid" "$PREFIX$name" \
			0<>"$W/$name.in" 1<>"$W/$name.out" 2>"$W/$name.err"
	fi
}

# box NAME [OPTION]...: a container with an 'op' that 'ask' speaks with
box() {
	start "$@" -- $ENTRY && "$OP" ask "$W/$1.in" "$W/$1.out" pid >"$W/answer" ||
		not_ok "$RUNTIME: $1 starts" "$(cat "$W/$1.err")"
}

# once NAME [OPTION]... -- WORD...: in the foreground, and removed when it ends; its status and output
once() {
	local name="$1" flags=
	shift
	if [ "$RUNTIME" = podman ]; then
		podman_run "$name" --rm -- "$@"
	else
		configure "$name" "$@"
		again "$name"
	fi
}

# again NAME: what once did, without a new configuration; crun and runc only
again() {
	"$RUNTIME" run $flags --bundle "$W/bundle-$1" "$PREFIX$1"
}

# refused NAME WHY [OPTION]... -- WORD...: it does not start, nothing of it runs, and it is said why; after syslog_start
refused() {
	local name="$1" why="$2" said="$MESSAGES"
	shift 2
	if once $name "$@" >"$W/out" 2>"$W/err" </dev/null; then
		not_ok "$name: does not start" "$(cat "$W/out" "$W/err")"
	else
		ok "$name: does not start"
	fi
	check "$name: nothing of it ran" test ! -s "$W/out"
	[ "$RUNTIME" != runc ] || said=$W/err # crun drops what hooks print
	says "$name: it is said why" "$said" "$name$why"
	gone_or_removed $name
}

# gone_or_removed NAME: of a container that did not start something may be left
gone_or_removed() {
	case $RUNTIME in
	podman) podman rm -f -t 0 -i "$PREFIX$1" ;;
	*) "$RUNTIME" delete --force "$PREFIX$1" ;;
	esac >/dev/null 2>&1
}

# execute NAME WORD...: one more process in the container; its status and output
execute() {
	local name="$PREFIX$1"
	shift
	"$RUNTIME" exec "$name" "$@"
}

# executes NAME WANTED OP...: as gets, by a process of its own
executes() {
	local name="$1" wanted="$2" said
	shift 2
	said=$(execute "$name" $ENTRY "$@" 2>&1 </dev/null)
	shorten "$*"
	equal "$name: $RUNTIME exec: $SHORT: $wanted" "$wanted" "${said##*: }"
}

# remove NAME: stopped, and gone
remove() {
	local said
	if [ "$RUNTIME" = podman ]; then
		said=$(podman rm -f -t 0 "$PREFIX$1" 2>&1)
	else
		said=$("$RUNTIME" delete --force "$PREFIX$1" 2>&1)
	fi || not_ok "$RUNTIME: removal of $1" "$said"
	STARTED=$(echo " $STARTED " | sed "s/ $RUNTIME:$1 / /")
}

# cgroup_of NAME: its path
cgroup_of() {
	sed -n 's/^0:://p' "/proc/$(cat "$W/$1.pid")/cgroup"
}

# nested NAME WORD...: from outside into a cgroup below that of the container, then into its
# namespaces; what the program says there
nested() {
	local pid cgroup
	pid=$(cat "$W/$1.pid") cgroup=$CGROUP$(cgroup_of "$1")/nested
	shift
	mkdir -p "$cgroup"
	(echo 0 >"$cgroup/cgroup.procs" && exec nsenter -t "$pid" -m -r -- "$@") 2>&1
	rmdir "$cgroup"
}

# median FILE: of what --timed wrote there
median() {
	sort -n "$1" | awk '{ t[NR] = $1 / 1000 }
		END { printf "median %.1f ms, at most %.1f ms", t[int((NR + 1) / 2)], t[NR] }'
}

# ---- what is left

# bound: the bindings, a name a line
bound() {
	bailiff_at status | sed -n '/^containers /,/^[^ ]/s/^  \([^ ]*\) .*/\1/p'
}

# holdings: bindings, entries of maps, pins and cgroups, to be compared before and after
holdings() {
	bound
	"$T/bpfcount" entries "$PINS"/maps/* | grep -v '^identities '
	find "$PINS" -type f
	find "$CGROUP" -type d -name "*$PREFIX*"
}

# remember: what nothing_more compares with
remember() {
	container sentinel sentinel --start
	holdings >"$W/holdings"
}

same_holdings() {
	holdings >"$W/holdings.new"
	cmp -s "$W/holdings" "$W/holdings.new"
}

# nothing_more NAME: it is as remembered; what ended is freed a moment later
nothing_more() {
	local i
	for i in 1 2 3 4 5 6 7 8; do
		same_holdings && break
		sleep 0.5
	done
	equal "$1: no binding, entry, pin or cgroup is left" "" "$(diff "$W/holdings" "$W/holdings.new" | sed -n '/^[+-][^+-]/p')"
}

# ---- beginning and end

remove_all() {
	local one
	for one in $STARTED; do
		RUNTIME=${one%%:*}
		remove "${one#*:}"
	done
	! grep -q "$W/\|/var/lib/containers/storage/overlay" /proc/mounts || podman rm -fa -t 0 >/dev/null 2>&1
}

needs_runtimes() {
	local word
	for word in crun runc podman; do
		command -v $word >/dev/null && continue
		skip "all" "$word is not in this guest: tests/vm/run --image containers"
		exit
	done
	[ -x "$HOOK" ] || not_ok "the hook is installed" "no $HOOK"
}

# What podman is told of: the directories of bailiff's hooks, one of them for precreate alone.
podman_settings() {
	local word
	sed 's|^\[engine\]|&\nhooks_dir = [ "/usr/share/containers/oci/hooks.d", "/usr/share/bailiff/hooks.d" ]|' \
		/etc/containers/containers.conf >"$W/containers.conf"
	sed 's/^\[engine\]/&\nno_pivot_root = true/' "$W/containers.conf" >"$W/no-pivot.conf"
	mkdir "$W/no-hooks"
	# of whom --userns=auto takes ids
	for word in /etc/subuid /etc/subgid; do grep -qs ^containers: $word || echo containers:200000:1000000 >>$word; done
}

needs_runtimes
podman_settings
mkdir -p "${SOCKET%/*}"
make_rootfs "$ROOTFS"
trap 'remove_all; clean_up' EXIT

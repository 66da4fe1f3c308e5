# SPDX-License-Identifier: GPL-2.0-or-later
# A dry run is exact: the same operations on the same fresh tree, enforced and in a dry run,
# are judged against by the same rules; and a dry run changes no answer. No operation needs what
# another has left.
# shellcheck shell=dash disable=SC2119
. "$T/lib.sh"
. "$T/dryrun_classes.sh"

R=$D/tree       # of the run
TEMPLATE=$D/template
INTERPRETERS="ok nx kw"
CLASSES="objects nothing verbs capabilities"
KINDS="ok nr nw na nc nd nl nx no kw oa"
MADE="open_r open_w open_a open_rw open_wt open_cw open_cr open_cwt excl uring_w uring_worker openat openat2 handle
	truncate unlink rename rename_over_from rename_over_to.other exchange exchange.other link again twice fexec
	uring_unlink uring_rename uring_link reopen"
DIRS="ls tmpfile rmdir rename_dir exchange_dir exchange_dir.other uring_rmdir full mnt"

template() {
	local kind name
	for kind in $KINDS; do
		for name in $DIRS; do set -- "$@" "$TEMPLATE/$kind.$name"; done
	done
	mkdir -p "$@"
	for kind in $KINDS; do
		for name in $MADE; do echo data >"$TEMPLATE/$kind.$name"; done
		for name in rename_to.other link_to.other over.other; do echo data >"$TEMPLATE/ok.$kind.$name"; done
		echo data >"$TEMPLATE/$kind.full/entry"
		cp "$OP" "$TEMPLATE/$kind.exec"
		# scripts with an interpreter, and with one that is a script
		for name in $INTERPRETERS; do
			printf '#!%s true\n' "$R/$name.exec" >"$TEMPLATE/$kind.script.$name"
			printf '#!%s\n' "$R/$name.script.ok" >"$TEMPLATE/$kind.nested.$name"
		done
		chmod 755 "$TEMPLATE/$kind".script.* "$TEMPLATE/$kind".nested.* "$TEMPLATE/$kind.fexec"
	done
}

# files KIND DIR: one operation on each object
files() {
	local p="$2/$1" o="$2/ok.$1"
	cat <<-END
		open r $p.open_r
		open w $p.open_w
		open a $p.open_a
		open rw $p.open_rw
		open wt $p.open_wt
		open cw $p.open_cw
		open cr $p.open_cr
		open cwt $p.open_cwt
		open cxw $p.excl
		open cw $p.new_cw
		open ca $p.new_ca
		open cr $p.new_cr
		open cwt $p.new_cwt
		create $p.new_cxw
		open r $p.missing
		open p $p.open_r
		open rd $p.ls
		uring w $p.uring_w
		uring cw $p.new_uring
		uring-worker r $p.uring_worker
		openat $2 r $1.openat
		openat2 $2 rw $1.openat2
		ls $p.ls
		truncate $p.truncate
		mkdir $p.mkdir
		mkdir $p.ls
		mkfifo $p.mkfifo
		mknod $p.mknod
		tmpfile $p.tmpfile
		unix $p.unix
		symlink anywhere $p.symlink
		unlink $p.unlink
		unlink $p.missing
		rmdir $p.rmdir
		rmdir $p.full
		rename $p.rename $o.rename
		rename $o.rename_to.other $p.rename_to
		rename $p.rename_over_from $o.link_to.other
		rename $o.over.other $p.rename_over_to.other
		exchange $p.exchange $p.exchange.other
		rename $p.rename_dir $o.rename_dir
		exchange $p.exchange_dir $p.exchange_dir.other
		link $p.link $o.link
		link $o.link_to.other $p.link_to
		link $p.link $p.again
		ring-name inline unlink $p.uring_unlink
		ring-name inline rmdir $p.uring_rmdir
		ring-name inline mkdir $p.uring_mkdir
		ring-names inline rename $p.uring_rename $o.uring_rename
		ring-names inline link $p.uring_link $o.uring_link
		ring-names inline symlink anywhere $p.uring_symlink
		unlink $p.twice
	END
}

# Those that need more than a file system.
programs() {
	local p="$R/$1" name
	cat <<-END
		exec $p.exec true
		vexec $p.exec true
		fexec p $p.exec true
		thread open r $p.open_r
		handle r $p.handle
	END
	for name in $INTERPRETERS; do
		echo "exec $p.script.$name"
		echo "exec $p.nested.$name"
	done
}

nets() {
	local port
	for port in 7001 7002 7003 7004; do
		cat <<-END
			connect tcp 127.0.0.1 $port
			connect tcp ::1 $port
			connect tcp ::ffff:127.0.0.1 $port
			connect udp 127.0.0.1 $port
			connect udp ::1 $port
			connect udp ::ffff:127.0.0.1 $port
			send udp 127.0.0.1 $port
			send udp ::1 $port
			send udp ::ffff:127.0.0.1 $port
			connect udp 192.0.2.1 $port
			bind tcp 127.0.0.1 $port
			bind tcp ::1 $port
			bind udp 0.0.0.0 $port
			bind udp :: $port
		END
	done
	echo "bind tcp 127.0.0.1 0"
}

# What has no name, and descriptors from before.
oddities() {
	cat <<-END
		memfd r
		memfd w
		memfd-exec $OP true
		reopen 3 r
		reopen 3 w
		reopen 3 a
		ftruncate 3
		read 3
		write 3
		mknod $R/nc.before_tmpfile
		tmpfile $R/nc.tmpfile
		unlinked r $R/ok.open_r
		unlinked w $R/ok.open_w
		truncate $R/missing
	END
}

# kill: in a child, which may die of it
script() {
	local kind
	for kind in $KINDS; do
		{
			files "$kind" "$R"
			programs "$kind"
		} | if [ "$kind" = kw ]; then sed 's/^/child /'; else cat; fi
	done
	for kind in ok no nc nd; do files "$kind" "$R/merged"; done
	nets
	oddities
}

rules() {
	cat <<-END
		{ action = "deny"; access = "r"; path = "$D/**/nr.*"; },
		{ action = "deny"; access = "w"; path = "$D/**/nw.*"; },
		{ action = "deny"; access = "a"; path = "$D/**/na.*"; },
		{ action = "deny"; access = "c"; path = "$D/**/nc.*{,/**}"; },
		{ action = "deny"; access = "d"; path = "$D/**/nd.*"; },
		{ action = "deny"; access = "l"; path = "$D/**/nl.*"; },
		{ action = "deny"; access = "x"; path = "$D/**/nx.*"; },
		{ action = "deny"; access = "rwaxcdl"; path = "$D/**/no.*{,/**}"; },
		{ action = "kill"; access = "wx"; path = "$D/**/kw.*"; },
	END
}

# open: what is not denied is allowed. closed: what is not allowed is denied.
policies() {
	cat <<-END
		policies = ( { name = "open"; process = { exec = { default = "allow"; }; }; file = { default = "allow"; rules = (
		$(rules)
		{ action = "allow"; access = "r"; path = "$D/**/ok.*"; audit = true; } ); };
		network = { default = "allow"; rules = (
		{ action = "deny"; op = "connect"; port = "7002"; },
		{ action = "deny"; op = "bind"; port = "7002"; },
		{ action = "allow"; op = "connect"; port = "7003"; audit = true; },
		{ action = "deny"; op = "connect"; to = "192.0.2.0/24"; } ); }; },
		{ name = "closed"; process = { exec = { default = "deny"; allow = [ "$T/*", "$D/**/{ok,nr}.*" ]; }; };
		file = { default = "deny"; rules = (
		$(rules)
		{ action = "allow"; access = "rwcdl"; path = "$D/**/ok.*{,/**}"; },
		{ action = "allow"; access = "a"; path = "$D/**/oa.*"; audit = true; },
		{ action = "allow"; access = "r"; path = [ "/proc/**", "/tmp", "$T/*" ]; } ); };
		network = { default = "deny"; rules = ( { action = "allow"; op = "connect"; port = "7001"; },
		{ action = "allow"; op = "bind"; port = "7003-7004"; } ); }; },
		{ name = "open-dry"; extends = [ "open" ]; mode = "audit"; },
		{ name = "closed-dry"; extends = [ "closed" ]; mode = "audit"; } );
	END
}

# The layer is nowhere to be seen, as in a container: what a ring's thread does there would be
# judged under the name that it has.
fresh() {
	! grep -q " $R/merged " /proc/mounts || umount "$R/merged"
	rm -rf "$R"
	cp -a "$TEMPLATE" "$R"
	mkdir -p "$D/layer" "$R/merged"
	mount -t tmpfs layer "$D/layer"
	mkdir "$D/layer/upper" "$D/layer/work"
	mount -t overlay -o "lowerdir=$TEMPLATE,upperdir=$D/layer/upper,workdir=$D/layer/work" overlay "$R/merged"
	umount -l "$D/layer"
}

# Where a descriptor from before stands for a file that may not be written.
run() {
	become "$1" "$OP" <"$W/script" >"$W/answers-$1" 3<>"$R/$2.reopen"
}

# play NAME POLICY: all of it, in a container that is bound before its first execve
play() {
	fresh
	[ -z "$2" ] || container "$1" "$2" --start
	[ -d "$CGROUP/$PREFIX$1" ] || mkdir "$CGROUP/$PREFIX$1"
	(run "$1" nw)
	equal "$1: each operation was tried" "$(wc -l <"$W/script")" "$(wc -l <"$W/answers-$1")"
	end_container "$1"
}

# same NAME DRY FREE LEAST: what the two runs were judged against, at least so often; and the answers
# of the dry one
same() {
	local numbers
	numbers=$("$T/multisets" "$LOG" "container.name=$PREFIX$1" "$LOG" "container.name=$PREFIX$2" 2>"$W/differences")
	equal "$1 and $2: the same operations, objects and rules" "" "$(cut -c1-400 "$W/differences")"
	echo "# $1: $numbers"
	numbers=${numbers#*, }
	check "$1: at least $4 were judged against" test "${numbers%% *}" -ge "$4"
	equal "$2: the answers are those of a run that is free" "" "$(diff "$W/answers-$3" "$W/answers-$2" | head -n 20)"
}

# silent NAME: nothing is recorded
silent() {
	"$T/multisets" "$LOG" "container.name=$PREFIX$1" /dev/null x=y >"$W/out" 2>"$W/differences"
	equal "$1: nothing is recorded" "" "$(cut -c1-400 "$W/differences")"
}

classes_enforced() {
	local name
	for name in $CLASSES; do
		[ $name = objects ] || class_play $name-free ''
		class_play $name $name
		class_play $name-dry $name-dry
	done
	head -n "$(wc -l <"$W/objects")" "$W/answers-nothing-free" >"$W/answers-objects-free"
	class_play quiet quiet
	class_play quiet-dry quiet-dry
	class_play off off
	settle
	for name in $CLASSES; do same $name $name-dry $name-free 20; done
	silent quiet
	silent quiet-dry
	silent off
	check "quiet: it denies" grep -q EACCES "$W/answers-quiet"
	quiet_operations <"$W/answers-objects-free" >"$W/answers-quiet-free"
	equal "quiet-dry: it denies nothing" "" "$(diff "$W/answers-quiet-free" "$W/answers-quiet-dry" | head -n 20)"
	equal "off: it denies nothing" "" "$(diff "$W/answers-capabilities-free" "$W/answers-off" | head -n 20)"
}

classes_only() {
	local name
	for name in $CLASSES quiet off; do class_play $name-only $name; done
	settle
	for name in $CLASSES; do same $name $name-only $name-free 20; done
	silent quiet-only
	silent off-only
}

policies >"$POLICIES/dryrun.cfg"
class_policies >"$POLICIES/classes.cfg"
template
script >"$W/script"
check "at least 500 operations" test "$(wc -l <"$W/script")" -ge 500
"$OP" listen tcp 127.0.0.1 7001 tcp ::1 7001 tcp 127.0.0.1 7002 tcp ::1 7002 udp 127.0.0.1 7003 >"$W/listening" &
LISTENER=$!
soon grep -q listening "$W/listening" || not_ok "listeners"
agent_start
class_prepare
play free ''
for name in open closed; do
	play $name $name
	play $name-dry $name-dry
done
settle
same open open-dry free 200
same closed closed-dry free 200
classes_enforced
# the whole agent
agent_end TERM
agent_start --audit-only
play open-only open
settle
same open open-only free 200
classes_only
equal "nothing was lost" 0 "$(grep -c '"event.action":"lost"' "$LOG")"
kill $LISTENER
class_end
umount "$R/merged"

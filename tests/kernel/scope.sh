# SPDX-License-Identifier: GPL-2.0-or-later
# Who is confined, from when, and until when.
# shellcheck shell=dash disable=SC2119
. "$T/lib.sh"

NO=$D/no

policy scope <<END
policies = (
{ name = "scope"; process = { exec = { default = "allow"; deny = [ "$D/forbidden" ]; }; };
  file = { default = "allow"; rules = ( { action = "deny"; access = "r"; path = "$NO"; } ); }; },
{ name = "open"; file = { default = "allow"; rules = (
  { action = "deny"; access = "r"; path = "$D/other"; } ); }; process = { exec = { default = "allow"; }; }; }
);
END

# is_confined NAME, is_free NAME: what runs there
is_confined() {
	gets "$1" EACCES open r "$NO"
}

is_free() {
	gets "$1" ok open r "$NO"
}

containers() {
	bailiff_at status -o json | grep -c "\"cgroup\": *\"/$PREFIX$1\""
}

ended() {
	[ "$(containers "$1")" = 0 ]
}

# ---- what is inside

inheritance() {
	local way
	is_confined a
	for way in "child open r $NO" "thread open r $NO" "thread child open r $NO" "child thread open r $NO" \
		"unshare open r $NO" "setns 1 open r $NO" "into $CGROUP open r $NO" "into $CGROUP/${PREFIX}free open r $NO" \
		"uid 1000 open r $NO" "child child child open r $NO" "uring-worker r $NO"; do
		# shellcheck disable=SC2086
		both a EACCES $way
	done
	for way in exec vexec "thread exec" "into $CGROUP exec"; do
		# shellcheck disable=SC2086
		both_status a $way "$OP" open r "$NO"
	done
	equal "a thread that executes stays confined" "open r $NO: EACCES" "$(enter a "$OP" thread become "$OP" open r "$NO")"
}

# both_status NAME OP...: the program succeeds unconfined and fails in the container
both_status() {
	local name="$1"
	shift
	gets free ok "$@"
	gets "$name" "status 1" "$@"
}

children() {
	server a/sub
	server a/sub/deep
	is_confined a/sub
	is_confined a/sub/deep
	gets free EACCES into "$CGROUP/${PREFIX}a/sub" exec "$D/forbidden" true
	gets free "status 1" into "$CGROUP/${PREFIX}a" exec "$OP" open r "$NO"
	gets free "status 1" into "$CGROUP/${PREFIX}a/sub/deep" exec "$OP" open r "$NO"
	mkdir "$CGROUP/${PREFIX}a/own"
	container a/own open --start
	server a/own
	is_free a/own
	gets a/own EACCES open r "$D/other"
	ask a/own join "$CGROUP/${PREFIX}a"
	is_free a/own
}

# The walk up the hierarchy has no limit that a container could reach.
deep_hierarchy() {
	local path="$CGROUP/${PREFIX}a/deep" i=0
	while [ $i -lt 60 ]; do
		path=$path/l
		i=$((i + 1))
	done
	if mkdir -p "$path" 2>/dev/null; then
		gets free "status 1" into "$path" exec "$OP" open r "$NO"
	else
		skip "60 levels below" "the kernel refuses so many"
	fi
}

# ---- the way in

entry() {
	local before
	container entry scope --start
	before=$(
		echo 0 >"$CGROUP/${PREFIX}entry/cgroup.procs"
		read -r line <"$NO" && echo "$line"
		exec "$OP" open r "$NO"
	)
	equal "from outside: free until the first execve" "data
open r $NO: EACCES" "$before"
	before=$(
		echo 0 >"$CGROUP/${PREFIX}entry/cgroup.procs"
		(read -r line <"$NO" && echo "$line")
		"$D/forbidden" open r "$NO" 2>/dev/null || echo "status $?"
	)
	equal "a forbidden entry point does not start" "data
status 126" "$before"
	check "unconfined it starts" "$D/forbidden" true
	expect "entry: both are recorded" 1 @entry event.action=exec -- "file.path=$D/forbidden" bailiff.verdict=denied \
		rule.name=scope.cfg:2
	expect "entry: the other one" 1 @entry event.action=open -- "file.path=$NO"
}

# ---- the way out

moves() {
	local place
	confined out scope
	for place in "$CGROUP" "$CGROUP/${PREFIX}free" "$CGROUP"; do
		gets out ok join "$place"
		is_confined out
	done
	gets out EACCES child open r "$NO"
	gets out "status 1" exec "$OP" open r "$NO"
	pid_of a >"$CGROUP/${PREFIX}free/cgroup.procs"
	is_confined a
	gets a EACCES child open r "$NO"
	gets a "status 1" exec "$OP" open r "$NO"
	expect "outside: records name the container" 2 @out "process.pid=$(pid_of out)" event.action=open \
		bailiff.cgroup_id=1 -- "bailiff.cgroup=/${PREFIX}out"
}

# The cgroup is gone, one task is left.
outlives() {
	rmdir "$CGROUP/${PREFIX}out" || not_ok "removal of an empty cgroup"
	is_confined out
	bailiff_at status -o json >"$W/out" 2>&1
	says "status: ended, and still there" "$W/out" '"state": *"ended"'
	container next open --start
	server next
	is_confined out
	is_free next
	gets out ok exec "$OP" true
	kill -KILL "$(pid_of out)"
	wait "$(pid_of out)" 2>/dev/null # a zombie is not gone
	check "the container has ended with its last task" soon ended out
	expect "the end of both is recorded" 1 @out event.action=container-end
}

ends() {
	confined end scope
	is_confined end
	end_container end
	check "status: no container any more" soon ended end
	confined end open
	is_free end
	end_container end
	check "bound again, ended again" soon ended end
	expect "each end is recorded" 2 @end event.action=container-end
}

# ---- what runs already

running() {
	local kind
	server busy
	is_free busy
	for kind in thread fork chain; do
		mkdir "$CGROUP/$PREFIX$kind"
		become "$kind" "$OP" storm "$kind" "$NO" "$W/$kind.log" >/dev/null 2>&1 &
		soon test -s "$W/$kind.log"
		container $kind scope
		check "bind: $kind: all are confined at once" "$OP" watch "$W/$kind.log"
		[ $kind = chain ] || end_container $kind
	done
	container busy scope
	is_confined busy
	check "unbind" bailiff_at unbind "/${PREFIX}chain"
	equal "unbind: all are free" "watch $W/chain.log: EBADE" "$("$OP" watch "$W/chain.log")"
	end_container chain
	check "unbind by name" bailiff_at unbind --name "${PREFIX}busy"
	is_free busy
	gets busy ok exec "$OP" open r "$NO"
	container busy scope --start
	is_free busy
	gets busy "status 1" exec "$OP" open r "$NO"
	status "a cgroup is bound once" 1 bailiff_at bind --policy open "/${PREFIX}busy"
}

echo data >"$NO"
echo data >"$D/other"
cp "$OP" "$D/forbidden"
chmod 644 "$NO"
chmod 755 "$W" "$D"
agent_start
server free
confined a scope
inheritance
row C2
children
deep_hierarchy
row scope
entry
row C1
moves
row scope
judge
outlives
ends
running
judge

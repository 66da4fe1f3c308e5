# SPDX-License-Identifier: GPL-2.0-or-later
# Cgroups that the kernel binds when they are made, and those that are there already.
# shellcheck shell=dash disable=SC2119
. "$T/lib.sh"

NO=$D/no
ID=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
DOCKER=docker-$ID.scope

# rule NAME SELECT: a policy that denies a file of that name
rule() {
	cat <<-END
		{ name = "$1"; select = { $2 }; file = { default = "allow"; rules = (
		  { action = "deny"; access = "r"; path = [ "$NO", "$NO-$1", "$W/root/no" ]; } ); };
		  process = { exec = { default = "allow"; deny = "$D/forbidden"; }; }; }
	END
}

# rules TEXT...: become the policies
rules() {
	local text separator=
	{
		echo 'policies = ('
		for text; do
			printf '%s%s\n' "$separator" "$text"
			separator=,
		done
		echo ');'
	} | policy watch
}

# made NAME: a new cgroup with an 'op' that came from outside in it
made() {
	mkdir -p "$CGROUP/$PREFIX$1"
	server "$1"
}

# policy_of NAME: of the container whose cgroup that is
policy_of() {
	policy_at "/$PREFIX$1"
}

# policy_at PATH
policy_at() {
	bailiff_at status -o json >"$W/status"
	awk -v path="$1" '
		index($0, "\"cgroup\":") { here = index($0, "\"" path "\"") }
		here && /"policy":/ { gsub(/.*: *"|",?$/, ""); print; exit }' "$W/status"
}

# origin_of NAME
origin_of() {
	bailiff_at status -o json >"$W/status"
	awk -v path="/$PREFIX$1" '
		index($0, "\"cgroup\":") { here = index($0, "\"" path "\"") }
		here && /"origin":/ { gsub(/.*: *"|",?$/, ""); print; exit }' "$W/status"
}

# goes NAME POLICY: what is confined in NAME is so under POLICY; - for none
goes() {
	case $2 in
	-) gets "$1" ok open r "$NO" ;;
	*)
		gets "$1" EACCES open r "$NO"
		gets "$1" EACCES open r "$NO-$2"
		;;
	esac
}

touch "$NO" "$NO-any" "$NO-web" "$NO-late" "$NO-high" "$NO-named"
cp "$OP" "$D/forbidden"
WEB=$(rule web "cgroup = [ \"/${PREFIX}web*\", \"/**/inner\" ];")
rules "$WEB"
mkdir "$CGROUP/${PREFIX}webold" "$CGROUP/${PREFIX}webold/inner"
server webold
agent_start

a_new_one_is_bound_at_once() {
	made web1
	goes web1 web
	equal "it is told how it was bound" watch "$(origin_of web1)"
	made other
	goes other -
	mkdir "$CGROUP/${PREFIX}web2"
	status "the first program is judged" 126 enter web2 "$D/forbidden" true
	mkdir -p "$CGROUP/${PREFIX}web1/inner"
	(become web1/inner "$OP" open r "$NO-web") >"$W/out" 2>&1
	says "what is below belongs to it" "$W/out" EACCES
	equal "and is no container" "" "$(policy_of web1/inner)"
	expect "the start is recorded" 1 event.action=container-start @web1 rule.ruleset=web
	expect "who made it is told" 1 event.action=container-start @web2 rule.ruleset=web process.name=mkdir
	judge
}

one_that_was_there() {
	goes webold web
	equal "it is told how it was bound" found "$(origin_of webold)"
	equal "what is below it is no container" "" "$(policy_of webold/inner)"
	end_container webold
}

# The cgroups of runtimes, wherever they are.
runtimes() {
	rules "$WEB" "$(rule any "default = true;")" "$(rule high "cgroup = [ \"/libpod-*\", \"/lxc.*\" ];")"
	reload
	mkdir "$CGROUP/${PREFIX}r.slice" "$CGROUP/$DOCKER" "$CGROUP/libpod-conmon-$ID.scope" "$CGROUP/lxc.monitor.x"
	equal "a container of docker" any "$(policy_at "/$DOCKER")"
	equal "its name is the beginning of its id" 1 "$(grep -c '"name": *"0123456789ab"' "$W/status")"
	equal "what podman watches one from is none, however wide a glob is" "" "$(policy_at "/libpod-conmon-$ID.scope")"
	equal "nor what lxc does" "" "$(policy_at "/lxc.monitor.x")"
	rmdir "$CGROUP/libpod-conmon-$ID.scope" "$CGROUP/lxc.monitor.x" "$CGROUP/${PREFIX}r.slice"
	made plain
	goes plain -
}

# within COMMAND...: in the cgroup of docker, from outside
within() {
	(echo 0 >"$CGROUP/$DOCKER/cgroup.procs" && exec "$@") 2>&1
}

# answers NAME WANTED COMMAND...
answers() {
	local name="$1" wanted="$2" said
	shift 2
	said=$(within "$@")
	equal "$name" "$wanted" "${said##*: }"
}

# What has the runtime's root is the runtime's, what has another the container's.
from_outside() {
	mkdir "$W/root"
	cp "$OP" "$W/root/op"
	echo >"$W/root/no"
	answers "a program with the root of the runtime is not the container's" ok "$OP" open r "$NO"
	answers "one in another mount namespace is, since its root may be the same" "status 1" \
		"$OP" unshare exec "$OP" open r "$NO"
	answers "still the runtime is not" ok "$OP" open r "$NO"
	answers "one with another root is" EACCES /usr/sbin/chroot "$W/root" /op open r /no
	answers "a container without a mount namespace: all that enters is its own" EACCES "$OP" open r "$NO"
	rmdir "$CGROUP/$DOCKER"
}

# Policies of which more than one fits.
priorities() {
	rules "$WEB" "$(rule late "cgroup = \"/${PREFIX}web*\"; priority = 3;")" \
		"$(rule high "cgroup = [ \"/none\", \"/${PREFIX}w*\" ]; priority = 5;")" "$(rule named "name = \"${PREFIX}wn\"; priority = 9;")"
	reload
	made wz
	goes wz high
	goes web1 high
	made wn
	goes wn named
	agent_end KILL # so that the kernel alone chooses
	made webz
	goes webz high
	agent_start
	rules "$WEB"
	reload
	goes web1 web
	made web3
	goes web3 web
	end_container wz
	end_container wn
	end_container webz
}

# The programs bind while there is no agent; the next one learns of it.
without_agent() {
	agent_end KILL
	made web4
	gets web4 EACCES open r "$NO-web"
	made web5
	end_container web5
	agent_start
	goes web4 web
	equal "the next agent knows it" watch "$(origin_of web4)"
}

# An explicit policy is put in the place of one that only the path selected.
by_name() {
	rules "$WEB" "$(rule high "name = \"nobody\";")"
	reload
	container web4 high
	goes web4 high
	equal "it is told how it was bound" command "$(origin_of web4)"
	status "but not twice" 1 bailiff_at bind --policy web "/${PREFIX}web4"
}

bound_here() {
	bailiff_at status -o json | grep -c '"state": *"bound"'
}

# collide OPTIONS: a cgroup of version 2, MET, gets the same id as one of a new hierarchy of version 1
collide() {
	local i=0 n=0 id=0 other=-1 next
	mount -t cgroup -o "$1" none "$OLD" || return 1
	n=$(bound_here)
	mkdir "$OLD/${PREFIX}web-old"
	equal "a cgroup of version 1 is bound by nobody" "$n" "$(bound_here)"
	n=0
	while [ "$id" != "$other" ] && [ $n -lt 40 ]; do
		n=$((n + 1))
		MET=web-$n-$1
		mkdir "$CGROUP/$PREFIX$MET"
		id=$(stat -c %i "$CGROUP/$PREFIX$MET")
		while [ "$other" -lt "$id" ]; do
			next=$((i + 1 + (id - other) / 64))
			(cd "$OLD" && seq $((i + 1)) $next | xargs mkdir)
			i=$next
			other=$(stat -c %i "$OLD/$i")
		done
	done
	rmdir "$OLD/${PREFIX}web-old" "$OLD/"[0-9]*
	umount "$OLD"
	[ "$id" = "$other" ]
}

# Ids are told apart within one hierarchy only: the end of a cgroup of version 1 is nobody's end. How
# many ids a cgroup takes depends on its controllers.
other_hierarchy() {
	OLD=$W/v1
	mkdir "$OLD"
	any_collides || not_ok "cgroups of two hierarchies with one id"
	server "$MET"
	goes "$MET" web
	end_container "$MET"
	for i in "$CGROUP/$PREFIX"web-*; do [ ! -d "$i" ] || rmdir "$i"; done
}

any_collides() {
	local options
	for options in none,name=bailiff net_cls net_prio freezer rdma; do
		collide $options 2>/dev/null && return
	done
	return 1
}

a_new_one_is_bound_at_once
one_that_was_there
runtimes
from_outside
priorities
without_agent
by_name
other_hierarchy

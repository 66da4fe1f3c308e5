# SPDX-License-Identifier: GPL-2.0-or-later
# Which policy a container gets when none is named, and what becomes of that with a reload. The
# policies are told apart by the port that each denies, so that this runs natively too.
# shellcheck shell=dash disable=SC2119
. "$T/lib.sh"

# denies NAME PORT [SELECT]: one policy
denies() {
	local select=
	[ -z "${3:-}" ] || select="select = { $3 };"
	echo "{ name = \"$1\"; $select network = { default = \"allow\"; rules = ("
	echo "{ action = \"deny\"; op = \"connect\"; proto = \"udp\"; port = \"$2\"; } ); }; }"
}

# set_of POLICY...: they become the set
set_of() {
	local first="$1"
	shift
	{
		printf 'policies = (\n%s\n' "$first"
		for one; do printf ',%s\n' "$one"; done
		echo ');'
	} | policy set
}

start() {
	if [ "${NATIVE:-}" ]; then
		agent_start --allow-missing=exec,file,network,process
	else
		agent_start
	fi
}

first_set() {
	set_of "$(denies named 7000)" \
		"$(denies web 7001 'name = [ "web*", "www" ]; image = "**/nginx:*"; priority = 10;')" \
		"$(denies spot 7002 "cgroup = \"/${PREFIX}spot*\";")" \
		"$(denies noted 7003 'annotations = "role=db";')" \
		"$(denies trusting 7004 'annotations = "role=cache"; trust = "annotation";')" \
		"$(denies twin1 7005 'labels = "tie=*"; priority = 20;')" \
		"$(denies twin2 7006 'labels = [ "tie=yes", "no=no" ]; priority = 20;')"
}

# chosen NAME [OPTION]...: binds without a policy
chosen() {
	local name="$1"
	shift
	server "$name"
	status "$name: bound" 0 bailiff_at bind "$@" "/$PREFIX$name"
}

# under NAME PORT POLICY: this port is denied, by that policy; the others are not
under() {
	local port
	for port in 7000 7001 7002 7003 7004; do
		if [ "$port" = "$2" ]; then
			gets "$1" EPERM connect udp 127.0.0.1 "$port"
		else
			gets "$1" ok connect udp 127.0.0.1 "$port"
		fi
	done
	expect "$1: $3 has decided" + @"$1" event.action=connect "destination.port=$2" \
		bailiff.verdict=denied "rule.ruleset=$3"
}

# not_bound NAME WHY [OPTION]...: refused, and the cgroup is as before
not_bound() {
	local name="$1" why="$2"
	shift 2
	server "$name"
	status "$name: refused" 1 bailiff_at bind "$@" "/$PREFIX$name"
	says "$name: it says why" "$W/err" "$why"
	gets "$name" ok connect udp 127.0.0.1 7001
	bailiff_at status >"$W/out" 2>&1
	equal "$name: not bound" "" "$(grep "/$PREFIX$name " "$W/out")"
}

# shown NAME TEXT: status says of it
shown() {
	bailiff_at status >"$W/out" 2>&1
	says "status of $1: $2" "$W/out" "/$PREFIX$1  $2"
}

selects() {
	local image=docker.io/library/nginx:1.25
	chosen web --name web1 --image $image
	gets web EPERM connect udp 127.0.0.1 7001
	gets web EPERM child connect udp 127.0.0.1 7001
	gets web ok connect udp 127.0.0.1 7002
	gets free ok connect udp 127.0.0.1 7001
	expect "web: its policy has decided" 2 container.name=web1 event.action=connect destination.port=7001 \
		bailiff.verdict=denied rule.ruleset=web
	shown web 'selected by set.cfg:4, priority 10'
	chosen spot
	under spot 7002 spot
	chosen noted --annotation role=db --annotation a=b
	under noted 7003 noted
	chosen trusting --image-annotation role=cache
	under trusting 7004 trusting
	container named named
	server named
	under named 7000 named
	shown named 'by name'
	not_bound nothing "no policy's select fits"
	not_bound image "no policy's select fits" --name web1 --image docker.io/library/redis:1
	not_bound untrusted "no policy's select fits" --image-annotation role=db
	not_bound tie "'twin1' (set.cfg:.*) and 'twin2' (set.cfg:.*) both fit with priority 20" --label tie=yes
	chosen odd --label tie=no
	gets odd EPERM connect udp 127.0.0.1 7005
	gets odd ok connect udp 127.0.0.1 7006
	bailiff_at status -o json >"$W/out"
	equal "status -o json says how each was chosen" "5 selected" \
		"$(grep -c '"chosen": "selected"' "$W/out") selected"
	expect "free: no record" 0 @free
	judge
}

explains() {
	printf '{ "name": "web1", "image": "docker.io/library/nginx:1" }' >"$W/container.json"
	status "check --explain" 0 bailiff check --explain "$W/container.json" "$POLICIES"
	says "it names the choice" "$W/out" '^web  *selected set.cfg:4, priority 10$'
	says "and why not another one" "$W/out" '^spot  *no  *set.cfg:.*: cgroup: '
	printf '{ "labels": { "tie": "yes" } }' >"$W/container.json"
	status "check --explain of a tie" 1 bailiff check --explain "$W/container.json" "$POLICIES"
}

# What was known of a container outlives the agent and decides again.
outlives() {
	agent_end KILL
	gets web EPERM connect udp 127.0.0.1 7001
	set_of "$(denies named 7000)" "$(denies web 7001 'name = "www";')" \
		"$(denies spot 7002 "name = [ \"web1\", \"${PREFIX}spot\" ]; priority = -3;")" \
		"$(denies noted 7003 'annotations = "role=db";')" "$(denies trusting 7004 'name = "nobody";')" \
		"$(denies twin1 7005 'labels = "tie=*";')"
	start
	gets web ok connect udp 127.0.0.1 7001
	gets web EPERM connect udp 127.0.0.1 7002
	shown web 'selected by set.cfg:6, priority -3'
	under spot 7002 spot
	under noted 7003 noted
	shown named 'by name'
	gets trusting EPERM connect udp 127.0.0.1 7004
	shown trusting "no longer selected: no policy's select fits"
	status "reload of the same" 0 bailiff_at reload
	says "reload says who has no choice" "$W/err" "container '${PREFIX}trusting' keeps policy 'trusting': no policy's select fits"
	judge
}

# A policy that goes, and comes back.
removed() {
	set_of "$(denies named 7000)" "$(denies spot 7002 'name = "web1"; priority = 1;')" \
		"$(denies noted 7001 'annotations = "role=db";')"
	status "a policy that selected containers still have is removed" 0 bailiff_at reload
	gets trusting EPERM connect udp 127.0.0.1 7004
	gets odd EPERM connect udp 127.0.0.1 7005
	gets noted ok connect udp 127.0.0.1 7003
	gets noted EPERM connect udp 127.0.0.1 7001
	set_of "$(denies spot 7002 'name = "*"; priority = 1;')"
	status "one that a container is bound to by name is not" 1 bailiff_at reload
	says "it names both" "$W/err" "policy 'named' cannot be removed: container '${PREFIX}named'"
	gets noted EPERM connect udp 127.0.0.1 7001
	set_of "$(denies named 7000)" "$(denies trusting 7003)" "$(denies spot 7002 'name = "*"; priority = 1;')"
	status "all are selected by another one" 0 bailiff_at reload
	for name in web spot noted trusting odd; do
		gets $name EPERM connect udp 127.0.0.1 7002
		gets $name ok connect udp 127.0.0.1 7004
	done
	gets named EPERM connect udp 127.0.0.1 7000
	check "what nobody has any more goes" soon none_private
}

none_private() {
	bailiff_at status >"$W/out" 2>&1
	! grep -q private "$W/out"
}

# turn ODD: of two policies one denies 7009 and is selected; the other allows it
turn() {
	local even=7009 odd=7008 select="name = \"web1\"; priority = 5;"
	[ "$1" = 0 ] || even=7008 odd=7009
	if [ "$1" = 0 ]; then
		set_of "$(denies named 7000)" "$(denies trusting 7003)" "$(denies spot 7002 'name = "*";')" \
			"$(denies even $even "$select")" "$(denies odd $odd)"
	else
		set_of "$(denies named 7000)" "$(denies trusting 7003)" "$(denies spot 7002 'name = "*";')" \
			"$(denies even $even)" "$(denies odd $odd "$select")"
	fi
}

# Each policy denies while it is selected, and allows when it is not: the container that is
# moved never sees either of them as it is for others.
switching() {
	local i=0
	turn 0
	reload
	container follower even
	server follower
	: >"$W/asking"
	while [ -e "$W/asking" ]; do
		"$OP" ask "$W/web.in" "$W/web.out" repeat 3000 connect udp 127.0.0.1 7009 || break
	done >"$W/switching" &
	while [ $i -lt 8 ]; do
		i=$((i + 1))
		turn $((i % 2))
		reload
		case $((i % 2)) in
		0) gets follower EPERM connect udp 127.0.0.1 7009 ;;
		1) gets follower ok connect udp 127.0.0.1 7009 ;;
		esac
	done
	rm "$W/asking"
	wait $!
	equal "while policies are switched no denial is missed" EPERM \
		"$(sed 's/.*: //' "$W/switching" | sort -u)"
}

lets_go() {
	local name
	status "unbind" 0 bailiff_at unbind --name web1
	gets web ok connect udp 127.0.0.1 7009
	for name in spot noted trusting odd; do end_container $name; done
	soon none_left || not_ok "nothing is kept of containers that ended" "$(ls "$PINS/selected")"
	agent_end KILL
	echo 'policies = ( { name = "broken"; } ' | policy broken
	start
	status "nothing to select from" 1 bailiff_at bind "/${PREFIX}web"
	says "it says so" "$W/err" 'could load none to select from'
	rm "$POLICIES/broken.cfg"
}

none_left() {
	bailiff_at reload >/dev/null 2>&1
	[ -z "$(ls "$PINS/selected")" ]
}

first_set
start
server free
selects
explains
outlives
removed
switching
lets_go

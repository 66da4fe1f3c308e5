# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by scenarios: every operation under every kind of rule. Those on files are left out
# where FILES is set and empty. The policies become classes.cfg.
# shellcheck shell=dash disable=SC2034
. "$T/columns.sh"

: "${FILES="exec open_r open_w open_a open_rw open_trunc ls create mknod unix tmpfile mkdir mkfifo symlink
	unlink rmdir rename rename_to rename_over exchange link link_to truncate"}"
NETS="connect_tcp4 connect_tcp6 connect_mapped connect_udp4 send_udp4 send_udp6 send_mapped
	bind_tcp4 bind_tcp6 bind_udp4 bind_mapped"

letters() {
	case $1 in
	exec) echo x ;;
	open_r | ls) echo r ;;
	open_w | open_trunc | truncate | ftruncate) echo w ;;
	open_a) echo a ;;
	open_rw) echo rw ;;
	tmpfile) echo rwc ;;
	unlink | rmdir | rename) echo d ;;
	exchange | rename_over) echo cd ;;
	link) echo l ;;
	*) echo c ;;
	esac
}

# words CASE DIR: the operation, in WORDS
words() {
	case $1 in
	exec) WORDS="exec $2/exec true" ;;
	open_trunc) WORDS="open wt $2/$1" ;;
	open_*) WORDS="open ${1#open_} $2/$1" ;;
	symlink) WORDS="symlink anywhere $2/symlink" ;;
	rename) WORDS="rename $2/rename $2/rename.to" ;;
	rename_to | rename_over) WORDS="rename $2/$1.from $2/$1" ;;
	exchange) WORDS="exchange $2/exchange $2/exchange.other" ;;
	link) WORDS="link $2/link $2/link.to" ;;
	link_to) WORDS="link $2/link_to.from $2/link_to" ;;
	connect_mapped | send_mapped | bind_mapped)
		WORDS="${1%_*} $(proto "$1") ::ffff:127.0.0.1 $(port "$1")"
		;;
	connect_*6 | send_*6 | bind_*6) WORDS="${1%_*} $(proto "$1") ::1 $(port "$1")" ;;
	connect_* | send_* | bind_*) WORDS="${1%_*} $(proto "$1") 127.0.0.1 $(port "$1")" ;;
	*) WORDS="$1 $2/$1" ;;
	esac
}

proto() {
	case $1 in send_* | *_udp*) echo udp ;; *) echo tcp ;; esac
}

port() {
	local n=4001 name
	for name in $NETS; do
		[ "$name" != "$1" ] || echo $n
		n=$((n + 1))
	done
}

action() {
	case $1 in
	open_* | ls | tmpfile) echo open ;;
	mknod) echo create ;;
	unix | mkfifo) echo mknod ;;
	unlink) echo delete ;;
	rename* | exchange) echo rename ;;
	link*) echo link ;;
	ftruncate) echo truncate ;;
	connect_*) echo connect ;;
	send_*) echo sendmsg ;;
	bind_*) echo bind ;;
	*) echo "$1" ;;
	esac
}

# prepare DIR: what the operations are done to
prepare() {
	local name
	mkdir -p "$1/ls" "$1/tmpfile" "$1/rmdir"
	cp "$OP" "$1/exec"
	for name in open_r open_w open_a open_rw open_trunc unlink rename rename_to.from rename_over rename_over.from \
		exchange link link_to.from truncate ftruncate; do
		echo data >"$1/$name"
	done
	: >"$1/exchange.other"
}

# done_ CASE DIR: what it would have done is there
done_() {
	case $1 in
	create | mknod | unix | mkdir | mkfifo | rename_to | link_to) [ -e "$2/$1" ] ;;
	symlink) [ -L "$2/$1" ] ;;
	unlink | rmdir) [ ! -e "$2/$1" ] ;;
	rename) [ -e "$2/rename.to" ] && [ ! -e "$2/rename" ] ;;
	rename_over) [ ! -e "$2/rename_over.from" ] ;;
	exchange | truncate | ftruncate | open_trunc) [ ! -s "$2/$1" ] ;;
	link) [ -e "$2/link.to" ] ;;
	esac
}

leaves_something() {
	case $1 in
	exec | open_[rwa] | open_rw | ls | tmpfile | connect_* | send_* | bind_*) return 1 ;;
	esac
}

# ---- the policy file; line_KIND_CASE is where a rule stands

line=0
emit() {
	line=$((line + 1))
	printf '%s\n' "$1"
}

# rules KIND ACTION EXTRA: one a case
file_rules() {
	local name path
	for name in $FILES ftruncate; do
		path=$D/$1/$name
		[ "$name" != tmpfile ] || path="$path/*"
		emit "{ action = \"$2\"; access = \"$(letters "$name")\"; path = \"$path\";$3 },"
		eval "line_$1_$name=$line"
	done
}

net_rules() {
	local name op to
	for name in $NETS; do
		case $name in
		bind_*) op=bind to= ;;
		*6) op=connect to=' to = "::1/128";' ;;
		*) op=connect to=' to = "127.0.0.1/32";' ;;
		esac
		emit "{ action = \"$2\"; op = \"$op\"; proto = \"$(proto "$name")\"; port = \"$(port "$name")\";$to$3 },"
		eval "line_$1_$name=$line"
	done
}

default_exec() {
	case $1 in
	allow) echo 'process = { exec = { default = "allow"; }; };' ;;
	deny) echo 'process = { exec = { default = "deny"; allow = [ "/payload/**" ]; }; };' ;;
	esac
}

file_section() {
	emit "$(default_exec "$4") file = { default = \"$4\"; rules = ("
	file_rules "$1" "$2" "$3"
	if [ "$1" = allow ]; then
		emit "{ action = \"allow\"; access = \"cdl\"; path = \"$D/allow/*.{from,to,other}\"; },"
		emit "{ action = \"allow\"; access = \"w\"; path = \"$D/allow/create\"; },"
	fi
	emit "{ action = \"deny\"; access = \"r\"; path = \"/nowhere\"; } ); };"
}

# default_only NAME DEFAULT
default_only() {
	emit "{ name = \"$1\"; network = { default = \"$2\"; };"
	[ -z "$FILES" ] || emit "$(default_exec "$2") file = { default = \"$2\"; };"
	emit '},'
}

# kind NAME ACTION EXTRA DEFAULT
kind() {
	emit "{ name = \"$1\";"
	[ -z "$FILES" ] || file_section "$@"
	emit "network = { default = \"$4\"; rules = ("
	net_rules "$1" "$2" "$3"
	emit "{ action = \"deny\"; op = \"connect\"; to = \"192.0.2.0/24\"; } ); }; },"
}

write_policies() {
	emit 'policies = ('
	kind allow allow ' audit = true;' deny
	kind deny deny '' allow
	[ -z "$FILES" ] || kind kill kill '' allow # needs the LSM, for addresses too
	kind quiet deny ' quiet = true;' allow
	emit '{ name = "dry"; extends = [ "deny" ]; mode = "audit"; },'
	emit '{ name = "off"; extends = [ "deny" ]; mode = "off"; },'
	default_only nothing deny
	default_only anything allow
	emit '{ name = "last"; network = { default = "allow"; }; } );'
}

# ---- one case

# place CASE: its class and operation in docs/conformance.md
place() {
	case $1 in
	exec) echo exec path ;;
	connect_* | send_* | bind_*) echo "network ${1%%_*}/${1#*_}" ;;
	*) echo "file $(letters "$1")/$1" ;;
	esac
}

# cell_of CONTAINER CASE
cell_of() {
	# shellcheck disable=SC2046
	cell_in "$1" $(place "$2")
}

# one CONTAINER POLICY KIND CASE VERDICT: VERDICT "-": no record
one() {
	local container="$1" policy="$2" kind="$3" name="$4" verdict="$5" wanted rule
	words "$name" "$D/$kind"
	cell_of "$container" "$name"
	case $name-$verdict in
	*-allowed | *-would-deny | *-none) wanted=ok ;;
	*-killed) wanted=SIGKILL ;;
	connect_*-* | send_*-* | bind_*-*) wanted=EPERM ;;
	*) wanted=EACCES ;;
	esac
	[ "$verdict" != killed ] || WORDS="child $WORDS"
	# shellcheck disable=SC2086
	ask "$container" $WORDS
	judge_answer "$container" "$name" "$kind" "$wanted"
	eval "rule=classes.cfg:\${line_${kind}_$name:-0}"
	[ "$container" != nothing ] || rule=default
	expect_record "$container" "$policy" "$kind" "$name" "$verdict" "$rule"
	cell
}

judge_answer() {
	local title="$1 $2: $4"
	if [ "$ANSWER" != "$4" ]; then
		not_ok "$title" "got: $ANSWER"
	elif ! leaves_something "$2"; then
		ok "$title"
	elif [ "$4" = ok ] && ! done_ "$2" "$D/$3"; then
		not_ok "$title" "nothing was done"
	elif [ "$4" != ok ] && done_ "$2" "$D/$3"; then
		not_ok "$title" "it was done all the same"
	else
		ok "$title"
	fi
}

# the object of a case, as a record names it
object() {
	case $1 in
	tmpfile) echo "bailiff.access=rwc" ;;
	rename_to | rename_over | link_to) echo "file.path=$2/$1.from" ;;
	connect_* | send_*) echo "destination.port=$(port "$1")" ;;
	bind_*) echo "source.port=$(port "$1")" ;;
	*) echo "file.path=$2/$1" ;;
	esac
}

expect_record() {
	local count=1 outcome=failure mode=enforce pid
	pid=process.pid=$(pid_of "$1")
	case $5 in
	quiet | none) count=0 ;;
	killed) pid="process.parent.pid=*" ;;
	allowed) outcome=success ;;
	would-deny) outcome=success mode=audit ;;
	esac
	[ "$4" != exec ] || pid="process.parent.pid=*"
	[ $count = 0 ] || counted=$((counted + 1))
	expect "$1 $4: $count record" $count "@$1" "$(object "$4" "$D/$3")" -- "event.action=$(action "$4")" \
		"bailiff.verdict=$5" "rule.name=$6" "rule.ruleset=$2" "$pid" "event.outcome=$outcome" \
		"bailiff.mode=$mode" "bailiff.cgroup=/$PREFIX$1" "process.name=*" "user.id=0"
}

# neighbour KIND CASE: what was denied works for one who is not confined
neighbour() {
	words "$2" "$D/$1"
	cell_of free "$2"
	# shellcheck disable=SC2086
	ask free $WORDS
	judge_answer free "$2" "$1" ok
	cell
}

# variant CONTAINER POLICY KIND VERDICT: all cases
variant() {
	local name
	counted=0
	prepare "$D/$3"
	confined "$1" "$2"
	for name in $FILES $NETS; do
		one "$1" "$2" "$3" "$name" "$4"
		[ "$1" != deny ] || neighbour "$3" "$name"
	done
	expect "$1: $counted records and no more" $counted "@$1"
}

listeners() {
	local name words=
	for name in $NETS; do
		case $name in
		bind_*) ;;
		*6) words="$words $(proto "$name") ::1 $(port "$name")" ;;
		connect_* | send_*) words="$words $(proto "$name") 127.0.0.1 $(port "$name")" ;;
		esac
	done
	# shellcheck disable=SC2086
	"$OP" listen $words >"$W/listening" &
	LISTENER=$!
	soon grep -q listening "$W/listening" || not_ok "listeners" "$(cat "$W/listening")"
}

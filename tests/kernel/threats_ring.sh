# SPDX-License-Identifier: GPL-2.0-or-later
# Ways round a rule by io_uring.
# shellcheck shell=dash disable=SC2086,SC2119
. "$T/lib.sh"
. "$T/threats.sh"

# address COUNT IP PORT ACTION: denials by the row's rule
address() {
	recorded "$1" "destination.ip=$2" "destination.port=$3" "event.action=$4" -- "rule.name=$(rule_of "$C")"
}

n1() {
	begin_row N1
	operations inline
}

# In a worker and in the thread that polls.
n2() {
	begin_row N2
	operations async sqpoll
}

operations() {
	local mode name
	B=$D/$C
	mkdir -p "$B/no/dir" "$B/ok/dir"
	for mode; do
		for name in no ok; do echo data >"$B/$name/file"; done
		gets "$C" ok ring-open $mode r "$B/ok/file"
		stopped EACCES ring-open $mode r "$B/no/file"
		stopped EACCES ring-open $mode wt "$B/no/file"
		stopped EACCES ring-open $mode a "$B/no/file"
		stopped EACCES ring-openat2 $mode r "$B/no/file"
		stopped EACCES seq ring-open $mode wc "$B/no/new" -- unlink "$B/no/new"
		stopped EACCES seq ring-names $mode rename "$B/no/file" "$B/ok/new" -- rename "$B/ok/new" "$B/no/file"
		stopped EACCES seq ring-names $mode rename "$B/ok/file" "$B/no/new" -- rename "$B/no/new" "$B/ok/file"
		stopped EACCES seq ring-names $mode link "$B/no/file" "$B/ok/new" -- unlink "$B/ok/new"
		stopped EACCES seq ring-names $mode symlink "$B/ok/file" "$B/no/new" -- unlink "$B/no/new"
		stopped EACCES seq ring-name $mode mkdir "$B/no/new" -- rmdir "$B/no/new"
		stopped EACCES seq ring-name $mode rmdir "$B/no/dir" -- mkdir "$B/no/dir"
		stopped EACCES seq ring-name $mode unlink "$B/no/file" -- create "$B/no/file"
		stopped EACCES ring-setxattr $mode "$B/no/file"
		passes ring-setxattr $mode "$B/ok/file"
		passes seq ring-names $mode rename "$B/ok/file" "$B/ok/new" -- rename "$B/ok/new" "$B/ok/file"
		passes seq ring-name $mode mkdir "$B/ok/new" -- ring-name $mode rmdir "$B/ok/new"
	done
	mode=$#
	recorded $((4 * mode)) event.action=open "file.path=$B/no/file" -- "rule.name=$(rule_of "$C")"
	recorded $((2 * mode)) event.action=rename -- "rule.name=$(rule_of "$C")"
	for name in create:new mkdir:new symlink:new delete:file rmdir:dir link:file setxattr:file; do
		by_rule $mode "$B/no/${name#*:}" event.action="${name%:*}"
	done
	no_more
}

n3() {
	local mode
	begin_row N3
	for mode in inline async sqpoll; do
		stopped EPERM ring-socket $mode 2 2 136
		passes ring-socket $mode 2 2 17
		stopped EPERM ring-port $mode connect 7102
		stopped EPERM ring-port $mode sendmsg 7102
		stopped EPERM ring-port $mode send 7102
		passes ring-port $mode connect 7101
		passes ring-port $mode sendmsg 7101
		passes ring-port $mode send 7101
	done
	address 3 127.0.0.1 7102 connect
	address 6 127.0.0.1 7102 sendmsg
	recorded 3 event.action=socket bailiff.socket=inet/dgram/udplite
	no_more
}

# ports NAME PORT: all but one port may be reached
ports() {
	echo "{ name = \"$1\"; network = { default = \"allow\"; rules = ("
	echo "{ action = \"deny\"; op = \"connect\"; port = \"$2\"; } # $1"
	echo '); }; },'
}

names() {
	echo "{ name = \"$1\"; file = { default = \"allow\"; rules = ("
	echo "{ action = \"deny\"; access = \"rwacdls\"; path = \"$D/$1/no/**\"; } # $1"
	echo '); }; },'
}

policy threats_ring <<END
policies = (
$(
	names n1
	names n2
	ports n3 7102
)
{ name = "last"; network = { default = "allow"; }; }
);
END

agent_start
server free
"$OP" listen tcp 127.0.0.1 7101 tcp 127.0.0.1 7102 >"$W/listening" &
LISTENER=$!
soon grep -q listening "$W/listening" || not_ok "listeners" "$(cat "$W/listening")"
rows n1 n2 n3
kill $LISTENER

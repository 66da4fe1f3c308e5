# SPDX-License-Identifier: GPL-2.0-or-later
# Ways out of the cgroup, and names that try to forge a record.
# shellcheck shell=dash disable=SC2086,SC2119
. "$T/lib.sh"
. "$T/threats.sh"

NO=$D/no
SYSLOG=yes

# held NAME: it left, and it is confined all the same; a new program and its children too
held() {
	gets "$1" EACCES open r "$NO"
	gets "$1" EACCES child open r "$NO"
	gets "$1" "status 1" exec "$OP" open r "$NO"
	gets "$1" EACCES exec "$D/forbidden" true
	gets "$1" ok open r "$D/yes"
}

in_cgroup() {
	grep -q "^0::$2\$" "/proc/$(pid_of "$1")/cgroup"
}

# The cgroup that a task moved itself to; where the policy leaves it free to.
c1() {
	local way give
	row C1
	for way in c1-path c1-thread c1-held c1-given c1-uring; do container $way c1 --start; done
	server c1-path
	gets c1-path ok join "$CGROUP/${PREFIX}free"
	check "path: it moved" in_cgroup c1-path "/${PREFIX}free"
	held c1-path
	gets c1-path ok join "$CGROUP"
	held c1-path

	server c1-thread
	gets c1-thread ok thread join "$CGROUP/${PREFIX}free"
	held c1-thread

	server c1-held 7>"$CGROUP/${PREFIX}free/cgroup.procs"
	gets c1-held ok put 7 0
	check "descriptor from before: it moved" in_cgroup c1-held "/${PREFIX}free"
	held c1-held

	server c1-given
	"$OP" give "$W/give" w "$CGROUP/${PREFIX}free/cgroup.procs" >/dev/null &
	give=$!
	soon test -S "$W/give"
	gets c1-given ok take 7 "$W/give"
	wait $give
	gets c1-given ok put 7 "$(pid_of c1-given)"
	check "descriptor of a helper: it moved" in_cgroup c1-given "/${PREFIX}free"
	held c1-given
	# moved by others, into another bound cgroup, and its child into a third one
	container c1-other other --start
	pid_of c1-path >"$CGROUP/${PREFIX}c1-other/cgroup.procs"
	held c1-path
	gets c1-path EACCES into "$CGROUP/${PREFIX}free" open r "$NO"
	gets c1-path "status 1" into "$CGROUP/${PREFIX}free" exec "$OP" open r "$NO"
	gets c1-path EACCES into "$CGROUP" child child open r "$NO"
	# a policy may say that cgroup.procs is not to be opened
	confined c1-closed c1-closed
	both c1-closed EACCES join "$CGROUP/${PREFIX}free"
	expect "a policy may forbid it" 1 @c1-closed event.action=open -- bailiff.verdict=denied \
		"rule.name=$(rule_of c1-closed)" bailiff.access=w
	for way in c1-path:3 c1-held:1 c1-given:1 c1-thread:1; do
		expect "${way%:*}: each program is recorded with its container" "${way#*:}" "@${way%:*}" event.action=exec \
			bailiff.verdict=denied -- "file.path=$D/forbidden" "bailiff.cgroup=/$PREFIX${way%:*}"
	done
}

c2() {
	local level
	row C2
	mkdir -p "$CGROUP/${PREFIX}c2/before/a/b/c"
	container c2 c1 --start
	server c2
	gets c2 EACCES open r "$NO"
	for level in before/a/b/c before after after/a after/a/b/c/d; do
		mkdir -p "$CGROUP/${PREFIX}c2/$level"
		server "c2/$level"
		held "c2/$level"
		gets free "status 1" into "$CGROUP/${PREFIX}c2/$level" exec "$OP" open r "$NO"
		gets free EACCES into "$CGROUP/${PREFIX}c2/$level" exec "$D/forbidden" true
	done
	# one that the confined task makes itself, and enters
	gets c2 ok mkdir "$CGROUP/${PREFIX}c2/own"
	gets c2 ok join "$CGROUP/${PREFIX}c2/own"
	held c2
	gets c2 EACCES into "$CGROUP/${PREFIX}c2/own" open r "$NO"
	gets c2 EACCES into "$CGROUP" open r "$NO"
	expect "all are recorded as of one container" 11 @c2 event.action=exec bailiff.verdict=denied -- \
		"file.path=$D/forbidden" "bailiff.cgroup=/${PREFIX}c2"
}

# ---- records

# Texts that try to end the record they stand in, and as a record shows them; short enough for a
# process's name.
forgeries() {
	printf '%s\t%s\n' 'x\nFORGED' 'x\\x0aFORGED' 'x"\n{"FORGED":1' 'x"\\x0a{"FORGED":1' 'x","FORGED":"y' 'x","FORGED":"y' \
		'x verdict=FORGD' 'x verdict=FORGD' 'x" by=FORGED a=' 'x" by=FORGED a=' 'x\\" FORGED="' 'x\\\\" FORGED="' \
		'x\033[2K\rFORGED' 'x\\x1b[2K\\x0dFORGED' 'x\377\300FORGED' 'x\\xff\\xc0FORGED' \
		'\342\200\256FORGED' '\\xe2\\x80\\xaeFORGED' 'x\302\233FORGED' 'x\\xc2\\x9bFORGED' 'x]FORGED[1] (a)' 'x]FORGED[1] (a)'
}

k11() {
	local given shown name tail count=0
	row K11
	confined k11 k11
	bailiff_at tail >"$W/tail" 2>&1 &
	tail=$!
	mkdir "$D/k11"
	sleep 1
	forgeries >"$W/forgeries"
	while IFS='	' read -r given shown; do
		# shellcheck disable=SC2059
		name=$(printf "$given") shown=$(printf "$shown") count=$((count + 1))
		echo data >"$D/k11/$name"
		forge "$name" "$shown"
	done <"$W/forgeries"
	longest
	echo data >"$D/k11/last"
	both k11 EACCES open r "$D/k11/last"
	expect "there are $((3 * count + 4)) records and no more" $((3 * count + 4)) @k11 bailiff.verdict=denied
	expect "no record says what was forged" 0 bailiff.verdict=FORGED
	judge
	check "syslog has all" soon grep -q "k11/last" "$W/syslog"
	check "tail has all" soon grep -q "k11/last" "$W/tail"
	kill $tail
	unforged $((3 * count + 4))
}

# forge TEXT SHOWN: as a process's name, as a file's, as an argument
forge() {
	both k11 EACCES comm "$1" open r "$NO"
	expect "as a name: $2" 1 @k11 "process.name=$2" -- "file.path=$NO" bailiff.verdict=denied
	both k11 EACCES open r "$D/k11/$1"
	expect "as a path: $2" 1 @k11 "file.path=$D/k11/$2" -- process.name=op bailiff.verdict=denied
	both k11 EACCES exec "$D/forbidden" true "$1"
	expect "as an argument: $2" 1 @k11 "process.args=$2" -- "file.path=$D/forbidden" bailiff.verdict=denied
}

# Arguments that together are longer than the room for them overwrite nothing of the record.
longest() {
	local size long
	for size in 100 511 900; do
		long=$(printf "%0${size}d" 7)
		both k11 EACCES exec "$D/forbidden" true "$long" "$long" "$long" "$long" "$long" "$long" "$long" "$long" "$long" "$long" "$long"
		expect "with arguments of $size bytes" 1 @k11 "process.args=$long" "process.name=op" rule.ruleset=k11 \
			-- "file.path=$D/forbidden" bailiff.verdict=denied bailiff.args_cut=true "rule.name=threats_cgroup.cfg:$(line_of)"
	done
}

line_of() {
	grep -n "name = \"k11\"" "$POLICIES/threats_cgroup.cfg" | cut -d: -f1
}

# outside FILE: lines where the forgery is not inside a quoted string
outside() {
	sed -E 's/"([^"\\]|\\.)*"//g' "$1" | grep -c FORG
}

unforged() {
	equal "syslog: one message a record" "$1" "$(grep "${PREFIX}k11" "$W/syslog" | grep -c denied)"
	equal "syslog: no control character" 0 "$(grep -c CONTROL "$W/syslog")"
	equal "syslog: all of it is inside a value" 0 "$(outside "$W/syslog")"
	equal "JSON: all of it is inside a string" 0 "$(outside "$LOG")"
	equal "JSON: no key is forged" 0 "$(grep -c '[^\\]"FORGED":' "$LOG")"
	equal "tail: one line a record" "$1" "$(grep -c "^[-0-9T:.]*Z ${PREFIX}k11 denied " "$W/tail")"
	equal "tail: no other line" 0 "$(grep -v "^[-0-9T:.]*Z " "$W/tail" | grep -c .)"
	equal "tail: no control character" 0 "$(tr -d '\n -~\200-\377' <"$W/tail" | wc -c)"
}

policy threats_cgroup <<END
policies = (
{ name = "c1"; process = { exec = { default = "allow"; deny = [ "$D/forbidden" ]; }; };
  file = { default = "allow"; rules = ( { action = "deny"; access = "r"; path = "$NO"; } ); }; },
{ name = "other"; process = { exec = { default = "allow"; }; }; file = { default = "allow"; }; },
{ name = "c1-closed"; file = { default = "allow"; rules = (
  { action = "deny"; access = "w"; path = "$CGROUP/**"; } # c1-closed
); }; },
{ name = "k11"; process = { exec = { default = "allow"; deny = [ "$D/forbidden" ]; }; };
  file = { default = "allow"; rules = ( { action = "deny"; access = "r"; path = [ "$NO", "$D/k11/*" ]; } ); }; }
);
END

for name in "$NO" "$D/yes"; do echo data >"$name"; done
cp "$OP" "$D/forbidden"
"$OP" sink /dev/log "$W/syslog" >/dev/null &
SINK=$!
soon test -S /dev/log || not_ok "a socket for syslog"
agent_start
server free
rows k11 c1 c2
kill $SINK
rm -f /dev/log

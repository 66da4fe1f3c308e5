# SPDX-License-Identifier: GPL-2.0-or-later
# K14, the reload race: processes that never rest ask for what every set allows and what every
# set denies, while 200 sets follow one another, each unlike the one before in how it says
# so, and a third of them broken.
# shellcheck shell=dash disable=SC2119
. "$T/lib.sh"

RELOADS=${RELOADS:-200}
ALLOWED=$D/allowed
DENIED=$D/denied
PROBED=$D/probed # denied by each set, by another line, and recorded
OTHER='policies = ( { name = "other"; network = { default = "allow"; }; } );'

# All that writes a set is done by the shell itself: 200 of them have to be written.
# lines COUNT: so many lines that say nothing
lines() {
	local i=0
	while [ $i -lt "$1" ]; do
		echo '#'
		i=$((i + 1))
	done
}

# filler COUNT: rules that change the automaton and decide nothing here
filler() {
	local i=0
	while [ $i -lt "$1" ]; do
		echo "{ action = \"deny\"; access = \"rwc\"; path = \"/srv/$i*/x{$1,y}/**\"; },"
		i=$((i + 1))
	done
}

# One denies what is not allowed and one allows what is not denied, so that a head with the
# image of another set gives a wrong answer.
closed() {
	echo 'file = { default = "deny"; rules = ('
	echo "{ action = \"deny\"; access = \"r\"; path = \"$PROBED\"; },"
	echo "{ action = \"deny\"; access = \"r\"; path = \"$DENIED\"; quiet = true; },"
	filler "$1"
	echo "{ action = \"allow\"; access = \"r\"; path = \"$ALLOWED\"; } ); };"
	echo 'network = { default = "deny"; rules = ( { action = "allow"; op = "connect"; port = "7001"; },'
	echo '{ action = "deny"; op = "connect"; port = "7002"; quiet = true; } ); }; }'
}

opened() {
	echo 'file = { default = "allow"; rules = ('
	echo "{ action = \"deny\"; access = \"r\"; path = \"$PROBED\"; },"
	filler "$1"
	echo "{ action = \"deny\"; access = \"r\"; path = \"$DENIED\"; quiet = true; } ); };"
	echo 'network = { default = "allow"; rules = ( { action = "deny"; op = "connect"; port = "7002"; quiet = true; } ); }; }'
}

# Takes the slot that the policy in use had, and says the opposite.
spare() {
	echo ', { name = "spare"; file = { default = "allow"; rules = ('
	echo "{ action = \"deny\"; access = \"r\"; path = [ \"$ALLOWED\", \"$D/$1\" ]; } ); };"
	echo 'network = { default = "allow"; rules = ( { action = "deny"; op = "connect"; port = "7001"; } ); }; }'
}

# set N: the policies of the Nth set; the rule for PROBED is in line N + 4
set_() {
	lines "$1"
	echo 'policies = ( { name = "main";'
	echo 'process = { exec = { default = "allow"; }; };'
	if [ $(($1 % 2)) = 0 ]; then
		closed $(($1 % 7))
	else
		opened $(($1 % 5))
	fi
	[ $(($1 % 3)) = 0 ] || spare "$1"
	echo ');'
}

# broken N: one of the files has an error in its line 3
broken() {
	case $(($1 % 4)) in
	0) printf 'policies = (\n\n{ name = "other"; file = { default = "perhaps"; }; } );\n' ;;
	1) printf 'policies = ( { name = "other";\n\nnetworks = { default = "allow"; }; } );\n' ;;
	2) printf 'policies = ( { name = "other"; file = { default = "allow"; rules = (\n\n{ action = "deny"; access = "r"; path = "/a/../b"; } ); }; } );\n' ;;
	3) printf 'policies = ( { name = "other"; network = { default = "allow"; }; \n\nseccomp = { default = "deny"; allow = [ "keyctl" ]; }; } );\n' ;;
	esac
}

fault() {
	[ "$faults" -ge 5 ] || echo "# $1"
	faults=$((faults + 1))
}

# begins FILE TEXT: a line of the file begins so
begins() {
	local line
	while read -r line; do
		case $line in "$2"*) return 0 ;; esac
	done <"$1"
	return 1
}

good_reload() {
	set_ "$1" >"$POLICIES/main.cfg"
	generation=$((generation + 1))
	bailiff_at reload >"$W/out" 2>&1 || fault "set $1 is refused: $(cat "$W/out")"
	begins "$W/out" "generation $generation: " || fault "set $1 is not generation $generation: $(cat "$W/out")"
	echo "$generation main.cfg:$(($1 + 4))" >>"$W/rules"
}

# The other file of the set is a right one, and new.
broken_reload() {
	local status=0
	set_ $((1000 - $1)) >"$POLICIES/main.cfg"
	broken "$(($1 / 3))" >"$POLICIES/other.cfg"
	bailiff_at reload >"$W/out" 2>&1 || status=$?
	[ $status = 1 ] || fault "broken set $1: status $status"
	begins "$W/out" "$POLICIES/other.cfg:3: " || fault "broken set $1: $(cat "$W/out")"
	echo "$OTHER" >"$POLICIES/other.cfg"
	shows_generation
}

shows_generation() {
	local now
	now=$(generation)
	[ "$now" = $generation ] || fault "generation '$now' is in force, not $generation"
}

reloads() {
	local i=0
	while [ $i -lt "$RELOADS" ]; do
		if [ $((i % 3)) = 2 ]; then
			broken_reload $i
		else
			good_reload $i
			[ $((i % 12)) != 0 ] || shows_generation
		fi
		i=$((i + 1))
	done
}

sentinel() {
	become a "$OP" sentinel "$2" "$W/counts-$1" "$ALLOWED" "$DENIED" >/dev/null 2>&1 &
	soon test -s "$W/counts-$1" || not_ok "sentinel $1 starts"
}

no_wrong_answer() {
	"$OP" round "$W/counts-$1" >/dev/null || not_ok "sentinel $1 lives"
	check "K14: $2: no wrong answer" "$OP" counted "$W/counts-$1" "$3" 10000
	"$OP" counted "$W/counts-$1" 0 0 2>&1 >/dev/null | sed "s/^/# $2: /"
}

# rules_of_records: "GENERATION FILE:LINE" of the records of PROBED
rules_of_records() {
	grep -F "\"file.path\":\"$PROBED\"" "$LOG" |
		sed 's/.*"rule.name":"\([^"]*\)".*/\1 &/;s/^\([^ ]*\) .*"bailiff.generation":\([0-9]*\).*/\2 \1/' | sort -u
}

for name in "$ALLOWED" "$DENIED" "$PROBED"; do echo data >"$name"; done
set_ 0 >"$POLICIES/main.cfg"
echo "$OTHER" >"$POLICIES/other.cfg"
faults=0
mkdir "$CGROUP/${PREFIX}a"
sentinel 1 loop
sentinel 2 fork
become a "$OP" probe 20 open r "$PROBED" >>"$W/probes" 2>&1 &
agent_start
generation=$(generation)
echo "$generation main.cfg:4" >"$W/rules"
container a main
for name in 1 2; do "$OP" round "$W/counts-$name" zero >/dev/null || not_ok "sentinel $name goes on"; done
: >"$W/probes"
began=$(cut -d. -f1 /proc/uptime)
reloads
took=$(($(cut -d. -f1 /proc/uptime) - began))
equal "K14: $RELOADS reloads, of which $((RELOADS / 3)) broken: answers and generations" 0 $faults
echo "# $RELOADS reloads in $took s"
no_wrong_answer 1 "one process" 1000
no_wrong_answer 2 "a process born each time" 100
equal "K14: every probe was denied" EACCES "$(sort -u "$W/probes" | tr '\n' ' ' | sed 's/ $//')"
end_container a
settle
rules_of_records >"$W/seen"
check "K14: records of at least 50 sets" test "$(wc -l <"$W/seen")" -ge 50
equal "K14: each record's rule is that of its generation" "" "$(sort -u "$W/rules" | grep -vxFf - "$W/seen")"
: >"$W/agent"

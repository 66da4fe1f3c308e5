# SPDX-License-Identifier: GPL-2.0-or-later
# Devices: opened and made, under every kind of rule, by a neighbour, and beside what a runtime has
# attached. Works where no LSM program can be loaded.
# shellcheck shell=dash disable=SC2086,SC2034,SC2119,SC2154
. "$T/lib.sh"
. "$T/columns.sh"

MISSING=
[ ! "${NATIVE:-}" ] || MISSING=--allow-missing=exec,file,network,process
CASES="read write both char block"
N=$D/nodes

# entry CASE: what allows or denies it, and nothing else
entry() {
	case $1 in
	read) echo "c 1:3 r" ;;
	write) echo "c 1:5 w" ;;
	both) echo "c 1:7 rw" ;;
	char) echo "c 1:9 m" ;;
	block) echo "b 8:0 m" ;;
	esac
}

# words CASE: the operation, in WORDS; the device and the access, as recorded, in DEVICE and ACCESS
words() {
	local entry
	entry=$(entry "$1")
	DEVICE=${entry% *}
	ACCESS=${entry##* }
	case $1 in
	read) WORDS="open r $N/null" ;;
	write) WORDS="open w $N/zero" ;;
	both) WORDS="open rw $N/full" ;;
	char) WORDS="node $D/made c 1 9" ;;
	block) WORDS="node $D/made b 8 0" ;;
	esac
}

line=0
emit() {
	line=$((line + 1))
	printf '%s\n' "$1"
}

# lists NAME ALLOW|DENY DEFAULT: an entry a line; line_NAME_CASE is where it stands
kind() {
	local name comma=
	emit "{ name = \"$1\"; device = { default = \"$3\"; $2 = ["
	for name in $CASES; do
		emit "$comma\"$(entry "$name")\""
		eval "line_$1_$name=$line"
		comma=,
	done
	emit ']; }; },'
}

policies() {
	emit 'policies = ('
	kind allow allow deny
	kind deny deny allow
	emit '{ name = "dry"; extends = [ "deny" ]; mode = "audit"; },'
	emit '{ name = "off"; extends = [ "deny" ]; mode = "off"; },'
	emit '{ name = "nothing"; device = { default = "deny"; }; },'
	emit '{ name = "other"; network = { default = "allow"; }; },'
	emit '{ name = "some"; device = { default = "deny"; allow = ['
	emit '"c 1:* r",'
	line_some=$line
	emit '"/dev/zero rw", "b *:* m", "c 5:* rwm" ]; deny = ['
	emit '"c 1:7 r",'
	line_denied=$line
	emit '"c 1:7 rw",'
	emit '"a *:* m" ]; }; },'
	line_all=$line
	emit '{ name = "some-dry"; extends = [ "some" ]; mode = "audit"; } );'
}

# one CONTAINER POLICY KIND CASE VERDICT
one() {
	local wanted=ok count=1 mode=enforce rule=default outcome=failure operation
	words "$4"
	operation=$ACCESS/${WORDS%% *}
	[ $ACCESS != m ] || operation=m/$4
	cell_in "$1" device "$operation"
	rm -f "$D/made"
	case $5 in
	denied) wanted=EPERM ;;
	would-deny) mode=audit outcome=success ;;
	none) count=0 ;;
	esac
	gets "$1" $wanted $WORDS
	[ ! -e "$D/made" ] || [ $wanted = ok ] || not_ok "$1 $4: nothing is made" "$(ls -l "$D/made")"
	[ "$1" = nothing ] || [ $5 = none ] || eval "rule=device.cfg:\$line_$3_$4"
	expect "$1 $4: $count record" $count "@$1" "bailiff.device=$DEVICE" -- event.action=device "bailiff.access=$ACCESS" \
		event.category=file "bailiff.verdict=$5" "rule.name=$rule" "rule.ruleset=$2" "bailiff.mode=$mode" \
		"event.outcome=$outcome" "process.pid=$(pid_of "$1")" process.name=op
	rm -f "$D/made"
	if [ "$1" = deny ]; then
		cell_in free device "$operation"
		gets free ok $WORDS
		no_kill device "$operation" 'device = { default = "allow"; kill = [ "c 1:3 r" ]; };'
	fi
	cell
}

# variant CONTAINER POLICY KIND VERDICT
variant() {
	local name count=0
	container "$1" "$2" --start
	server "$1" 3<>"$N/null" 4>"$N/zero"
	for name in $CASES; do one "$1" "$2" "$3" "$name" "$4"; done
	case $4 in none) ;; *) count=5 ;; esac
	expect "$1: $count records and no more" $count "@$1" event.action=device
}

# Each access by itself, patterns of numbers, denials before allowances, names that are numbers.
rules() {
	container some some --start
	server some 3<>"$N/null" 5<"$N/full"
	gets some ok open r "$N/null"
	gets some EPERM open w "$N/null"
	gets some EPERM open rw "$N/null"
	gets some ok open rw "$N/zero"
	gets some ok open rw "$N/strange" # is zero by another name
	gets some EPERM open rw "$N/fake" # is named zero, and is not
	gets some EPERM open r "$N/full"
	gets some EPERM node "$D/made" b 7 200
	gets some EPERM node "$D/made" c 5 1
	gets some EPERM node "$D/made" c 300 70000
	gets some ok mkfifo "$D/fifo"
	gets some ok node "$D/whiteout" c 0 0
	expect "a rule by pattern allows a part" 2 @some "bailiff.device=c 1:3" "bailiff.access=rw" -- rule.name=default
	expect "a denial wins, whichever way" 11 @some "bailiff.device=c 1:7" "rule.name=device.cfg:$line_denied"
	expect "every making is denied" 3 @some bailiff.access=m -- "rule.name=device.cfg:$line_all" bailiff.verdict=denied
	expect "numbers are told in full" 1 @some "bailiff.device=c 300:70000"
}

# The same device, however it is reached.
ways() {
	gets some EPERM child open r "$N/full"
	gets some EPERM thread open r "$N/full"
	gets some EPERM open r "$N/link"
	gets some EPERM openat "$N" r full
	gets some EPERM openat2 "$N" r full
	gets some ok hold 6 p "$N/full"
	gets some EPERM reopen 6 r
	gets some EPERM reopen 5 r
	gets some EPERM access rw "$N/full"
	gets some EPERM chroot "$N" open r /full
	gets some EPERM into "$CGROUP" open r "$N/full"
	gets some ok read 5
	gets free ok open r "$N/full"
}

# What a runtime attaches decides as well, and does not replace what we do.
runtimes() {
	container runtime some --start
	"$OP" attach-device "$CGROUP/${PREFIX}runtime" 1 >/dev/null || not_ok "a program that allows all"
	server runtime
	gets runtime EPERM open r "$N/full"
	gets runtime ok open r "$N/null"
	"$OP" attach-device "$CGROUP/${PREFIX}runtime" 0 >/dev/null || not_ok "a program that denies all"
	gets runtime EPERM open r "$N/null"
	expect "what the runtime denies is no denial of ours" 1 @runtime event.action=device -- "bailiff.device=c 1:7"
}

# One operation is one record in a dry run, on an overlay too, where the kernel asks twice.
overlay() {
	local name
	mkdir "$D/lower" "$D/upper" "$D/work" "$D/merged"
	mknod "$D/lower/full" c 1 7
	if ! mount -t overlay -o "lowerdir=$D/lower,upperdir=$D/upper,workdir=$D/work" overlay "$D/merged" 2>"$W/err"; then
		skip "overlay" "$(cat "$W/err")"
		return
	fi
	for name in some some-dry; do
		container "on-$name" $name --start
		server "on-$name"
		ask "on-$name" open r "$D/merged/full"
		ask "on-$name" access r "$D/merged/full"
		ask "on-$name" node "$D/merged/made" c 5 1
	done
	gets on-some-dry ok open r "$D/merged/full"
	gets on-some EPERM open r "$D/merged/full"
	for name in some:denied some-dry:would-deny; do
		expect "${name%:*}: an open each" 3 "@on-${name%:*}" bailiff.access=r "bailiff.device=c 1:7" \
			-- "bailiff.verdict=${name#*:}" event.action=device "rule.name=device.cfg:$line_denied"
		expect "${name%:*}: one making" 1 "@on-${name%:*}" "bailiff.device=c 5:1" bailiff.access=m
	done
	umount "$D/merged"
}

nodes() {
	mkdir "$N"
	mknod "$N/null" c 1 3
	mknod "$N/zero" c 1 5
	mknod "$N/full" c 1 7
	mknod "$N/strange" c 1 5
	mkdir "$N/dev"
	mknod "$N/fake" c 1 3
	ln -s full "$N/link"
}

policies >"$POLICIES/device.cfg"
agent_start $MISSING
nodes
server free
variant allow allow allow none
variant deny deny deny denied
variant dry dry deny would-deny
variant off off deny none
variant nothing nothing nothing denied
variant other other other none
gets deny ok read 3
rules
ways
runtimes
overlay
expect "free: no record" 0 "bailiff.cgroup=/${PREFIX}free"
judge

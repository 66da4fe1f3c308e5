# SPDX-License-Identifier: GPL-2.0-or-later
# The access letters m, s, i and a: by path and by descriptor, under every kind of rule.
# shellcheck shell=dash disable=SC2086,SC2119
. "$T/lib.sh"
. "$T/columns.sh"

CASES="chmod chown lchown utimes lutimes touch setxattr removexattr acl no_acl ring_setxattr fchmod fchown futimes
	fsetxattr fioctl ring_command map map_shared map_implied mprotect"
FEW="chmod utimes setxattr ring_command map mprotect"
DEVICE=/dev/null

# case_of CASE DIR: sets LETTER, ACTION, FILE and WORDS. 5 is a descriptor of DIR/held.
case_of() {
	FILE=$2/$1
	case $1 in
	fchmod | fchown | futimes | fsetxattr | fioctl | map* | mprotect) FILE=$2/held ;;
	ring_command) FILE=$DEVICE ;;
	esac
	ACTION=${1#[fl]}
	WORDS="$1 $FILE"
	LETTER=s
	case $1 in
	lutimes | utimes | touch | futimes) ACTION=utimes ;;
	acl | ring_setxattr) ACTION=setxattr ;;
	no_acl) ACTION=removexattr ;;
	fioctl | ring_command) ACTION=ioctl LETTER=i ;;
	map*) ACTION=mmap LETTER=m ;;
	mprotect) LETTER=m ;;
	esac
	case $1 in
	fchmod | fchown | futimes | fsetxattr) WORDS="$1 5" ;;
	no_acl) WORDS="no-acl $FILE" ;;
	ring_setxattr) WORDS="ring-setxattr async $FILE" ;;
	ring_command) WORDS="ring-command inline 6" ;;
	fioctl) WORDS="fioctl 5 2" ;;
	map) WORDS="map-fd 5 rx" ;;
	map_shared) WORDS="map-fd 5 rxs" ;;
	map_implied) WORDS="map-implied 5" ;;
	mprotect) WORDS="map-fd 5 r x" ;;
	esac
}

prepare() {
	local name
	mkdir -p "$1"
	for name in held $CASES; do echo data >"$1/$name"; done
	"$OP" acl "$1/no_acl" >/dev/null
}

# held NAME DIR: an 'op' with descriptors, not confined yet
held() {
	server "$1"
	gets "$1" ok hold 5 r "$2/held"
	gets "$1" ok hold 6 r $DEVICE
}

line_of() {
	echo "letters.cfg:$(grep -n "# $1\$" "$POLICIES/letters.cfg" | cut -d: -f1)"
}

# variant NAME VERDICT [RULES [CASES]]: the rules are those of the policy RULES
variant() {
	local name="$1" verdict="$2" rules="${3:-$1}" case wanted rule mode=enforce count=1 total=0 child=
	prepare "$D/$rules"
	held "$name" "$D/$rules"
	container "$name" "$name"
	case $verdict in
	allowed) wanted=ok ;;
	would-deny) wanted=ok mode=audit ;;
	none) wanted=ok count=0 ;;
	killed) wanted=SIGKILL child=child ;;
	quiet) wanted=EACCES count=0 ;;
	*) wanted=EACCES ;;
	esac
	for case in ${4:-$CASES}; do
		case_of $case "$D/$rules"
		cell_in "$name" file "$LETTER/$case"
		gets "$name" "$wanted" $child $WORDS
		rule=$(line_of "$rules-$LETTER")
		[ "$name" != nothing ] || rule=default
		# several cases are done to one object
		[ $count = 0 ] || [ "$FILE" = "$D/$rules/held" ] || expect "$name $case" 1 "@$name" "file.path=$FILE" \
			-- "event.action=$ACTION" "bailiff.access=$LETTER" "bailiff.verdict=$verdict" "rule.name=$rule" \
			"bailiff.mode=$mode"
		total=$((total + count))
		cell
	done
	expect "$name: $total records and no more" $total "@$name" "event.category=file"
	[ $count = 0 ] || for case in "3 mmap m" "1 mprotect m" "1 ioctl i" "1 chmod s" "1 chown s" "1 utimes s" "1 setxattr s"; do
		set -- $case
		expect "$name, held: $2" "$1" "@$name" "file.path=$D/$rules/held" "event.action=$2" -- "bailiff.access=$3" \
			"bailiff.verdict=$verdict" "bailiff.mode=$mode"
	done
}

# What is done to something else than a file with one name.
others() {
	mkdir -p "$D/names/a" "$D/names/b"
	echo data >"$D/names/a/file"
	: >"$D/names/single"
	confined names names
	mount --bind "$D/names/a" "$D/names/b" # older ones the agent finds by itself
	# under its other name it is denied
	gets free ok utimes "$D/names/a/file"
	gets names EACCES utimes "$D/names/a/file"
	gets names EACCES utimes "$D/names/b/file"
	gets names EACCES setxattr "$D/names/a/file"
	gets names ok chmod "$D/names/a/file"
	gets names EACCES chmod "$D/names/b/file"
	gets names ok utimes "$D/names/single"
	expect "names: by the rule on one" 7 "@names" "file.path=$D/names/b/file" -- "rule.name=$(line_of names)"
	# credentials of io_uring do not make it the kernel's work
	gets free ok ring-persona inline "$D/names/single"
	gets names ok ring-persona inline "$D/names/single"
	gets names EACCES ring-persona inline "$D/names/a/file"
	gets names EACCES ring-persona async "$D/names/a/file"
	gets names EACCES setxattr "$D/names/a/file"
	# what has no name
	gets names ok hold-memory 7
	gets names ok fchmod 7
	gets names ok futimes 7
	gets names ok fioctl 7 2
	# what is on a mount that is gone: nobody can tell by which name it would be denied
	mkdir "$D/gone"
	mount -t tmpfs none "$D/gone"
	echo data >"$D/gone/file"
	for name in free names; do gets $name ok hold 8 r "$D/gone/file"; done
	umount -l "$D/gone"
	both names EACCES futimes 8
	expect "names: on a mount that is gone" 1 "@names" event.reason=no-path -- event.action=utimes bailiff.verdict=denied
	expect "names: no more" 8 "@names" "event.category=file"
	umount "$D/names/b"
}

# An attribute of a file on an overlay is changed on its layers too.
overlay() {
	local case
	mkdir -p "$D/o/lower" "$D/o/upper" "$D/o/work" "$D/o/merged"
	prepare "$D/o/lower"
	mount -t overlay -o "lowerdir=$D/o/lower,upperdir=$D/o/upper,workdir=$D/o/work" overlay "$D/o/merged"
	server over
	gets over ok hold 5 r "$D/o/merged/held"
	container over over
	for case in chmod utimes setxattr acl mprotect; do
		case_of $case "$D/o/merged"
		gets over ok $WORDS
		expect "over $case: once" 1 "@over" "event.action=$ACTION" "file.path=$FILE" -- "bailiff.verdict=allowed"
	done
	gets over ok open w "$D/o/merged/no_acl"
	expect "over: no more" 5 "@over" "event.category=file"
	server over-no
	gets over-no ok hold 5 r "$D/o/merged/held"
	container over-no over-no
	for case in chmod utimes setxattr acl map mprotect; do
		case_of $case "$D/o/merged"
		gets over-no EACCES $WORDS
	done
	expect "over-no: each once" 6 "@over-no" "event.category=file" -- "bailiff.verdict=denied"
	end_container over
	end_container over-no
	umount "$D/o/merged"
}

# append NAME WANTED: what O_APPEND alone holds back
append() {
	local name="$1" wanted="$2" later="$2"
	[ "$KERNEL" != 6.1 ] || [ $wanted != ok ] || later=EOPNOTSUPP
	gets $name "$wanted" unappend 5
	gets $name "$wanted" map-fd 5 rws
	gets $name "$wanted" map-fd 5 rs w
	gets $name "$wanted" fallocate 5 3
	gets $name "$wanted" ring-fallocate inline 5 3
	gets $name "$wanted" ring-fallocate async 5 3
	gets $name "$wanted" ring-write inline 5 0
	gets $name "$wanted" reopen 5 w
	gets $name "$later" pwritev2 5 32
	gets $name "$wanted" ftruncate 5
}

appends() {
	local name
	KERNEL=$(uname -r | cut -d. -f1-2)
	mkdir -p "$D/append"
	for name in free append write; do
		echo data >"$D/append/file"
		[ $name = free ] || confined $name $name
		gets $name ok hold 5 ra "$D/append/file"
		gets $name ok write 5
		gets $name ok map-fd 5 rs
		gets $name ok map-fd 5 rw
		gets $name ok fallocate 5 1
		gets $name ok pwritev2 5 0
		append $name $([ $name = append ] && echo EACCES || echo ok)
	done
	expect "append: all of it is denied by default" 10 "@append" \
		"file.path=$D/append/file" -- "rule.name=default" "bailiff.verdict=denied" "bailiff.access=w"
	expect "append: fcntl" 1 "@append" "event.action=fcntl"
	expect "append: mmap" 1 "@append" "event.action=mmap"
	expect "append: mprotect" 1 "@append" "event.action=mprotect"
	expect "append: no more" 10 "@append" "bailiff.verdict=denied"
	expect "write: nothing" 0 "@write" "event.category=file"
}

rules() {
	local letter
	for letter in s i m; do
		echo "{ action = \"$2\"; access = \"$letter\"; path = [ \"$D/$1/*\", \"$DEVICE\" ];$3 }, # $1-$letter"
	done
}

# kind NAME ACTION EXTRA DEFAULT
kind() {
	echo "{ name = \"$1\"; file = { default = \"$4\"; rules = ("
	rules "$1" "$2" "$3"
	echo '{ action = "deny"; access = "r"; path = "/nowhere"; } ); }; },'
}

policy letters <<END
policies = (
$(kind allow allow ' audit = true;' deny)
$(kind deny deny '' allow)
$(kind kill kill '' allow)
$(kind quiet deny ' quiet = true;' allow)
{ name = "dry"; extends = [ "deny" ]; mode = "audit"; },
{ name = "off"; extends = [ "deny" ]; mode = "off"; },
{ name = "nothing"; file = { default = "deny"; }; },
{ name = "anything"; file = { default = "allow"; }; },
{ name = "names"; file = { default = "allow"; rules = (
  { action = "deny"; access = "s"; path = "$D/names/b/*"; } # names
); }; },
{ name = "over"; file = { default = "allow"; rules = (
  { action = "allow"; access = "smi"; path = "/**"; audit = true; } ); }; },
{ name = "over-no"; file = { default = "allow"; rules = (
  { action = "deny"; access = "smi"; path = "$D/o/merged/**"; } ); }; },
{ name = "append"; process = { exec = { default = "allow"; }; }; file = { default = "deny"; rules = (
  { action = "allow"; access = "ra"; path = [ "$D/append/*", "/proc/**" ]; } ); }; },
{ name = "write"; process = { exec = { default = "allow"; }; }; file = { default = "deny"; rules = (
  { action = "allow"; access = "rw"; path = [ "$D/append/*", "/proc/**" ]; } ); }; }
);
END

agent_start
server free
prepare "$D/free"
gets free ok hold 5 r "$D/free/held"
gets free ok hold 6 r $DEVICE
for name in $CASES; do
	case_of "$name" "$D/free"
	cell_in free file "$LETTER/$name"
	gets free ok $WORDS
	cell
done
variant allow allowed
variant deny denied
rm -rf "$D/deny" && variant dry would-deny deny
rm -rf "$D/deny" && variant off none deny "$FEW"
variant kill killed
variant quiet quiet quiet "$FEW"
variant nothing denied
variant anything none anything "$FEW"
others
overlay
appends
expect "free: no record" 0 "bailiff.cgroup=/${PREFIX}free"
judge

# SPDX-License-Identifier: GPL-2.0-or-later
# On overlayfs one operation is one decision and one record, under the overlay's path.
# shellcheck shell=dash disable=SC2119
. "$T/lib.sh"

CASES="open_r open_w open_a open_rw open_trunc ls create unlink rmdir rename mkdir symlink link truncate exec"

letters() {
	case $1 in
	open_r | ls) echo r ;;
	open_w | open_trunc | truncate) echo w ;;
	open_a) echo a ;;
	open_rw) echo rw ;;
	unlink | rmdir | rename) echo d ;;
	link) echo l ;;
	exec) echo x ;;
	*) echo c ;;
	esac
}

words() {
	local path="$2/$1"
	case $1 in
	open_trunc) WORDS="open wt $path" ;;
	open_*) WORDS="open ${1#open_} $path" ;;
	rename | link) WORDS="$1 $path $path.to" ;;
	symlink) WORDS="symlink anywhere $path" ;;
	exec) WORDS="exec $path true" ;;
	*) WORDS="$1 $path" ;;
	esac
}

# overlay DIR: everything that is used lies in the lower layer
overlay() {
	local name
	mkdir -p "$1/lower/rmdir" "$1/lower/ls/some" "$1/upper" "$1/work" "$1/merged"
	for name in open_r open_w open_a open_rw open_trunc unlink rename link truncate; do
		echo data >"$1/lower/$name"
	done
	cp "$OP" "$1/lower/exec"
	mount -t overlay -o "lowerdir=$1/lower,upperdir=$1/upper,workdir=$1/work" overlay "$1/merged"
}

rules() {
	local name
	for name in $CASES; do
		echo "{ action = \"$1\"; access = \"$(letters "$name")\"; path = \"$D/$1/merged/$name\";$2 }, # $1 $name"
	done
}

# variant CONTAINER DIR VERDICT ANSWER
variant() {
	local name rule count=0
	overlay "$D/$2"
	confined "$1" "$1"
	for name in $CASES; do
		words "$name" "$D/$2/merged"
		# shellcheck disable=SC2086
		gets "$1" "$4" $WORDS
		count=$((count + 1))
		rule=$(grep -n "# $2 $name\$" "$POLICIES/overlay.cfg" | cut -d: -f1)
		expect "$1 $name: 1 record" 1 "@$1" "file.path=$D/$2/merged/$name" -- "bailiff.verdict=$3" \
			"rule.name=overlay.cfg:$rule" "rule.ruleset=$1"
	done
	expect "$1: $count records and no more" $count "@$1"
}

# What was denied works for others, and in the lower layer nothing has changed.
neighbour() {
	local name
	for name in $CASES; do
		words "$name" "$D/deny/merged"
		# shellcheck disable=SC2086
		gets free ok $WORDS
	done
	equal "lower layer: as it was" data "$(cat "$D/deny/lower/truncate" "$D/deny/lower/rename" | uniq)"
}

# A file that was copied up, and one that was made on the overlay, are named alike.
copied() {
	local merged="$D/allow/merged"
	gets free ok open w "$merged/open_r"
	gets allow ok open r "$merged/open_r"
	gets free ok create "$merged/other"
	gets allow EACCES open r "$merged/other"
	expect "allow: 2 records, below and copied up" 2 @allow "file.path=$merged/open_r" -- bailiff.verdict=allowed
	expect "allow: a file of the upper layer" 1 @allow "file.path=$merged/other" -- bailiff.verdict=denied \
		rule.name=default
}

{
	echo 'policies = ( { name = "deny"; process = { exec = { default = "allow"; }; };'
	echo '  file = { default = "allow"; rules = ('
	rules deny ''
	echo '{ action = "deny"; access = "r"; path = "/nowhere"; } ); }; },'
	echo '{ name = "dry"; extends = [ "deny" ]; mode = "audit"; },'
	echo '{ name = "allow"; process = { exec = { default = "deny"; allow = [ "/payload/*" ]; }; };'
	echo '  file = { default = "deny"; rules = ('
	rules allow ' audit = true;'
	echo "{ action = \"allow\"; access = \"c\"; path = \"$D/allow/merged/*.to\"; },"
	echo "{ action = \"allow\"; access = \"w\"; path = \"$D/allow/merged/create\"; } ); }; } );"
} | policy overlay

agent_start
server free
variant allow allow allowed ok
variant deny deny denied EACCES
neighbour
umount "$D/deny/merged"
rm -rf "$D/deny"
variant dry deny would-deny ok
judge
copied
expect "free: no record" 0 "bailiff.cgroup=/${PREFIX}free"
judge
umount "$D/deny/merged" "$D/allow/merged"

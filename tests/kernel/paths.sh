# SPDX-License-Identifier: GPL-2.0-or-later
# What is judged is the object under its name from the root of the mount namespace, by
# whatever way it was reached.
# shellcheck shell=dash disable=SC2119
. "$T/lib.sh"

# Expects one denial of CONTAINER on PATH by the rule that is marked so.
denied_once() {
	local container="$1" path="$2" mark="$3"
	shift 3
	shorten "$path"
	expect "$container: 1 record of $SHORT" 1 "@$container" "file.path=$path" -- bailiff.verdict=denied \
		"rule.name=paths.cfg:$(line_of "$mark")" "$@"
}

line_of() {
	grep -n "# $1\$" "$POLICIES/paths.cfg" | cut -d: -f1
}

# ---- long and deep

# component LENGTH
component() {
	printf "%0$1d" 0
}

# long_path BASE LENGTH: makes the directories, sets LONG; longer than mkdir(1) could name
long_path() {
	local rest
	LONG=$1
	while rest=$(($2 - ${#LONG} - 1)) && [ $rest -gt 200 ]; do
		LONG=$LONG/$(component 180)
	done
	mkdir -p "$LONG"
	LONG=$LONG/$(component $rest)
	echo data >"$LONG"
}

long() {
	local length deep i
	for length in 4000 4095; do
		long_path "$D/long-ok" $length
		both long ok open r "$LONG"
		both long ok open w "$LONG"
		long_path "$D/long-no" $length
		both long EACCES open r "$LONG"
		denied_once long "$LONG" long
	done
	beyond
	deep=$D/deep-no
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25; do deep=$deep/$i; done
	mkdir -p "$deep"
	echo data >"$deep/file"
	both long EACCES open r "$deep/file"
	denied_once long "$deep/file" deep
}

# Files whose path has 5,000 bytes: no rule can name them, and their directory is the way there.
beyond() {
	local dir="$D/long-ok/beyond"
	mkdir -p "$dir"
	mount -t tmpfs beyond "$dir"
	gets free ok depth "$dir" create file
	gets long EACCES depth "$dir" open r file
	gets long EACCES depth "$dir" open w file
	gets long EACCES depth "$dir" unlink file
	gets long EACCES depth "$dir" create other
	gets free ok depth "$dir" open r file
	expect "beyond: denied with the reason" 4 @long event.reason=path-too-long -- bailiff.verdict=denied \
		"process.parent.pid=$(pid_of long)"
}

# ---- names that try to forge a record

# names: a list of NAME, tab, the name as a record shows it
odd_names() {
	printf '%s\t%s\n' 'new\nline' 'new\\x0aline' 'ta\tb' 'ta\\x09b' 'quo"te' 'quo"te' 'back\\slash' 'back\\\\slash' \
		'esc\033[31m' 'esc\\x1b[31m' 'bad\377\200' 'bad\\xff\\x80' 'over\300\257' 'over\\xc0\\xaf' \
		'nice-\303\274' 'nice-\303\274' '{"a":1}' '{"a":1}' 'end",\n"x":"' 'end",\\x0a"x":"' 'sp ace' 'sp ace' \
		'cr\r' 'cr\\x0d' 'bidi\342\200\256x' 'bidi\\xe2\\x80\\xaex' 'star*' 'star*'
}

odd() {
	local given shown name
	odd_names >"$W/odd"
	while IFS='	' read -r given shown; do
		# shellcheck disable=SC2059
		name=$(printf "$given.") shown=$(printf "$shown.")
		echo data >"$D/odd-no/$name"
		both odd EACCES open r "$D/odd-no/$name"
		denied_once odd "$D/odd-no/$shown" odd
		echo data >"$D/odd-ok/$name"
		both odd ok open r "$D/odd-ok/$name"
		expect "odd: allowed and recorded: $shown" 1 @odd "file.path=$D/odd-ok/$shown" -- \
			bailiff.verdict=allowed bailiff.access=r
	done <"$W/odd"
}

# ---- many ways to one file

ways() {
	local no="$D/ways/no/file" ok="$D/ways/ok/file" way count=0
	mkdir -p "$D/ways/no" "$D/ways/ok/sub" "$D/ways/nothing"
	echo data >"$no"
	echo data >"$ok"
	ln -s ../no/file "$D/ways/ok/symlink"
	ln -s no "$D/ways/directory"
	ln -s ../ok/file "$D/ways/no/symlink"
	for way in "open r $no" "open r $D/ways/ok/symlink" "open r $D/ways/directory/file" "open r $D/ways/ok/../no/file" \
		"open r $D//ways/./no///file" "open r /proc/self/root$no" "chdir $D/ways/no open r file" \
		"chdir $D/ways/ok open r ../no/file" "openat $D/ways/no r file" "openat2 $D/ways/no r /file" \
		"openat2 $D/ways r ok/symlink" "chroot $D/ways open r /no/file" "chroot $D/ways/no open r /file" \
		"handle r $no" "thread open r $no" "child open r $no" "unshare open r $no" "uring r $no" "uring-worker r $no" \
		"open rn $no"; do
		# shellcheck disable=SC2086
		both ways EACCES $way
		count=$((count + 1))
	done
	denied_times ways "$no" $((count + 1))
	for way in "open r $ok" "open r $D/ways/no/symlink" "open r $D/ways/no/../ok/file" "chroot $D/ways/no open r /../file" \
		"chroot $D/ways open r /ok/file" "openat2 $D/ways/ok r /../file" "handle r $ok" "uring r $ok" "open p $no"; do
		# shellcheck disable=SC2086
		case $way in
		*chroot*/../file) both ways EACCES $way ;;
		*) both ways ok $way ;;
		esac
	done
}

# denied_times CONTAINER PATH COUNT
denied_times() {
	expect "$1: $3 records of $2" "$3" "@$1" "file.path=$2" -- bailiff.verdict=denied "rule.name=paths.cfg:$(line_of "$1")"
}

descriptors() {
	local no="$D/held/no/file" ok="$D/held/ok/file" write="$D/held/read-only/file"
	mkdir -p "$D/held/no" "$D/held/ok" "$D/held/read-only"
	echo data >"$no"
	echo data >"$ok"
	echo data >"$write"
	gets held ok hold 5 p "$no"
	gets held EACCES reopen 5 r
	gets held ok hold 6 r "$write"
	gets held ok reopen 6 r
	gets held EACCES reopen 6 w
	gets held EACCES reopen 6 rt
	gets held EACCES openat "$D/held/no" r file
	denied_times_of held "$no" 2
	denied_times_of held "$write" 2
	gets held EACCES unlinked r "$ok"
	expect "held: unlinked: the reason is told" 1 @held event.reason=no-path event.action=open "file.path=*" -- \
		bailiff.verdict=denied
	gets free ok memfd r
	gets held EACCES memfd r
	gets held EACCES memfd-exec "$OP" true
	expect "held: memfd: the reason is told" 1 @held event.reason=no-path event.action=exec -- bailiff.verdict=denied
}

denied_times_of() {
	expect "$1: $3 records of $2" "$3" "@$1" "file.path=$2" -- bailiff.verdict=denied
}

executed() {
	mkdir -p "$D/bin/no" "$D/bin/ok" "$D/bin/script"
	cp "$OP" "$D/bin/no/op"
	cp "$OP" "$D/bin/ok/op"
	printf '#!%s true\n' "$D/bin/no/op" >"$D/bin/script/no"
	printf '#!%s true\n' "$D/bin/ok/op" >"$D/bin/script/ok"
	chmod +x "$D/bin/script"/*
	ln -s ../no/op "$D/bin/ok/link"
	both exec ok exec "$D/bin/ok/op" true
	both exec ok fexec p "$D/bin/ok/op" true
	both exec ok exec "$D/bin/script/ok" true
	both exec EACCES exec "$D/bin/no/op" true
	both exec EACCES vexec "$D/bin/no/op" true
	both exec EACCES thread exec "$D/bin/no/op" true
	both exec EACCES exec "$D/bin/ok/link" true
	both exec EACCES exec "$D/bin/script/no"
	both exec EACCES fexec p "$D/bin/no/op" true
	both exec EACCES fexec r "$D/bin/no/op" true
	both exec EACCES chroot "$D/bin" exec /no/op true
	expect "exec: 8 records with arguments" 8 @exec event.action=exec "file.path=$D/bin/no/op" -- bailiff.verdict=denied \
		"process.args=*" "rule.name=paths.cfg:$(line_of exec)"
	both exec EACCES memfd-exec "$OP" true
	gets exec EACCES rename "$D/bin/no/op" "$D/bin/ok/op2"
	gets exec EACCES link "$D/bin/no/op" "$D/bin/ok/op2"
	gets exec EACCES exchange "$D/bin/ok/op" "$D/bin/no/op"
	gets exec EACCES rename "$D/bin/no" "$D/bin/yes"
	gets exec ok rename "$D/bin/ok/op" "$D/bin/ok/op2"
	gets exec ok exec "$D/bin/ok/op2" true
	expect "exec: no program leaves its denial" 4 @exec bailiff.verdict=denied event.category=file --
}

# ---- names that a denied file can't be given, and had before

escapes() {
	local no="$D/esc/no" ok="$D/esc/ok" none="$D/esc/free" name
	mkdir -p "$no" "$ok" "$none"
	for name in a b c d e f; do
		echo data >"$no/$name"
		echo data >"$none/$name"
	done
	mkdir "$no/dir" "$none/dir"
	echo data >"$no/dir/file"
	mkdir "$D/esc-other"
	gets free ok rename "$none/a" "$none/a2"
	gets escape EACCES rename "$no/a" "$ok/a"
	gets free ok link "$none/b" "$none/b2"
	gets escape EACCES link "$no/b" "$ok/b"
	echo data >"$ok/c"
	gets free ok exchange "$none/c" "$none/d"
	gets escape EACCES exchange "$no/c" "$ok/c"
	gets escape EACCES exchange "$ok/c" "$no/c"
	gets escape EACCES rename "$no/dir" "$ok/dir"
	mkdir "$ok/sub"
	gets escape ok rename "$ok/sub" "$ok/sub2"
	gets escape EACCES rename "$D/esc" "$D/esc2"
	gets escape EACCES exchange "$D/esc" "$D/esc-other"
	expect "escape: each is recorded" 5 @escape event.reason=rule -- bailiff.verdict=denied "rule.name=paths.cfg:$(line_of escape)"
	expect "escape: a directory stays with what is denied below it" 2 @escape event.reason=denied-below -- \
		bailiff.verdict=denied event.action=rename "file.path=$D/esc"
	equal "escape: nothing has moved" "a b c d dir e f" "$(cd "$no" && echo *)"
}

# Directory rules don't match by bytes.
neighbours() {
	mkdir -p "$D/etc" "$D/etcfoo"
	echo data >"$D/etc/file"
	echo data >"$D/etcfoo/file"
	echo data >"$D/etc.conf"
	both neighbour EACCES open r "$D/etc/file"
	both neighbour ok open r "$D/etcfoo/file"
	both neighbour ok open r "$D/etc.conf"
	both neighbour ok open rd "$D/etc"
	denied_once neighbour "$D/etc/file" neighbour
}

# ---- mounts

mounts() {
	mkdir -p "$D/mnt/no" "$D/mnt/bound" "$D/mnt/over" "$D/mnt/ok"
	for name in no over ok; do echo data >"$D/mnt/$name/file"; done
	mount --bind "$D/mnt/ok" "$D/mnt/bound"
	both mount ok open r "$D/mnt/ok/file"
	both mount EACCES open r "$D/mnt/bound/file"
	denied_once mount "$D/mnt/bound/file" mount-bound
	both mount EACCES open r "$D/mnt/over/file"
	mount -t tmpfs over "$D/mnt/over"
	echo data >"$D/mnt/over/file"
	both mount EACCES open r "$D/mnt/over/file"
	expect "mount: 2 records, below and over" 2 @mount "file.path=$D/mnt/over/file" -- bailiff.verdict=denied \
		"rule.name=paths.cfg:$(line_of mount-over)"
	umount "$D/mnt/over"
	umount "$D/mnt/bound"
	both mount ok open r "$D/mnt/bound/../ok/file"
}

truncated() {
	mkdir -p "$D/cut"
	echo data >"$D/cut/append"
	echo data >"$D/cut/write"
	gets cut ok open a "$D/cut/append"
	gets cut EACCES open w "$D/cut/append"
	gets cut EACCES open at "$D/cut/append"
	gets cut EACCES truncate "$D/cut/append"
	gets cut EACCES tail-truncate "$D/cut/write" "$D/cut/append"
	equal "cut: nothing is lost" data "$(cat "$D/cut/append")"
	gets cut ok open rd "$D/cut"
	gets cut ok ls "$D/cut"
	gets cut EACCES create "$D/cut/new"
}

policy paths <<END
policies = (
{ name = "long"; file = { default = "allow"; rules = (
  { action = "deny"; access = "rw"; path = "$D/long-no/**"; }, # long
  { action = "deny"; access = "r"; path = "$D/deep-no/**"; } # deep
); }; },
{ name = "odd"; file = { default = "deny"; rules = (
  { action = "allow"; access = "r"; path = "$D/odd-ok/*"; audit = true; },
  { action = "deny"; access = "r"; path = "$D/odd-no/*"; } # odd
); }; process = { exec = { default = "allow"; }; }; },
{ name = "ways"; file = { default = "allow"; rules = (
  { action = "deny"; access = "r"; path = "$D/ways/no/file"; } # ways
); }; },
{ name = "held"; file = { default = "allow"; rules = (
  { action = "deny"; access = "r"; path = "$D/held/no/**"; }, # held
  { action = "deny"; access = "w"; path = "$D/held/read-only/**"; }
); }; process = { exec = { default = "deny"; allow = [ "/payload/**" ]; }; }; },
{ name = "exec"; process = { exec = { default = "allow"; deny = [
  "$D/bin/no/*" # exec
]; }; }; },
{ name = "escape"; file = { default = "allow"; rules = (
  { action = "deny"; access = "r"; path = "$D/esc/no/**"; } # escape
); }; },
{ name = "neighbour"; file = { default = "allow"; rules = (
  { action = "deny"; access = "rw"; path = "$D/etc/**"; } # neighbour
); }; },
{ name = "mount"; file = { default = "allow"; rules = (
  { action = "deny"; access = "r"; path = "$D/mnt/bound/**"; }, # mount-bound
  { action = "deny"; access = "r"; path = "$D/mnt/over/**"; } # mount-over
); }; },
{ name = "cut"; file = { default = "deny"; rules = (
  { action = "allow"; access = "ra"; path = "$D/cut/append"; },
  { action = "allow"; access = "r"; path = "$D/cut"; },
  { action = "allow"; access = "rw"; path = "$D/cut/write"; }
); }; process = { exec = { default = "allow"; }; }; }
);
END

mkdir -p "$D/odd-no" "$D/odd-ok"
agent_start
server free
for name in long odd ways held exec escape neighbour mount cut; do confined $name $name; done
row P17
long
row P18
odd
row P10
ways
row P9
descriptors
row X2
executed
row P5
escapes
row P19
neighbours
row P20
mounts
row paths
truncated
judge

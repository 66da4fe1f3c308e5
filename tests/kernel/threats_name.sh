# SPDX-License-Identifier: GPL-2.0-or-later
# Ways round a rule on files: names that are long, deep, odd, gone or nearly the same, and other
# mounts of a file system; and names that try to forge a record.
# shellcheck shell=dash disable=SC2015,SC2086,SC2119
. "$T/lib.sh"
. "$T/threats.sh"

# name LENGTH LETTER
name() {
	printf "%0$1d" 0 | tr 0 "$2"
}

# levels COUNT: a directory so deep, in DEEP
levels() {
	local i=0
	DEEP=
	while [ $i -lt "$1" ]; do
		DEEP=$DEEP/l
		i=$((i + 1))
	done
}

# pair PATH: the same below the denied and below the allowed directory, and opened by its name
# and from its own directory
pair() {
	local side
	for side in no ok; do
		mkdir -p "$B/$side${1%/*}"
		echo data >"$B/$side$1"
	done
	passes open r "$B/ok$1"
	stopped EACCES open r "$B/no$1"
	stopped EACCES open w "$B/no$1"
	stopped EACCES chdir "$B/no${1%/*}" open r "${1##*/}"
	stopped EACCES chdir "$B/no${1%/*}" open r "../$(basename "$B/no${1%/*}")/${1##*/}"
	shorten "$1"
	expect "recorded in full: $SHORT" 4 "@$C" "file.path=$B/no$1" -- "rule.name=$(rule_of p17)"
}

p17() {
	local length
	begin_row P17
	B=$D/p17
	for length in 254 255; do
		pair "/$(name $length a)/$(name $length b)"
	done
	for length in 20 21 32 200 1000; do
		levels $length
		pair "$DEEP/file"
	done
	mkdir -p "$B/ok/new"
	passes chdir "$B/ok/new" seq create n -- unlink n
	no_more
}

# What confined tasks hold, others take the name away.
p18() {
	local file="$D/p18/file" i
	begin_row P18
	mkdir -p "$D/p18/dir/sub"
	for i in free p18; do
		echo data >"$file"
		gets $i ok hold 5 r "$file"
		gets $i ok hold 6 p "$file"
		gets $i ok reopen 5 r
		rm "$file"
	done
	for i in "reopen 5 r" "reopen 5 w" "reopen 6 r" "ring-open inline r /proc/self/fd/6"; do
		stopped EACCES $i
	done
	# the name is another file's now
	echo public >"$file"
	passes open r "$file"
	stopped EACCES reopen 5 r
	# a name that looks as if it were gone
	echo data >"$file (deleted)"
	passes open r "$file (deleted)"
	echo data >"$D/p18/secret (deleted)"
	stopped EACCES open r "$D/p18/secret (deleted)"
	by_rule 1 "$D/p18/secret (deleted)"
	# the second name of a file whose first one is gone
	echo data >"$D/p18/one"
	ln "$D/p18/one" "$D/p18/two"
	gets p18 ok hold 5 p "$D/p18/one"
	gets free ok hold 5 p "$D/p18/one"
	rm "$D/p18/one"
	stopped EACCES reopen 5 r
	passes open r "$D/p18/two"
	# the directory is gone, above or at once
	echo data >"$D/p18/dir/sub/file"
	gets p18 ok hold 5 r "$D/p18/dir/sub/file"
	gets free ok hold 5 r "$D/p18/dir/sub/file"
	rm -r "$D/p18/dir"
	stopped EACCES reopen 5 r
	recorded $((COUNT - 1)) event.reason=no-path
	no_more
}

p19() {
	local name
	begin_row P19
	B=$D/p19
	mkdir -p "$B/etc/sub" "$B/etcfoo" "$B/et" "$B/ETC" "$B/xetc" "$B/etc.d" "$B/only"
	for name in etc/file etc/.hidden etc/sub/file; do
		echo data >"$B/$name"
		stopped EACCES open r "$B/$name"
		by_rule 1 "$B/$name"
	done
	stopped EACCES seq create "$B/etc/new" -- unlink "$B/etc/new"
	for name in etcfoo/file et/file ETC/file xetc/file etc.d/file etc2 only/Secret only/secrets only/asecret only/secret.; do
		echo data >"$B/$name"
		passes open r "$B/$name"
	done
	passes open rd "$B/etc" # the rule is on what is below
	echo data >"$B/only/secret"
	stopped EACCES open r "$B/only/secret"
	stopped EACCES open r "$B/only//secret"
	no_more
}

p20() {
	begin_row P20
	B=$D/p20
	mkdir -p "$B/bin" "$B/proc" "$B/proc2" "$B/tmp"
	cp "$OP" "$B/bin/op"
	mount -t proc second "$B/proc2"
	passes exec "$B/bin/op" true
	stopped EACCES open r /proc/version
	by_rule 1 /proc/version
	stopped EACCES unshare seq mount proc proc "$B/proc" -- open r "$B/proc/version"
	recorded 1 event.action=mount "file.path=$B/proc" -- event.reason=topology
	stopped EACCES unshare seq move-new proc "$B/proc" -- open r "$B/proc/version"
	recorded 1 event.action=move_mount "file.path=$B/proc" -- event.reason=topology
	stopped EACCES unshare fsmount proc r version
	stopped EACCES unshare tree /proc r version
	stopped EACCES unshare seq mount tmpfs over "$B/bin" -- create "$B/bin/own"
	stopped EACCES userns seq mount tmpfs over "$B/bin" -- create "$B/bin/own"
	stopped EACCES unshare seq mount rbind "$B/tmp" "$B/bin" -- create "$B/bin/own"
	stopped EACCES unshare umount "$B/proc2"
	# another mount of the host's has its own names, and the path of the one that was used is told
	stopped EACCES open r "$B/proc2/version"
	stopped EACCES unshare open r "$B/proc2/version"
	by_rule 2 "$B/proc2/version"
	no_more
	passes open r "$B/proc2/uptime"
	umount "$B/proc2"
}

policy threats_name <<END
policies = (
{ name = "p17"; file = { default = "allow"; rules = (
  { action = "deny"; access = "rw"; path = "$D/p17/no/**"; } # p17
); }; },
{ name = "p18"; file = { default = "allow"; rules = (
  { action = "deny"; access = "r"; path = "$D/p18/secret*"; } # p18
); }; },
{ name = "p19"; file = { default = "allow"; rules = (
  { action = "deny"; access = "rc"; path = [ "$D/p19/etc/**", "$D/p19/only/secret" ]; } # p19
); }; },
{ name = "p20"; file = { default = "allow"; rules = (
  { action = "deny"; access = "r"; path = [ "/proc/version", "$D/p20/proc2/version" ]; }, # p20
  { action = "deny"; access = "c"; path = "$D/p20/tmp/**"; }
); }; process = { exec = { default = "deny"; allow = [ "/payload/*", "$D/p20/bin/*" ]; }; }; }
);
END

agent_start
server free
rows p17 p18 p19 p20

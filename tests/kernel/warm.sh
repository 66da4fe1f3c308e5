# SPDX-License-Identifier: GPL-2.0-or-later
# What was found out about a directory is used again only as long as it is true: each file is
# opened before (twice, so that the second time goes the short way) and after something changed.
# shellcheck shell=dash
. "$T/lib.sh"

YES=$D/yes
NO=$D/no

# warmed PATH: a new file that may be opened, in its directory too
warmed() {
	mkdir -p "${1%/*}"
	echo data >"$1"
	gets warm ok open r "$1"
	gets warm ok open r "$1"
}

# denied PATH
denied() {
	gets warm EACCES open r "$1"
	gets warm EACCES open r "$1"
}

# denied_of CONTAINER COUNT PATH
denied_of() {
	expect "$1: $2 records of ${3#"$D"}" "$2" "@$1" "file.path=$3" event.action=open -- bailiff.verdict=denied \
		bailiff.access=r
}

renamed() {
	warmed "$YES/a/file"
	gets free ok rename "$YES/a" "$NO/a"
	denied "$NO/a/file"
	denied_of warm 2 "$NO/a/file"
	gets free ok rename "$NO/a" "$YES/a"
	gets warm ok open r "$YES/a/file"
	gets warm ok open r "$YES/a/file"

	warmed "$YES/b/c/d/file"
	gets free ok rename "$YES/b" "$NO/b"
	denied "$NO/b/c/d/file"
	denied_of warm 2 "$NO/b/c/d/file"

	warmed "$YES/one/e/file"
	warmed "$YES/two/e/other"
	mkdir "$NO/two"
	gets free ok exchange "$YES/one" "$NO/two"
	denied "$NO/two/e/file"

	warmed "$YES/plain"
	gets free ok rename "$YES/plain" "$YES/secret-1"
	denied "$YES/secret-1"
	denied_of warm 2 "$YES/secret-1"
	warmed "$YES/linked"
	gets free ok link "$YES/linked" "$YES/secret-2"
	denied "$YES/secret-2"
	gets warm ok open r "$YES/linked"
	gets free ok unlink "$YES/linked"
	denied "$YES/secret-2"
}

mounted() {
	local i
	mkdir -p "$D/src/sub" "$YES/m" "$NO/m" "$NO/m2" "$YES/over"
	echo data >"$D/src/file"
	echo data >"$D/src/sub/file"
	for i in yes no; do mount --bind "$D/src" "$D/$i/m"; done
	for i in 1 2 3; do
		gets warm ok open r "$YES/m/file"
		gets warm EACCES open r "$NO/m/file"
		gets warm ok open r "$YES/m/sub/file"
		gets warm EACCES open r "$NO/m/sub/file"
	done
	denied_of warm 3 "$NO/m/file"
	denied_of warm 3 "$NO/m/sub/file"
	umount "$NO/m"
	# where it moves to something is mounted already, under another name of that directory: then
	# nothing but the mounts changes; and what is shared can't be moved
	mount --make-private / && mount --bind "$NO" "$D/alias" && mount -t tmpfs alias "$D/alias/m2" &&
		mount -t tmpfs moved "$YES/m" && mount --make-private "$YES/m" || not_ok "mounts"
	warmed "$YES/m/sub/moved"
	mount --move "$YES/m" "$NO/m2" || not_ok "mount --move"
	denied "$NO/m2/sub/moved"
	denied_of warm 2 "$NO/m2/sub/moved"
	umount "$NO/m2" "$YES/m" "$D/alias/m2" "$D/alias"
	# the mount is gone and the file is still open
	mount -t tmpfs lazy "$YES/m"
	warmed "$YES/m/file"
	gets warm ok hold 6 r "$YES/m/file"
	gets warm ok reopen 6 r
	umount -l "$YES/m"
	gets warm EACCES reopen 6 r
	gets warm ok close 6

	warmed "$YES/over/file"
	mount -t tmpfs over "$YES/over"
	mkdir "$YES/over/sub"
	echo data >"$YES/over/secret-3"
	denied "$YES/over/secret-3"
	umount "$YES/over"
	gets warm ok open r "$YES/over/file"

	mkdir "$YES/top.end"
	mount -t tmpfs top "$YES/top.end"
	warmed "$YES/top.end/file"
	gets warm EACCES open rd "$YES/top.end"
}

# An object of another mount namespace has no name in this one, whoever opened it there.
namespaces() {
	warmed "$YES/ns/file"
	gets warm ok hold 5 r "$YES/ns/file"
	gets warm ok reopen 5 r
	gets warm ok reopen 5 r
	gets warm EACCES unshare reopen 5 r
	gets warm ok unshare open r "$YES/ns/file"
	gets warm ok reopen 5 r
	expect "warm: of another namespace, or of none" 2 @warm event.reason=no-path -- bailiff.verdict=denied
	# a process of another namespace that has it open
	container elsewhere warm --start
	exec 5<"$YES/ns/file"
	server elsewhere unshare -m
	exec 5<&-
	gets warm ok open r "$YES/ns/file"
	gets warm ok open r "$YES/ns/file"
	gets elsewhere EACCES reopen 5 r
	gets elsewhere ok open r "$YES/ns/file"
	expect "elsewhere: of another namespace" 1 @elsewhere event.reason=no-path event.action=open -- bailiff.verdict=denied
}

policies_differ() {
	local i
	mkdir -p "$D/shared"
	echo data >"$D/shared/file"
	for i in 1 2 3; do
		gets warm ok open r "$D/shared/file"
		gets other EACCES open r "$D/shared/file"
		gets off ok open r "$D/shared/file"
	done
	denied_of other 3 "$D/shared/file"
}

reloaded() {
	warmed "$D/turn/file"
	policies 'secret-*", "/**/turn/**'
	reload
	denied "$D/turn/file"
	denied_of warm 2 "$D/turn/file"
	policies 'secret-*'
	reload
	gets warm ok open r "$D/turn/file"
	gets warm ok open r "$D/turn/file"
}

# Around the length that is read the short way.
lengths() {
	local length name
	for length in 1 7 8 62 63 64 65 66 128 255; do
		name=$(printf "%0${length}d" 0)
		warmed "$YES/len/$name"
		[ "$length" -ge 8 ] || continue
		name=secret-${name#0000000}
		echo data >"$YES/len/$name"
		denied "$YES/len/$name"
		denied_of warm 2 "$YES/len/$name"
	done
	for length in 60 61 62 64 128; do
		name=$(printf "%0${length}d" 0).end
		echo data >"$YES/len/$name"
		denied "$YES/len/$name"
	done
	echo data >"$YES/len/secret"
	gets warm ok open r "$YES/len/secret"
}

# Everything else that asks by a name.
names() {
	warmed "$YES/n/file"
	gets warm ok create "$YES/n/new"
	gets warm ok rename "$YES/n/new" "$YES/n/new2"
	gets warm ok link "$YES/n/new2" "$YES/n/new3"
	gets warm EACCES create "$YES/n/fixed"
	gets warm EACCES rename "$YES/n/new2" "$YES/n/fixed"
	gets warm EACCES link "$YES/n/new2" "$YES/n/fixed"
	gets warm ok mkdir "$YES/n/dir"
	gets warm ok unlink "$YES/n/new3"
	gets warm ok rmdir "$YES/n/dir"
	expect "warm: names: denied" 3 @warm bailiff.verdict=denied "rule.name=warm.cfg:$(grep -n '# fixed' "$POLICIES/warm.cfg" |
		cut -d: -f1)"
}

# policies DENIED: by the last component
policies() {
	policy warm <<-X
		policies = (
		{ name = "warm"; file = { default = "allow"; rules = (
		  { action = "deny"; access = "r"; path = [ "$NO/**", "/**/*.end", "/**/$1" ]; },
		  { action = "deny"; access = "cd"; path = "/**/fixed"; } # fixed
		); }; },
		{ name = "other"; file = { default = "allow"; rules = (
		  { action = "deny"; access = "r"; path = "$D/shared/*"; } ); }; },
		{ name = "off"; mode = "off"; file = { default = "allow"; rules = (
		  { action = "deny"; access = "r"; path = "$D/shared/*"; } ); }; }
		);
	X
}

mkdir -p "$YES" "$NO" "$D/alias"
policies 'secret-*'
agent_start
server free
for name in warm other off; do confined $name $name; done
renamed
mounted
namespaces
policies_differ
reloaded
lengths
names
judge

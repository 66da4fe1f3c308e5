# SPDX-License-Identifier: GPL-2.0-or-later
# P4, P6: a file that is denied under one name is denied under hard links of it and by way of bind
# mounts that are older than the policy, too.
# shellcheck shell=dash
. "$T/lib.sh"
row P4

# linked DIR: a denied file with a link beside it, one elsewhere, and one that nobody denies
linked() {
	mkdir -p "$1/no" "$1/ok"
	echo data >"$1/no/file"
	ln "$1/no/file" "$1/no-beside"
	ln "$1/no/file" "$1/ok/link"
	echo data >"$1/ok/other"
	ln "$1/ok/other" "$1/ok/other2"
	cp "$OP" "$1/no/program"
	ln "$1/no/program" "$1/ok/program"
}

# refused NAME: by other names than the denied ones
refused() {
	both "$1" EACCES open r "$D/plain/ok/link"
	both "$1" EACCES open w "$D/plain/ok/link"
	both "$1" EACCES open r "$D/plain/no-beside"
	both "$1" EACCES uring r "$D/plain/ok/link"
	both "$1" EACCES truncate "$D/plain/ok/link"
	both "$1" EACCES exec "$D/plain/ok/program" true
	gets "$1" EACCES link "$D/plain/ok/link" "$D/plain/ok/again"
	both "$1" ok open r "$D/plain/ok/other2"
	both "$1" ok exec "$OP" true
	expect "$1: opens are recorded" 3 "@$1" "file.path=$D/plain/ok/link" event.action=open -- \
		event.reason=other-name bailiff.verdict=denied "rule.name=identity.cfg:$(line_of "$1")"
	expect "$1: so is the execution" 1 "@$1" "file.path=$D/plain/ok/program" event.action=exec -- \
		event.reason=other-name bailiff.verdict=denied
}

line_of() {
	grep -n "# $1\$" "$POLICIES/identity.cfg" | cut -d: -f1
}

overlay() {
	local m="$D/merged"
	mkdir -p "$D/lower" "$D/top" "$m"
	mount -t tmpfs top "$D/top"
	mkdir "$D/top/upper" "$D/top/work"
	linked "$D/lower/below"
	modprobe overlay 2>/dev/null
	mount -t overlay overlay -o "lowerdir=$D/lower,upperdir=$D/top/upper,workdir=$D/top/work" "$m" ||
		not_ok "overlay is mounted"
	linked "$m/above"
}

overlaid() {
	local layer
	for layer in below above; do
		both layers EACCES open r "$D/merged/$layer/ok/link"
		both layers EACCES open r "$D/merged/$layer/no/file"
		both layers EACCES exec "$D/merged/$layer/ok/program" true
		both layers ok open r "$D/merged/$layer/ok/other2"
		both dry ok open r "$D/merged/$layer/ok/link"
		both dry ok open r "$D/merged/$layer/ok/link"
		both dry ok exec "$D/merged/$layer/ok/program" true
		gets layers EACCES open w "$D/merged/$layer/ok/link"
	done
	# copying the file up would read it
	both below ok open r "$D/merged/below/ok/other2"
	gets below EACCES open w "$D/merged/below/ok/link"
	expect "dry: each is recorded once" 6 @dry event.reason=other-name -- bailiff.verdict=would-deny
}

# mounted: a denied file with one link each, under a bind mount of its directory and one of itself
mounted() {
	mkdir -p "$D/bare/no/deep" "$D/bare/ok" "$D/mount"
	echo data >"$D/bare/no/deep/file"
	echo data >"$D/bare/ok/file"
	cp "$OP" "$D/bare/no/program"
	: >"$D/single"
	mount --bind "$D/bare" "$D/mount" && mount --bind "$D/bare/no/deep/file" "$D/single" ||
		not_ok "bind mounts are made"
}

bound() {
	both bound EACCES open r "$D/bare/no/deep/file"
	both bound EACCES open r "$D/mount/no/deep/file"
	both bound EACCES open w "$D/mount/no/deep/file"
	both bound EACCES open r "$D/single"
	both bound EACCES exec "$D/mount/no/program" true
	both bound ok open r "$D/mount/ok/file"
	expect "bound: opens are recorded" 2 @bound "file.path=$D/mount/no/deep/file" event.action=open -- \
		event.reason=other-name bailiff.verdict=denied "rule.name=identity.cfg:$(line_of bound)"
	umount "$D/single" "$D/mount"
}

# rule TEXT: of the policy that is changed
rule() {
	sed 's|^, { name = "late".*|);|' "$POLICIES/identity.cfg" >"$W/new"
	sed "s|^);\$|, { name = \"late\"; file = { default = \"allow\"; $1 }; } );|" "$W/new" >"$POLICIES/identity.cfg"
}

late() {
	both late ok open r "$D/plain/ok/link"
	rule "rules = ( { action = \"deny\"; access = \"r\"; path = \"$D/plain/no/*\"; } );"
	reload
	both late EACCES open r "$D/plain/ok/link"
	both late ok open w "$D/plain/ok/link"
	agent_end KILL
	both late EACCES open r "$D/plain/ok/link"
	agent_start
	both late EACCES open r "$D/plain/ok/link"
	# the denied name goes, the file stays denied
	gets free ok unlink "$D/plain/no/file"
	both late EACCES open r "$D/plain/ok/link"
	# the rule goes, and the denial with it
	rule ""
	reload
	both late ok open r "$D/plain/ok/link"
	# the next policy may get the place of the one that is gone, and is like it
	rule "rules = ( { action = \"deny\"; access = \"r\"; path = \"$D/plain/on/*\"; } );"
	reload
	both late ok open r "$D/plain/ok/link"
}

policy identity <<X
policies = (
{ name = "literal"; file = { default = "allow"; rules = (
  { action = "deny"; access = "rwxl"; path = [ "$D/plain/no/file", "$D/plain/no/program" ]; } # literal
); }; },
{ name = "glob"; file = { default = "allow"; rules = (
  { action = "deny"; access = "rwxl"; path = "$D/*/no/**"; } # glob
); }; },
{ name = "layers"; file = { default = "allow"; rules = (
  { action = "deny"; access = "rwxl"; path = "$D/merged/*/no/*"; }
); }; },
{ name = "below"; file = { default = "allow"; rules = (
  { action = "deny"; access = "r"; path = "$D/merged/below/no/*"; }
); }; },
{ name = "bound"; file = { default = "allow"; rules = (
  { action = "deny"; access = "rwxl"; path = "$D/bare/no/**"; } # bound
); }; },
{ name = "dry"; mode = "audit"; extends = [ "layers" ]; }
);
X
linked "$D/plain"
overlay
mounted
rule ""
agent_start
server free
for name in literal glob layers below bound dry late; do confined $name $name; done
refused literal
refused glob
bound
overlaid
late
judge

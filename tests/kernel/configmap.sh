# SPDX-License-Identifier: GPL-2.0-or-later
# Policies in a ConfigMap as Kubernetes mounts it, watched; and what events say of the runtime of
# a container by the path of its cgroup.
# shellcheck shell=dash disable=SC2119
. "$T/lib.sh"

PREFIX=lxc.payload.$PREFIX
FILE=$D/file
ONCE=$D/once # denied by each set

# set_of DIRECTORY ACTION: one set, not in place yet
set_of() {
	mkdir "$POLICIES/$1"
	printf '%s\n' 'policies = ( { name = "main"; process = { exec = { default = "allow"; }; }; file = { default = "allow";' \
		"rules = ( { action = \"$2\"; access = \"r\"; path = \"$FILE\"; }, { action = \"deny\"; access = \"r\"; path = \"$ONCE\"; } ); }; } );" >"$POLICIES/$1/main.cfg"
}

# swap DIRECTORY: with one rename
swap() {
	ln -s "$1" "$POLICIES/..data_tmp"
	"$OP" rename "$POLICIES/..data_tmp" "$POLICIES/..data" >"$W/out" || not_ok "swap" "$(cat "$W/out")"
}

reads() {
	ask a open r "$FILE"
	[ "$ANSWER" = "$1" ]
}

said() {
	grep -qF -e "$1" "$W/agent"
}

has_policy() {
	bailiff_at status | grep -q "^  $1 "
}

lacks_policy() {
	! has_policy "$1"
}

mounted() {
	set_of ..1 deny
	ln -s ..1 "$POLICIES/..data"
	ln -s ..data/main.cfg "$POLICIES/main.cfg"
	echo 'watch_policies = true;' >"$W/bailiff.cfg"
	agent_start --config "$W/bailiff.cfg"
	echo >"$FILE"
	echo >"$ONCE"
	confined a main
	gets a EACCES open r "$ONCE"
	expect "the record names the runtime" 1 @a "file.path=$ONCE" container.runtime=lxc "container.id=${PREFIX#lxc.payload.}a" -- rule.name=main.cfg:2
}

swapped() {
	set_of ..2 allow
	check "before the swap nothing changes" reads EACCES
	swap ..2
	check "the set that was put in place is in force" soon reads ok
	check "the agent says so" soon said '1 changed, 1 kept, 0 removed'
}

broken() {
	before=$(generation)
	set_of ..3 perhaps
	swap ..3
	check "a broken set is told of" soon said "$POLICIES/main.cfg:2: "
	check "a broken set is not loaded" soon said 'policies are not loaded'
	equal "the set before stays" "$before" "$(generation)"
	check "its rules too" reads ok
	set_of ..4 deny
	swap ..4
	check "the next good set is in force" soon reads EACCES
}

files_change() {
	policy plain <<-'END'
		policies = ( { name = "plain"; network = { default = "allow"; rules = ( { action = "deny"; op = "connect"; port = "7"; } ); }; } );
	END
	check "a file that was written is in force" soon has_policy plain
	rm "$POLICIES/plain.cfg"
	check "one that was removed is not any more" soon lacks_policy plain
}

mounted
swapped
broken
files_change
judge

# SPDX-License-Identifier: GPL-2.0-or-later
# Ways round a rule on programs.
# shellcheck shell=dash disable=SC2015,SC2086,SC2119
. "$T/lib.sh"
. "$T/threats.sh"

# What has no name can't be named by a rule.
x1() {
	local way
	begin_row X1
	B=$D/x1
	mkdir -p "$B"
	cp "$OP" "$B/op"
	printf '#!%s true\n' "$OP" >"$B/script"
	stopped EACCES memfd-exec "$OP" true
	for way in "hold-memfd 5 $OP" "hold-tmpfile 5 $OP $B"; do
		stopped EACCES seq $way -- exec /proc/self/fd/5 true
		stopped EACCES seq $way -- vexec /proc/self/fd/5 true
		stopped EACCES seq $way -- thread exec /proc/self/fd/5 true
		stopped EACCES seq $way -- fexec r /proc/self/fd/5 true
		stopped EACCES seq $way -- fexec p /proc/self/fd/5 true
	done
	stopped EACCES seq hold-memfd 5 "$B/script" -- exec /proc/self/fd/5
	# a program whose name is taken away
	gets free ok seq hold 5 p "$B/op" -- unlink "$B/op" -- exec /proc/self/fd/5 true
	cp "$OP" "$B/op"
	gets x1 EACCES seq hold 5 p "$B/op" -- unlink "$B/op" -- exec /proc/self/fd/5 true
	COUNT=$((COUNT + 1))
	recorded $COUNT event.action=exec event.reason=no-path -- "process.args=*"
	no_more
	cp "$OP" "$B/op"
	passes exec "$B/op" true
	passes seq hold 5 p "$B/op" -- exec /proc/self/fd/5 true
}

x2() {
	begin_row X2
	programs
	stopped EACCES fexec p "$B/no/op" true
	stopped EACCES fexec r "$B/no/op" true
	stopped EACCES seq hold 5 p "$B/no/op" -- exec /proc/self/fd/5 true
	stopped EACCES seq hold 5 p "$B/no/op" -- vexec /proc/thread-self/fd/5 true
	stopped EACCES seq hold 5 pd "$B/no" -- exec /proc/self/fd/5/op true
	stopped EACCES chdir "$B/no" exec ./op true
	stopped EACCES chdir "$B/no" exec op true
	stopped EACCES chdir "$B/no" fexec p op true
	stopped EACCES chroot "$B" exec /no/op true
	stopped EACCES exec "$B/ok/link" true
	stopped EACCES exec "/proc/self/root$B/no/op" true
	stopped EACCES into "$CGROUP" exec "$B/no/op" true
	by_rule $COUNT "$B/no/op" event.action=exec
	recorded $COUNT event.action=exec "process.args=true"
	no_more
	passes fexec p "$B/ok/op" true
	passes seq hold 5 p "$B/ok/op" -- exec /proc/self/fd/5 true
}

# programs: allowed and denied ones, in B
programs() {
	B=$D/$C
	mkdir -p "$B/no" "$B/ok"
	cp "$OP" "$B/no/op"
	cp "$OP" "$B/ok/op"
	ln -s ../no/op "$B/ok/link"
}

# script PATH INTERPRETER [ARGUMENT]
script() {
	printf '#!%s\n' "$2${3:+ $3}" >"$1"
	chmod +x "$1"
}

# A script and each interpreter in turn.
x4() {
	begin_row X4
	programs
	script "$B/ok/to-no" "$B/no/op" true
	script "$B/ok/to-no2" "$B/no/op"
	script "$B/no/to-ok" "$B/ok/op" true
	script "$B/ok/to-ok" "$B/ok/op" true
	script "$B/ok/chain-no" "$B/ok/to-no"
	script "$B/ok/chain-no-middle" "$B/no/to-ok"
	script "$B/ok/chain2-no" "$B/ok/chain-no" argument
	script "$B/ok/chain-ok" "$B/ok/to-ok"
	script "$B/ok/space" "  $B/no/op  " true
	script "$B/ok/link-no" "$B/ok/link" true
	script "$B/ok/proc-no" "/proc/self/root$B/no/op" true
	stopped EACCES exec "$B/ok/to-no"
	stopped EACCES exec "$B/ok/chain-no"
	stopped EACCES exec "$B/ok/chain2-no"
	stopped EACCES exec "$B/ok/space"
	stopped EACCES exec "$B/ok/link-no"
	stopped EACCES exec "$B/ok/proc-no"
	stopped EACCES fexec p "$B/ok/to-no"
	stopped EACCES exec "$B/no/to-ok"
	stopped EACCES exec "$B/ok/chain-no-middle"
	by_rule 2 "$B/no/to-ok" event.action=exec
	passes exec "$B/ok/to-ok"
	passes exec "$B/ok/chain-ok"
	binfmt
	by_rule $((COUNT - 2)) "$B/no/op" event.action=exec
	no_more
}

binfmt() {
	local dir=/proc/sys/fs/binfmt_misc
	modprobe binfmt_misc 2>/dev/null
	if ! mount -t binfmt_misc binfmt_misc $dir 2>/dev/null && [ ! -e $dir/register ]; then
		skip "binfmt_misc" "this kernel has none"
		return
	fi
	echo ":bailiff:M::BAILIFF::$B/no/op:" >$dir/register
	echo ":bailiffok:M::BAILIFO::$B/ok/op:" >$dir/register
	echo ":bailifff:M::BAILIFC::$B/no/op:F" >$dir/register
	printf 'BAILIFF' >"$B/ok/true-no"
	printf 'BAILIFO' >"$B/ok/true-ok"
	printf 'BAILIFC' >"$B/ok/true-fixed"
	chmod +x "$B/ok"/true-*
	# an unknown operation, but the program runs
	gets free "status 1" exec "$B/ok/true-no"
	gets x4 EACCES exec "$B/ok/true-no"
	gets free "status 1" exec "$B/ok/true-fixed"
	gets x4 EACCES exec "$B/ok/true-fixed"
	gets x4 "status 1" exec "$B/ok/true-ok"
	COUNT=$((COUNT + 2))
	umount $dir
}

# A denied program under an allowed name: the directory of what may be executed is not to be written.
x6() {
	begin_row X6
	programs
	mkdir "$B/other"
	ln -s /bin/busybox "$B/ok/cat"
	gets free ok seq rename "$B/no/op" "$B/ok/new" -- exec "$B/ok/new" true
	gets free ok rename "$B/ok/new" "$B/no/op"
	gets x6 EACCES rename "$B/no/op" "$B/ok/new"
	gets free ok seq hold-tmpfile 5 "$B/no/op" "$B/ok" -- link-fd 5 "$B/ok/copy" -- exec "$B/ok/copy" true
	gets x6 EACCES hold-tmpfile 5 "$B/no/op" "$B/ok"
	gets x6 EACCES seq hold-tmpfile 50 "$B/no/op" "$B/other" -- link-fd 50 "$B/ok/new"
	gets x6 EACCES open wc "$B/ok/new"
	gets x6 EACCES open w "$B/ok/op"
	gets x6 EACCES symlink "$B/no/op" "$B/ok/new"
	recorded 6 event.category=file
	# a link of another name is the program that it leads to
	gets free ok exec "$B/ok/cat" /dev/null
	gets x6 EACCES exec "$B/ok/cat" /dev/null
	recorded 1 event.action=exec process.args=/dev/null
	gets x6 EACCES exec "$B/no/op" true
	COUNT=8
	no_more
	# what would open the way is warned of
	bailiff check --quiet "$POLICIES/threats_exec.cfg" >"$W/out" 2>&1
	equal "check: nothing can be written and executed" 0 "$(grep -c "executed here" "$W/out")"
	grep -v '# x6-closed' "$POLICIES/threats_exec.cfg" >"$W/loose.cfg"
	bailiff check --quiet "$W/loose.cfg" >"$W/out" 2>&1
	says "check warns of what can be written and executed" "$W/out" "what is allowed to be executed here.* can be written"
}

# The allowed file is exchanged while it is executed.
x7() {
	begin_row X7
	programs
	ln -s no "$B/swap"
	ln -s ok "$B/swap2"
	script "$B/ok/script" "$OP" true
	script "$B/no/script" "$OP" fails
	gets free EBADE race-swap 1500 "$B/swap/script" "$B/swap" "$B/swap2" exec
	gets x7 ok race-swap 1500 "$B/swap/script" "$B/swap" "$B/swap2" exec
	recorded +1 "file.path=$B/no/script" event.action=exec -- "rule.name=$(rule_of x7)"
	recorded 0 "file.path=$B/ok/script"
	recorded 0 "file.path=$B/swap/script"
}

policy threats_exec <<END
policies = (
{ name = "x1"; process = { exec = { default = "allow"; deny = [ "/nowhere" ]; }; }; },
{ name = "x6"; process = { exec = { default = "deny"; allow = [ "$D/x6/ok/*", "$T/op" ]; }; };
  file = { default = "allow"; rules = (
    { action = "deny"; access = "wacdl"; path = [ "$D/x6/ok/**", "$T/**" ]; }, # x6-closed
    { action = "deny"; access = "r"; path = "$D/x6/nothing"; } ); }; },
$(for p in x2 x4 x7; do
	echo "{ name = \"$p\"; process = { exec = { default = \"allow\"; deny = ["
	echo "\"$D/$p/no/**\" # $p"
	echo ']; }; }; },'
done)
{ name = "last"; network = { default = "allow"; }; }
);
END

agent_start
server free
rows x1 x2 x4 x6 x7

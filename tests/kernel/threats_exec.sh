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

policy threats_exec <<END
policies = (
{ name = "x1"; process = { exec = { default = "allow"; deny = [ "/nowhere" ]; }; }; },
$(for p in x2 x4; do
	echo "{ name = \"$p\"; process = { exec = { default = \"allow\"; deny = ["
	echo "\"$D/$p/no/**\" # $p"
	echo ']; }; }; },'
done)
{ name = "last"; network = { default = "allow"; }; }
);
END

agent_start
server free
rows x1 x2 x4

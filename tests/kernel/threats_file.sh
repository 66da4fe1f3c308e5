# SPDX-License-Identifier: GPL-2.0-or-later
# Ways round rules on files and programs that open nothing by name, or nothing at all: handles,
# descriptors of others, attributes, mappings.
# shellcheck shell=dash disable=SC2015,SC2086,SC2119
. "$T/lib.sh"
. "$T/threats.sh"

LOADER=/lib64/ld-linux-x86-64.so.2
LD=/tmp/x3-no-ld.so # no longer than LOADER

p11() {
	tree P11
	mkdir "$B/no/dir"
	stopped EACCES handle r "$NO"
	stopped EACCES handle w "$NO"
	stopped EACCES handle rw "$NO"
	stopped EACCES thread handle r "$NO"
	stopped EACCES chroot / handle r "$NO"
	by_rule $COUNT "$NO"
	stopped EACCES handle rd "$B/no/dir"
	by_rule 1 "$B/no/dir"
	no_more
	passes handle rw "$YES"
}

# What was opened before is read and written on, also by a child and after a reload; everything else
# that is done with it is judged.
p12() {
	local who file
	row P12
	C=p12 COUNT=0
	B=$D/p12 NO=$D/p12/no/file YES=$D/p12/ok/file
	mkdir -p "$B/no" "$B/ok"
	for file in "$NO" "$YES" "$B/no/program"; do cp "$OP" "$file"; done
	for who in free p12; do
		[ $who = free ] || server $who
		gets $who ok hold 5 r "$NO"
		gets $who ok hold 6 a "$NO"
		gets $who ok hold 7 pd "$B/no"
		gets $who ok hold 8 r "$YES"
		gets $who ok hold 9 p "$B/no/program"
	done
	container p12 p12
	passes read 5
	passes child read 5
	passes write 6
	reload
	passes read 5
	stopped EACCES reopen 5 r
	stopped EACCES child reopen 5 r
	stopped EACCES open r "$NO"
	stopped EACCES open r /proc/self/fd/7/file
	stopped EACCES map-fd 5 rx
	stopped EACCES fchmod 5
	stopped EACCES ftruncate 6
	by_rule $COUNT "$NO"
	stopped EACCES exec /proc/self/fd/9 true
	by_rule 1 "$B/no/program"
	no_more
	passes reopen 8 r
	passes map-fd 8 rx
}

# give ROW FLAGS FILE: to a task that asks
give() {
	rm -f "$W/gift"
	"$OP" give "$W/gift" "$2" "$3" >/dev/null &
	soon test -S "$W/gift" || not_ok "$1: a descriptor is offered"
}

p13() {
	local name flags
	tree P13
	for flags in r rw w; do
		give free $flags "$NO"
		gets free ok take 5 "$W/gift"
		give p13 $flags "$NO"
		gets p13 ENOMSG take 5 "$W/gift"
		COUNT=$((COUNT + 1))
		give p13 $flags "$YES"
		gets p13 ok take 5 "$W/gift"
	done
	# taken out of another process
	server free/holder
	gets free/holder ok hold 5 r "$NO"
	gets free/holder ok hold 6 r "$YES"
	stopped EACCES getfd "$(pid_of free/holder)" 5
	passes getfd "$(pid_of free/holder)" 6
	by_rule $COUNT "$NO" event.action=receive
	# one that was opened as O_PATH is good for nothing
	give p13 p "$NO"
	gets p13 ok take 5 "$W/gift"
	gets p13 EACCES reopen 5 r
	COUNT=$((COUNT + 1))
	no_more
}

p14() {
	local how
	tree P14
	: >"$B/ok/other"
	for how in sendfile splice range mmap; do
		stopped EACCES copy $how "$NO" "$YES"
		stopped EACCES copy $how "$YES" "$NO"
		passes copy $how "$YES" "$B/ok/other"
	done
	by_rule $COUNT "$NO" event.action=open
	no_more
}

p15() {
	tree P15
	server p15-before
	gets p15-before ok hold 5 w "$NO"
	gets p15-before ok hold 6 w "$YES"
	container p15-before p15
	gets p15-before EACCES ftruncate 5
	gets p15-before ok ftruncate 6
	expect "ftruncate" 1 "@p15-before" "event.category=file" -- "event.action=truncate" "file.path=$NO" \
		"rule.name=$(rule_of p15)" "bailiff.verdict=denied"
	stopped EACCES truncate "$NO"
	stopped EACCES seq hold 5 a "$NO" -- ftruncate 5
	stopped EACCES open rt "$NO"
	stopped EACCES open wt "$NO"
	by_rule $COUNT "$NO"
	recorded 1 event.action=truncate
	no_more
	passes truncate "$YES"
}

p16() {
	local how
	tree P16
	ln -s ../no/file "$B/ok/link"
	echo data >"$B/ok/white"
	for how in chmod chown utimes touch setxattr removexattr "ring-setxattr inline" "ring-setxattr async" acl; do
		stopped EACCES $how "$NO"
		passes $how "$YES"
	done
	"$OP" fchmodat2 "$YES" | grep -q ENOSYS || stopped EACCES fchmodat2 "$NO"
	stopped EACCES chmod "$B/ok/link"
	stopped EACCES utimes "$B/ok/link"
	stopped EACCES seq hold 5 p "$NO" -- chmod /proc/self/fd/5
	stopped EACCES seq hold 5 p "$NO" -- utimes /proc/self/fd/5
	stopped EACCES seq hold 5 r "$NO" -- fchmod 5
	stopped EACCES seq hold 5 r "$NO" -- futimes 5
	stopped EACCES seq hold 5 r "$NO" -- fsetxattr 5
	stopped EACCES chroot "$B" chmod /no/file
	stopped EACCES chroot "$B/no" utimes /file
	stopped EACCES chdir "$B/no" setxattr file
	stopped EACCES unshare utimes "$NO"
	stopped EACCES userns touch "$NO"
	by_rule $COUNT "$NO" bailiff.access=s
	stopped EACCES seq mkfifo "$B/no/new" -- unlink "$B/no/new"
	stopped EACCES seq mknod "$B/no/new" -- unlink "$B/no/new"
	stopped EACCES seq symlink x "$B/no/new" -- unlink "$B/no/new"
	by_rule 3 "$B/no/new"
	stopped EACCES tmpfile "$B/no"
	recorded 1 event.action=open bailiff.access=rwc
	stopped EACCES seq hold-tmpfile 5 "$OP" "$B/ok" -- link-fd 5 "$B/no/new" -- unlink "$B/no/new"
	recorded 1 event.action=link "bailiff.new_path=$B/no/new" -- "rule.name=$(rule_of p16)"
	no_more
	# what is left where a file may not be made
	confined p16-default p16-default
	both p16-default EACCES seq whiteout "$B/ok/white" "$B/new/white" -- unlink "$B/ok/white" -- rename "$B/new/white" "$B/ok/white"
	gets p16-default ok rename "$B/ok/white" "$B/new/white"
	expect "a whiteout" 1 @p16-default event.action=rename -- "file.path=$B/ok/white" rule.name=default
	passes lutimes "$B/ok/link"
	passes seq hold-tmpfile 5 "$OP" "$B/ok" -- link-fd 5 "$B/new/new" -- unlink "$B/new/new"
}

p19() {
	local name
	tree P19
	for name in nofoo No NO n noo .no "no "; do
		mkdir -p "$B/$name"
		echo public >"$B/$name/file"
	done
	mkdir "$B/dir"
	echo public >"$B/dir/file"
	: >"$B/exact"
	: >"$B/exact2"
	: >"$B/exac"
	stopped EACCES open r "$NO"
	by_rule 1 "$NO"
	for name in nofoo No NO n noo .no "no "; do passes open r "$B/$name/file"; done
	# a rule without its trailing part is about the directory itself
	passes open rd "$B/no"
	stopped EACCES open rd "$B/dir"
	stopped EACCES open r "$B/exact"
	passes open r "$B/dir/file"
	passes open r "$B/exact2"
	passes open r "$B/exac"
	no_more
}

# A program that is mapped and not executed.
x3() {
	local way
	begin_row X3
	B=$D/x3
	mkdir -p "$B/no" "$B/ok"
	cp /usr/bin/bailiff "$B/no/program"
	cp /usr/bin/bailiff "$B/ok/program"
	cp "$(find /lib/ /usr/lib/ -name 'libjson-c.so.*' | head -n 1)" "$B/no/library.so"
	cp $LOADER $LD
	cp /usr/bin/bailiff "$B/ok/patched"
	gets free ok patch "$B/ok/patched" $LOADER $LD
	passes exec "$B/ok/program" --version
	passes exec $LOADER "$B/ok/program" --version
	gets free ok exec $LOADER "$B/no/program" --version
	gets x3 "status 127" exec $LOADER "$B/no/program" --version
	gets free ok seq hold 5 p "$B/no/program" -- exec $LOADER /proc/self/fd/5 --version
	gets x3 "status 127" seq hold 5 p "$B/no/program" -- exec $LOADER /proc/self/fd/5 --version
	COUNT=2
	for way in "map r $B/no/program rx" "map r $B/no/program rxs" "map r $B/no/program r x" "map r $B/no/program rwd x"; do
		stopped EACCES $way
	done
	stopped EACCES seq hold 5 r "$B/no/program" -- map-implied 5
	by_rule $COUNT "$B/no/program" bailiff.access=m
	# the loader goes on without
	passes exec /bin/env "LD_PRELOAD=$B/no/library.so" "$B/ok/program" --version
	COUNT=$((COUNT + 1))
	by_rule 1 "$B/no/library.so" event.action=mmap
	# as the interpreter of another
	gets free ok exec "$B/ok/patched" --version
	gets x3 SIGSEGV exec "$B/ok/patched" --version
	COUNT=$((COUNT + 1))
	by_rule 1 $LD event.action=mmap
	# what had a name
	cp "$B/ok/program" "$B/ok/gone"
	gets x3 EACCES seq hold 5 r "$B/ok/gone" -- unlink "$B/ok/gone" -- map-fd 5 rx
	COUNT=$((COUNT + 1))
	recorded 1 event.reason=no-path
	no_more
	libraries
	rm $LD
}

# Under rules on files a program needs m for its loader and its libraries, and not for itself.
libraries() {
	confined x3-m x3-m
	confined x3-r x3-r
	gets x3-m ok exec "$B/ok/program" --version
	gets x3-m EACCES map r "$B/ok/program" rx
	gets x3-m EACCES map-memfd rx
	gets x3-m EACCES map-memfd rs x
	gets x3-m ok map-none rx
	gets x3-m ok shm-exec
	expect "x3-m" 3 "@x3-m" "bailiff.verdict=denied" -- "bailiff.access=m"
	expect "x3-m: a memfd has no name" 2 "@x3-m" "event.reason=no-path"
	gets x3-r SIGSEGV exec "$B/ok/program" --version
	expect "x3-r" 1 "@x3-r" "bailiff.verdict=denied" -- "event.action=mmap" "rule.name=default"
}

# wx WAY...: memory that was written and is executed
wx_ways() {
	cat <<-END
		map-none rwx
		map-none rx
		map-none rw x
		map-none rwd x
		map-none rw rwx
		map-none rs x
		map-none rwsx
		map-memfd rx
		map-memfd rwsx
		map-memfd rws x
		map-memfd r x
		map-none-implied
		shm-exec
		map r $YES rwx
		map rw $YES rwsx
		map rw $YES rws x
		map rw $YES rs x
		map r $YES rwd x
		map r $YES rx rwx
		child seq hold 6 w $YES -- map r $YES rx
		child seq hold 6 w $YES -- map r $YES r x
		mem-write rw
		mem-write w
		thread mem-write rw
		child mem-write rw
	END
}

x5() {
	local way
	tree X5
	wx_ways >"$W/ways"
	confined x5-dry x5-dry
	confined x5-kill x5-kill
	while read -r way; do
		stopped EPERM $way
		gets x5-dry ok $way
		case $way in child*) ;; *) gets x5-kill SIGKILL child $way ;; esac
	done <"$W/ways"
	recorded $COUNT event.action=wx_memory -- "rule.name=$(rule_of x5)"
	no_more
	expect "dry run: the same" $COUNT "@x5-dry" "event.action=wx_memory" -- "bailiff.verdict=would-deny"
	expect "killed" $((COUNT - 3)) "@x5-kill" "event.action=wx_memory" -- "bailiff.verdict=killed"
	passes map r "$YES" rx
	passes map r "$YES" rxs
	passes map r "$YES" r x
	passes map r "$YES" rw
	passes map-none rws
	passes exec /usr/bin/bailiff --version
	passes open r /proc/self/mem
}

policy threats_file <<END
policies = (
$(for p in p11 p13 p14; do
	echo "{ name = \"$p\"; file = { default = \"allow\"; rules = ("
	echo "{ action = \"deny\"; access = \"rwa\"; path = \"$D/$p/no/**\"; } # $p"
	echo '); }; },'
done)
{ name = "p12"; file = { default = "allow"; rules = (
  { action = "deny"; access = "rwxms"; path = "$D/p12/no/**"; } # p12
); }; },
{ name = "p15"; process = { exec = { default = "allow"; }; }; file = { default = "deny"; rules = (
  { action = "allow"; access = "r"; path = [ "/**" ]; },
  { action = "allow"; access = "rwi"; path = [ "$D/p15/ok/**" ]; },
  { action = "deny"; access = "w"; path = [ "$D/p15/no/**" ]; } # p15
); }; },
{ name = "p16"; file = { default = "allow"; rules = (
  { action = "deny"; access = "sc"; path = "$D/p16/no/**"; } # p16
); }; },
{ name = "p16-default"; file = { default = "deny"; rules = (
  { action = "allow"; access = "rxmd"; path = "/**"; }, { action = "allow"; access = "c"; path = "$D/p16/new/**"; } ); }; },
{ name = "p19"; file = { default = "allow"; rules = (
  { action = "deny"; access = "r"; path = "$D/p19/no/**"; }, # p19
  { action = "deny"; access = "r"; path = [ "$D/p19/dir", "$D/p19/exact" ]; }
); }; },
{ name = "x3"; process = { exec = { default = "allow"; deny = [
  "$D/x3/no/**", "$LD" # x3
]; }; }; },
{ name = "x3-m"; process = { exec = { default = "deny"; allow = [ "$D/x3/ok/*", "$T/op" ]; }; }; file = { default = "deny"; rules = (
  { action = "allow"; access = "r"; path = "/**"; },
  { action = "allow"; access = "m"; path = "/usr/lib{,64}/**"; } ); }; },
{ name = "x3-r"; process = { exec = { default = "deny"; allow = [ "$D/x3/ok/*", "$T/op" ]; }; }; file = { default = "deny"; rules = (
  { action = "allow"; access = "r"; path = "/**"; } ); }; },
{ name = "x5"; process = { deny = [
  "wx_memory" # x5
]; }; },
{ name = "x5-dry"; extends = [ "x5" ]; mode = "audit"; },
{ name = "x5-kill"; process = { kill = [ "wx_memory" ]; }; }
);
END

agent_start
server free
rows p11 p12 p13 p14 p15 p16 p19 x3 x5

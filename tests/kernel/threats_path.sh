# SPDX-License-Identifier: GPL-2.0-or-later
# Ways round a rule on files: other arguments, other names, other roots.
# shellcheck shell=dash disable=SC2015,SC2086,SC2119
. "$T/lib.sh"
. "$T/threats.sh"

# race OP...: reaches the secret unconfined, and never when confined
race() {
	gets free EBADE "$@"
	gets "$C" ok "$@"
}

p1() {
	tree P1
	race race-path 400 "$YES" "$NO"
	recorded +1 "file.path=$NO" -- "rule.name=$(rule_of p1)" event.action=open
	recorded 0 "file.path=$YES"
	passes open r "$YES"
}

p3() {
	tree P3
	ln -s no "$B/swap"
	ln -s ok "$B/swap2"
	race race-swap 300 "$B/swap/file" "$B/swap" "$B/swap2"
	race race-swap 200 "$B/swap/../swap/file" "$B/swap" "$B/swap2"
	recorded +1 "file.path=$NO" -- "rule.name=$(rule_of p3)"
	recorded 0 "file.path=$YES"
	recorded 0 "file.path=$B/swap/file"
	ln -s "$NO" "$B/last"
	ln -s "$YES" "$B/last2"
	race race-swap 200 "$B/last" "$B/last" "$B/last2"
	ln -s last3 "$B/last4"
	ln -s /proc/self/root$NO "$B/last3"
	gets free ok open r "$B/last4"
	gets p3 EACCES open r "$B/last4"
	gets p3 ok open r "$B/ok/../ok/file"
}

# After the policy; older ones are in the scenario "identity".
p4() {
	tree P4
	stopped EACCES seq link "$NO" "$B/new/hard" -- unlink "$B/new/hard"
	stopped EACCES chdir "$B/no" seq link file ../new/hard -- unlink ../new/hard
	stopped EACCES seq ring-names async link "$NO" "$B/new/hard" -- unlink "$B/new/hard"
	stopped EACCES seq hold 5 p "$NO" -- link-fd 5 "$B/new/hard" -- unlink "$B/new/hard"
	stopped EACCES chroot "$B" seq link /no/file /new/hard -- unlink /new/hard
	by_rule $COUNT "$NO" event.action=link
	passes seq link "$YES" "$B/ok/hard" -- unlink "$B/ok/hard"
	gets free ok link "$NO" "$B/new/late"
	stopped EACCES open r "$NO"
	no_more
}

p5() {
	tree P5
	mkdir -p "$B/no/sub/sub"
	echo secret >"$B/no/sub/sub/file"
	stopped EACCES seq rename "$B/no" "$B/yes" -- rename "$B/yes" "$B/no"
	stopped EACCES seq rename "$B/no/sub" "$B/sub" -- rename "$B/sub" "$B/no/sub"
	stopped EACCES seq rename "$B/no/sub/sub/file" "$B/f" -- rename "$B/f" "$B/no/sub/sub/file"
	stopped EACCES seq exchange "$B/new" "$B/no" -- exchange "$B/new" "$B/no"
	stopped EACCES seq exchange "$B/no" "$B/new" -- exchange "$B/no" "$B/new"
	stopped EACCES seq exchange "$YES" "$NO" -- exchange "$YES" "$NO"
	stopped EACCES seq ring-names inline rename "$B" "$D/p5b" -- rename "$D/p5b" "$B"
	stopped EACCES chdir "$B/no/sub" seq rename ../../no ../../yes -- rename "$B/yes" "$B/no"
	stopped EACCES seq rename "/proc/self/root$B/no" "$B/yes" -- rename "$B/yes" "$B/no"
	recorded $COUNT event.action=rename
	recorded 4 event.reason=denied-below event.action=rename "file.path=$B/no"
	stopped EACCES open r "$NO"
	no_more
	passes seq rename "$B/new" "$B/new2" -- rename "$B/new2" "$B/new"
	passes seq exchange "$B/new" "$B/ok" -- exchange "$B/new" "$B/ok"
}

p6() {
	local way
	tree P6
	mkdir "$B/over"
	echo secret >"$B/over/file"
	mount -t tmpfs hidden "$B/over" && mount -t tmpfs moved "$B/no" && echo secret >"$NO" || not_ok "mounts"
	for way in unshare userns; do
		stopped EACCES $way seq mount rbind "$B/no" "$B/new" -- open r "$B/new/file"
		stopped EACCES $way seq move-tree "$B/no" "$B/new" -- open r "$B/new/file"
		stopped EACCES $way seq mount rbind "$B" "$B/new" -- open r "$B/new/no/file"
	done
	stopped EACCES unshare seq mount bind "$NO" "$YES" -- contains "$YES" secret
	stopped EACCES unshare seq mount bind "$B/no" "$B/new" -- open r "$B/new/file"
	stopped EACCES unshare seq mount move "$B/no" "$B/new" -- open r "$B/new/file"
	stopped EACCES unshare seq move-new tmpfs "$B/new" -- create "$B/new/x"
	recorded 6 event.action=mount "file.path=$B/new" -- event.reason=topology
	recorded 1 event.action=mount "file.path=$YES" -- event.reason=topology
	recorded 3 event.action=move_mount "file.path=$B/new" -- event.reason=topology
	stopped EACCES unshare seq umount "$B/over" -- contains "$B/over/file" secret
	recorded 1 event.action=umount "file.path=$B/over" -- event.reason=topology
	stopped EACCES unshare mount remount none "$B/over"
	for way in unshare userns; do
		stopped EACCES $way tree "$B/no" r file
		stopped EACCES $way tree "$B" r no/file
	done
	stopped EACCES unshare fsmount tmpfs rwc file
	recorded 5 event.reason=no-path
	stopped EACCES userns open r "$NO"
	no_more
	passes unshare mount private none /
	passes unshare open r "$YES"
	passes userns open r "$YES"
	umount "$B/over" "$B/no"
}

p7() {
	tree P7
	mkdir "$B/root"
	mount --bind "$B" "$B/root"
	stopped EACCES chroot "$B" open r /no/file
	stopped EACCES chroot "$B/no" open r /file
	stopped EACCES chroot "$B/no" open r file
	stopped EACCES chdir "$B/no" child seq root /proc -- open r file
	stopped EACCES chdir "$B/ok" child seq root "$B/new" -- open r ../no/file
	stopped EACCES chdir "$B/ok" child seq root "$B/new" -- root ../no -- open r /file
	stopped EACCES userns seq root "$B" -- cd / -- open r no/file
	by_rule 7 "$NO"
	stopped EACCES unshare seq pivot "$B/root" -- open r /no/file
	recorded 1 event.action=pivot_root "file.path=$B/root" -- event.reason=topology
	no_more
	passes chroot "$B" open r /ok/file
	umount "$B/root"
}

p8() {
	local way me other
	tree P8
	me=$(pid_of p8) other=$(pid_of free)
	for way in self thread-self self/task/$me $me; do
		gets p8 ok open r "/proc/$way/root$YES"
		gets p8 EACCES open r "/proc/$way/root$NO"
		gets p8 EACCES chdir "$B/no" open r /proc/self/cwd/file
		COUNT=$((COUNT + 2))
	done
	stopped EACCES open r "/proc/self/root$NO"
	stopped EACCES open r "/proc/thread-self/root$NO"
	stopped EACCES open r "/proc/self/task/../root$NO"
	stopped EACCES open r "/proc/$other/root$NO"
	stopped EACCES open r "/proc/1/root$NO"
	stopped EACCES open r "/proc/$other/task/$other/root$NO"
	stopped EACCES open r "/proc/self/root/proc/self/root$NO"
	stopped EACCES chdir "$B/no" open r /proc/thread-self/cwd/file
	stopped EACCES thread open r "/proc/thread-self/root$NO"
	stopped EACCES chdir "$B/ok" open r /proc/self/cwd/../no/file
	stopped EACCES seq hold 5 pd "$B/no" -- open r /proc/self/fd/5/file
	stopped EACCES seq hold 5 pd "$B/ok" -- open r /proc/self/fd/5/../no/file
	by_rule $COUNT "$NO"
	no_more
	passes open r "/proc/$other/root$YES"
	passes chdir "$B/ok" open r /proc/self/cwd/file
}

p9() {
	local write="$D/p9/ro/file"
	tree P9
	mkdir "$B/ro"
	echo public >"$write"
	for name in free p9; do
		gets $name ok hold 5 p "$NO"
		gets $name ok hold 6 r "$write"
		gets $name ok hold 7 p "$YES"
	done
	stopped EACCES reopen 5 r
	stopped EACCES open r /proc/thread-self/fd/5
	stopped EACCES child reopen 5 r
	stopped EACCES thread open r "/proc/$(pid_of free)/task/../fd/5"
	stopped EACCES ring-open async r /proc/self/fd/5
	by_rule $COUNT "$NO"
	stopped EACCES reopen 6 rw
	stopped EACCES reopen 6 w
	stopped EACCES reopen 6 a
	stopped EACCES reopen 6 rt
	stopped EACCES truncate /proc/self/fd/6
	recorded 4 event.action=open "file.path=$write"
	recorded 1 event.action=truncate "file.path=$write"
	no_more
	passes reopen 7 rw
	passes reopen 6 r
}

p10() {
	local way
	tree P10
	mkdir "$B/no/dir"
	for way in "resolve m $B r no/file" "resolve s $B r no/file" "resolve b $B r no/file" "resolve r $B r no/file" \
		"resolve r $B r /no/file" "resolve x $B r no/file" "resolve c $B r no/file" "resolve msbx $B r no/file" \
		"resolve r $B r ok/../no/file" "resolve r $B/no r ../../../file" "openat $B r no/file" "openat $B/ok r ../no/file" \
		"openat $B/ok r ..//no//.//file" "open r $B/ok/..//no/./file" "ring-openat2 async r $B/ok/../no/file"; do
		stopped EACCES $way
	done
	by_rule $COUNT "$NO"
	stopped EACCES open rd "$B/no/dir/"
	stopped EACCES open rd "$B/no/dir/."
	stopped EACCES open rd "$B/no/dir///"
	by_rule 3 "$B/no/dir"
	no_more
	for way in m s b r x; do
		passes resolve $way "$B" r ok/file
	done
}

policy threats_path <<END
policies = (
$(for p in p1 p3 p4 p5 p6 p7 p8 p10; do
	echo "{ name = \"$p\"; file = { default = \"allow\"; rules = ("
	echo "{ action = \"deny\"; access = \"r\"; path = \"$D/$p/no/**\"; } # $p"
	echo '); }; },'
done)
{ name = "p9"; file = { default = "allow"; rules = (
  { action = "deny"; access = "r"; path = "$D/p9/no/**"; }, # p9
  { action = "deny"; access = "w"; path = "$D/p9/ro/**"; }
); }; }
);
END

agent_start
server free
rows p1 p3 p4 p5 p6 p7 p8 p9 p10

# SPDX-License-Identifier: GPL-2.0-or-later
# How long bailiff-hook holds up the start of a container, from its fork to its end, on this machine itself.
# shellcheck shell=dash disable=SC2119
FILES=
FRESH=yes
. "$T/lib.sh"
STARTS=200
HOOK=$(command -v bailiff-hook)
[ -x "$HOOK" ] || not_ok "the hook is there" "no bailiff-hook in $PATH"

policy timed <<-'END'
	policies = ( { name = "timed"; select = { name = "*-timed*"; }; network = { default = "allow"; }; } );
END
# This machine does other things meanwhile, guests above all.
renice -n -10 -p $$ >/dev/null 2>&1
agent_start_or_skip --allow-missing=exec,file,network,process
mkdir "$W/bundle"
echo "{ \"root\": { \"path\": \"$W\" } }" >"$W/bundle/config.json"
for i in $(seq "$STARTS"); do
	box=$CGROUP/${PREFIX}timed$i
	mkdir "$box"
	sleep 100 &
	echo $! >"$box/cgroup.procs"
	echo "{ \"ociVersion\": \"1.0\", \"id\": \"c-timed$i\", \"pid\": $!, \"bundle\": \"$W/bundle\" }" >"$W/state"
	"$T/timed" "$W/took" "$HOOK" bailiff-hook --control-socket "$SOCKET" createRuntime <"$W/state" >"$W/said" 2>&1 ||
		not_ok "the hook binds c-timed$i" "$(cat "$W/said")"
done
equal "all are bound" $STARTS "$(bailiff_at status | grep -c '^  c-timed')"
sort -n "$W/took" >"$W/sorted"
nth() {
	sed -n "$1p" "$W/sorted"
}
echo "# the hook: median $(nth $((STARTS / 2))) us, at most $(nth $STARTS) us"
# One of ten starts at least is let alone by what else the machine does.
if [ "$(nth $((STARTS / 10)))" -lt 5000 ]; then
	ok "the hook adds less than 5 ms to a start"
else
	not_ok "the hook adds less than 5 ms to a start" "$(nth $((STARTS / 10))) us"
fi
for box in "$CGROUP/${PREFIX}timed"*; do echo 1 >"$box/cgroup.kill"; done
all_gone() {
	rmdir "$CGROUP/${PREFIX}timed"* 2>/dev/null
	! ls -d "$CGROUP/${PREFIX}timed"* >/dev/null 2>&1
}
check "all end" soon all_gone

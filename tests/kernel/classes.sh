# SPDX-License-Identifier: GPL-2.0-or-later
# Every operation under every kind of rule: allowed, denied, dry run, killed, quiet, off, by
# default; and by a neighbour who is not confined.
# shellcheck shell=dash disable=SC2119
. "$T/lib.sh"
. "$T/matrix.sh"

# A descriptor from before the confinement: its use is not judged, but for truncation.
descriptors() {
	local rule verdict
	eval "rule=\$line_deny_ftruncate"
	for verdict in denied would-deny; do
		echo data >"$D/deny/ftruncate"
		container "fd-$verdict" "$([ $verdict = denied ] && echo deny || echo dry)" --start
		server "fd-$verdict" 3<>"$D/deny/ftruncate"
		gets "fd-$verdict" ok read 3
		gets "fd-$verdict" ok write 3
		gets "fd-$verdict" "$([ $verdict = denied ] && echo EACCES || echo ok)" ftruncate 3
		expect "fd-$verdict ftruncate: 1 record" 1 "@fd-$verdict" -- "event.action=truncate" "rule.name=classes.cfg:$rule" \
			"file.path=$D/deny/ftruncate" "bailiff.verdict=$verdict"
	done
}

# At the same time, on the same object.
together() {
	"$OP" ask "$W/free.in" "$W/free.out" repeat 3000 open r "$D/quiet/open_r" >"$W/neighbour" &
	ask quiet repeat 3000 open r "$D/quiet/open_r"
	wait $!
	equal "3000 times denied" EACCES "$ANSWER"
	equal "3000 times allowed for a neighbour" ok "$(sed 's/.*: //' "$W/neighbour")"
}

write_policies >"$POLICIES/classes.cfg"
agent_start
listeners
server free
prepare "$D/free"
variant allow allow allow allowed
variant deny deny deny denied
prepare "$D/deny"
rm -rf "$D/deny" && variant dry dry deny would-deny
variant kill kill kill killed
variant quiet quiet quiet quiet
rm -rf "$D/deny" && variant off off deny none
variant nothing nothing nothing denied
variant anything anything anything none
descriptors
together
expect "free: no record" 0 "bailiff.cgroup=/${PREFIX}free"
judge
kill $LISTENER

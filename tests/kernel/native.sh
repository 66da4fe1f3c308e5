# SPDX-License-Identifier: GPL-2.0-or-later
# What works on a kernel that loads no BPF LSM programs: addresses, and who is confined.
# shellcheck shell=dash disable=SC2086,SC2155
FILES=
FRESH=yes
. "$T/lib.sh"
. "$T/matrix.sh"

# What can't be kept is not promised, unless it is allowed: then what is left of a kill is the denial.
kill_refused() {
	local status=0
	policy kill <<-'END'
		policies = ( { name = "kill"; network = { default = "allow"; rules = (
		  { action = "kill"; op = "connect"; to = "127.0.0.2"; } ); }; } );
	END
	timeout 20 bailiffd --policies "$POLICIES" --no-syslog --log-file "$LOG" --control-socket "$SOCKET" --pin-dir "$PINS" \
		--allow-missing=exec,file,process </dev/null >"$W/out" 2>&1 || status=$?
	equal "network rules are refused without LSM" 3 $status
	[ ! -e "$PINS" ] || not_ok "a start that failed leaves nothing" "$(find "$PINS")"
}

kill_denies() {
	confined kill kill
	gets free ok connect udp 127.0.0.2 9
	gets kill EPERM connect udp 127.0.0.2 9
}

inheritance() {
	local word="connect udp 127.0.0.1 $(port connect_udp4)" way
	server deny/sub
	for way in "child" "thread" "child thread" "into $CGROUP" "unshare"; do
		gets deny EPERM $way $word
	done
	gets deny/sub EPERM $word
	gets deny ok join "$CGROUP"
	gets deny EPERM $word
	gets deny "status 1" exec "$OP" $word
	gets deny ok join "$CGROUP/${PREFIX}deny"
	gets free "status 1" into "$CGROUP/${PREFIX}deny/sub" exec "$OP" $word
	server busy
	gets busy ok $word
	container busy deny
	gets busy EPERM $word
	bailiff_at unbind "/${PREFIX}busy" || not_ok "unbind"
	gets busy ok $word
}

life() {
	local word="connect udp 127.0.0.1 $(port connect_udp4)"
	agent_end KILL
	gets deny EPERM $word
	gets deny EPERM child $word
	agent_launch --allow-missing=exec,file,network,process
	soon agent_answers
	gets deny EPERM $word
	sed -i 's/name = "deny"; *$/name = "deny"; mode = "off";/' "$POLICIES/classes.cfg"
	kill -HUP "$AGENT"
	soon reads_ok $word
	gets deny ok $word
	expect "what happened without an agent is recorded" +3 @deny event.action=connect
}

reads_ok() {
	ask deny "$@"
	[ "$ANSWER" = ok ]
}

write_policies >"$POLICIES/classes.cfg"
kill_refused
agent_start_or_skip --allow-missing=exec,file,network,process # a policy that does not need them
listeners
server free
variant allow allow allow allowed
variant deny deny deny denied
variant dry dry deny would-deny
variant quiet quiet quiet quiet
variant off off deny none
variant nothing nothing nothing denied
variant anything anything anything none
expect "free: no record" 0 "bailiff.cgroup=/${PREFIX}free"
judge
kill_denies
inheritance
life
judge
kill "$LISTENER"

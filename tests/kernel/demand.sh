# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by agent.sh: programs that are loaded when a policy first needs them.
# shellcheck shell=dash disable=SC2154

# grown [RULE [SECTION]]: the policy "grown" has these beside its own
grown() {
	policy grown <<-END
		policies = ( { name = "grown"; file = { default = "allow"; rules = (
		  { action = "deny"; access = "r"; path = "$FILE"; }
		  ${1:-}
		); };
		${2:-}
		} );
	END
}

links() {
	find "$PINS/links" -name "${1:-*}" -type f | sort
}

# denied_all [N]: what the policy came to deny, to a container that was there before. With N: also who
# may connect to a socket that listened before, from addresses that end so.
denied_all() {
	gets grown EPERM cap-chown "$OTHER" 1
	gets grown EPERM child signal 1 0
	gets grown EACCES open r "$FILE"
	gets a EACCES open r "$FILE"
	[ $# = 0 ] && return
	gets free ETIMEDOUT dial "127.0.2.$1" 127.0.0.1 6301
	gets free ok dial "127.0.1.$1" 127.0.0.1 6301
}

restart() {
	agent_end "$1"
	shift
	agent_start --config "$W/settings.cfg" "$@"
}

later() {
	local more loaded sysctl=/proc/sys/net/core/somaxconn
	grown
	reload
	confined grown grown
	gets grown ok hold-listen 0 tcp 127.0.0.1 6301
	gets grown ok hold 5 r "$OTHER"
	gets grown ok cap-chown "$OTHER" 1
	gets grown ok child signal 1 0
	gets free ok dial 127.0.2.1 127.0.0.1 6301
	equal "nothing is loaded that no policy needs" "" "$(links 'capability-*')$(links '*accept*')$(links 'sysctl-*')"
	more='process = { deny = "signal_outside"; capabilities = { default = "allow"; deny = "chown"; }; };
		network = { default = "allow"; rules = ( { action = "deny"; op = "accept"; from = "127.0.2.0/24"; } ); };'
	grown "" "$more"
	: >"$LOG"
	status "a reload that needs programs" 0 bailiff_at reload
	denied_all 2
	expect "they record in the same log" 1 @grown event.action=capability -- bailiff.verdict=denied bailiff.capability=chown
	expect "with the rule" 1 @grown event.action=accept -- source.ip=127.0.2.2 "rule.ruleset=grown"
	judge
	loaded=$(links)
	agent_end KILL
	denied_all 3
	agent_start --config "$W/settings.cfg"
	denied_all 4
	equal "the agent that comes back loads nothing twice" "$loaded" "$(links)"
	gets grown ok get $sysctl
	grown "" "$more sysctl = { read = { default = \"deny\"; }; };"
	status "a reload that needs more, of those that were adopted" 0 bailiff_at reload
	gets grown EPERM get $sysctl
	denied_all
	lacks "$more"
	other_build "$more"
	end_container grown
	rm "$POLICIES/grown.cfg"
	reload
}

# A kernel that lacks a hook: as far as the agent can see, all that are not there yet.
lacks() {
	local loaded
	loaded=$(links)
	sed 's/,bpf$//; s/bpf,//' /sys/kernel/security/lsm >"$W/lsm"
	mount --bind "$W/lsm" /sys/kernel/security/lsm
	grown ", { action = \"deny\"; access = \"i\"; path = \"$OTHER\"; }" "$1"
	status "a hook that is needed is missing: the reload is refused" 1 bailiff_at reload
	says "it names the hook" "$W/err" 'missing here: .*lsm/file_ioctl.*bpf is not in the list'
	equal "nothing more is loaded" "$loaded" "$(links)"
	gets grown ok fioctl 5 2
	gets grown EPERM get /proc/sys/net/core/somaxconn
	denied_all
	restart TERM --allow-missing=network
	gets grown EPERM get /proc/sys/net/core/somaxconn
	status "what is allowed to be missing is another class: refused" 1 bailiff_at reload
	restart TERM --allow-missing=file
	status "with --allow-missing it loads" 0 bailiff_at reload
	gets grown ok fioctl 5 2
	gets grown ok get /proc/sys/net/core/somaxconn
	denied_all
	umount /sys/kernel/security/lsm
	restart TERM
	gets grown EACCES fioctl 5 2
}

# An agent of another build goes on with the programs that are there, and adds none of its own.
other_build() {
	local loaded path=$PATH
	loaded=$(links)
	mkdir "$W/other"
	cp "$T/bailiffd-other" "$W/other/bailiffd"
	agent_end TERM
	PATH=$W/other:$PATH
	agent_start --config "$W/settings.cfg"
	PATH=$path
	says "it says so" "$W/agent" 'another build'
	status "another build: a reload of what there are programs for" 0 bailiff_at reload
	grown "" "$1 device = { default = \"deny\"; };"
	status "another build: one that needs more is refused" 1 bailiff_at reload
	says "it says why" "$W/err" 'of another build'
	equal "another build: nothing is loaded" "$loaded" "$(links)"
	gets grown EACCES fioctl 5 2
	denied_all
	restart TERM
	gets grown EPERM open r /dev/null
}

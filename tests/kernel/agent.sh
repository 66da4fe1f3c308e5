# SPDX-License-Identifier: GPL-2.0-or-later
# Reload, death and return of the agent; what the rings and the logs do under load; unloading.
# shellcheck shell=dash disable=SC2119
FRESH=yes
. "$T/lib.sh"
. "$T/demand.sh"

FILE=$D/file
OTHER=$D/other
AUDITED=$D/audited
SYSLOG=yes

# rules ACTION: a policy in which FILE is denied or allowed, and the rule stands in another line
# each time
generation=0
rules() {
	local i=0
	generation=$((generation + 1))
	{
		while [ $i -lt $generation ]; do
			echo '#'
			i=$((i + 1))
		done
		rule=main.cfg:$((generation + 2))
		cat <<-END
			policies = ( { name = "main"; process = { exec = { default = "allow"; }; }; file = { default = "allow"; rules = (
			  { action = "$1"; access = "r"; path = "$FILE"; },
			  { action = "deny"; access = "r"; path = "$OTHER"; },
			  { action = "allow"; access = "r"; path = "$AUDITED"; audit = true; }
			); }; } );
		END
	} >"$POLICIES/main.cfg"
}

containers() {
	bailiff_at status -o json | sed -n '/"containers"/,/\]/p' | grep -E '"(number|name|cgroup|id|policy|state|tasks)"'
}

# reads ANSWER: DENIALS counts those that are EACCES
DENIALS=0
reads() {
	ask a open r "$FILE"
	[ "$ANSWER" != EACCES ] || DENIALS=$((DENIALS + 1))
	[ "$ANSWER" = "$1" ]
}

# ---- reload

reloads() {
	local before
	gets a EACCES open r "$FILE"
	before=$rule
	rules allow
	gets a EACCES open r "$FILE"
	kill -HUP "$AGENT"
	if soon reads ok; then
		ok "SIGHUP changes the answer for what runs"
	else
		not_ok "SIGHUP changes the answer for what runs" "got: $ANSWER"
	fi
	expect "the rule before" $((2 + DENIALS)) @a "file.path=$FILE" bailiff.generation=1 -- "rule.name=$before" \
		rule.ruleset=main
	gets a EACCES open r "$OTHER"
	expect "rules and generation after SIGHUP" 1 @a "file.path=$OTHER" bailiff.generation=2 -- \
		"rule.name=main.cfg:$((generation + 3))"
	rules deny
	status "bailiff reload" 0 bailiff_at reload
	gets a EACCES open r "$FILE"
	gets a EACCES child open r "$FILE"
	expect "the rule after a reload" 2 @a "file.path=$FILE" bailiff.generation=3 -- "rule.name=$rule"
	judge
}

refused() {
	local broken="$POLICIES/broken.cfg"
	cat >"$broken" <<-'END'
		policies = (
		  { name = "broken";
		    file = { default = "allow"; rules = ( { action = "perhaps"; } ); };
		  } );
	END
	status "reload with a broken file is refused" 1 bailiff_at reload
	says "it names the file and the line" "$W/err" 'broken.cfg:3: '
	kill -HUP "$AGENT"
	check "SIGHUP with a broken file: syslog names it" soon grep -q 'bailiffd.*broken.cfg:3: ' "$MESSAGES"
	gets a EACCES open r "$FILE"
	rm "$broken"
	mv "$POLICIES/main.cfg" "$W/main.cfg"
	status "a policy in use is not removed" 1 bailiff_at reload
	says "it names the policy" "$W/err" main
	gets a EACCES open r "$FILE"
	mv "$W/main.cfg" "$POLICIES/main.cfg"
	status "reload of the same" 0 bailiff_at reload
	policy spare <<-'END'
		policies = ( { name = "spare"; file = { default = "allow"; }; } );
	END
	status "a policy more" 0 bailiff_at reload
	rm "$POLICIES/spare.cfg"
	status "a policy less" 0 bailiff_at reload
	gets a EACCES open r "$FILE"
}

# Each operation sees one set or the other, at any time.
switching() {
	local i=0
	"$OP" ask "$W/a.in" "$W/a.out" repeat 4000 open r "$OTHER" >"$W/switching" &
	while [ $i -lt 6 ]; do
		rules "$([ $((i % 2)) = 0 ] && echo allow || echo deny)"
		reload
		i=$((i + 1))
	done
	wait $!
	equal "while sets are switched no denial is missed" EACCES "$(sed 's/.*: //' "$W/switching")"
}

# ---- death and return

dies() {
	local before after
	gets a EACCES open r "$FILE"
	before=$(containers)
	agent_end KILL
	status "status: nobody answers" 4 bailiff_at status
	gets a EACCES open r "$FILE"
	gets a EACCES child open r "$FILE"
	gets a "status 1" exec "$OP" open r "$FILE"
	equal "dead agent: one who enters now" "open r $FILE: EACCES" "$(enter a "$OP" open r "$FILE")"
	gets free ok open r "$FILE"
	end_container late
	agent_start --config "$W/settings.cfg"
	gets a EACCES open r "$FILE"
	bailiff_at status -o json >"$W/out" 2>&1
	says "the agent that comes back adopts" "$W/out" '"adopted": *true'
	after=$(containers)
	equal "it knows the same containers but for one that ended" \
		"$(echo "$before" | grep -v -e late | grep '"cgroup"')" "$(echo "$after" | grep '"cgroup"')"
	expect "what happened meanwhile is told, with the rule" 6 @a "file.path=$FILE" "rule.name=$rule" -- \
		bailiff.verdict=denied rule.ruleset=main "bailiff.cgroup=/${PREFIX}a"
	judge
}

# The policies on disk are broken: the agent goes on with those in force.
returns_to_broken() {
	agent_end TERM
	: >"$LOG"
	status "SIGTERM: nobody answers" 4 bailiff_at status
	gets a EACCES open r "$FILE"
	gets a "status 1" exec "$OP" open r "$FILE"
	echo 'policies = ( {' >"$POLICIES/broken.cfg"
	agent_start --config "$W/settings.cfg"
	gets a EACCES open r "$FILE"
	rm "$POLICIES/broken.cfg"
	expect "rules of a set from before" 3 @a "file.path=$FILE" "rule.name=$rule" -- bailiff.verdict=denied
	judge
}

audit_only() {
	agent_end TERM
	: >"$LOG"
	agent_start --config "$W/settings.cfg" --audit-only
	gets a ok open r "$FILE"
	expect "audit-only: would-deny" 1 @a "file.path=$FILE" -- bailiff.verdict=would-deny bailiff.mode=audit "rule.name=$rule"
	judge
	agent_end TERM
	agent_start --config "$W/settings.cfg"
	gets a EACCES open r "$FILE"
}

second() {
	local status=0
	timeout 60 bailiffd --policies "$POLICIES" --no-syslog \
		--log-file "$W/second.jsonl" --control-socket "$W/second.sock" --pin-dir "$PINS" >"$W/out" 2>&1 || status=$?
	equal "a second agent is refused" 1 "$status"
	gets a EACCES open r "$FILE"
	bailiff_at status >/dev/null || not_ok "the first one still answers"
}

others() {
	gets free "status 4" uid 1000 exec /usr/bin/bailiff status --control-socket "$SOCKET"
	gets free ok uid 0 exec /usr/bin/bailiff status --control-socket "$SOCKET"
}

# Both that show something are connected.
followed() {
	ask a open r "$OTHER"
	grep -q "$OTHER" "$W/tail" && grep -q "$OTHER" "$W/tail-text"
}

follows() {
	bailiff_at tail --denied -o json >"$W/tail" 2>&1 &
	bailiff_at tail --container "${PREFIX}none" -o json >"$W/tail-none" 2>&1 &
	bailiff_at tail >"$W/tail-text" 2>&1 &
	soon followed || not_ok "tail follows"
	ask a open r "$AUDITED"
	gets a EACCES open r "$FILE"
	check "tail shows a denial" soon grep -q "$FILE" "$W/tail"
	check "tail shows it as text" soon grep -q "$FILE" "$W/tail-text"
	check "tail shows what is allowed too" soon grep -q "$AUDITED" "$W/tail-text"
	equal "tail --denied: nothing else" 0 "$(grep -c "$AUDITED" "$W/tail")"
	equal "tail --container: nothing of another" 0 "$(grep -c "$FILE" "$W/tail-none")"
	kill %1 2>/dev/null
}

# ---- load

# The agent stands still: rings of 64 KiB run over.
flood() {
	: >"$LOG"
	kill -STOP "$AGENT"
	gets a ok repeat 1500 open r "$AUDITED"
	gets a EACCES open r "$FILE"
	gets a EACCES repeat 1500 open r "$OTHER"
	gets a ok repeat 10 open r "$D/free"
	kill -CONT "$AGENT"
	logged_soon "what was lost is reported" '"event.action":"lost".*"bailiff.lost.*denied'
	expect "a flood of allowed events costs no denial" 1 @a "file.path=$FILE" -- bailiff.verdict=denied
	judge
	equal "denied: recorded and lost are all" 1500 \
		"$(($(grep -c "\"file.path\":\"$OTHER\"" "$LOG") + $(lost denied)))"
	equal "allowed: recorded and lost are all" 1500 \
		"$(($(grep -c "\"file.path\":\"$AUDITED\"" "$LOG") + $(lost other)))"
}

# what the records of the log say in all
lost() {
	sed -n "s/.*\"bailiff.lost.ring.$1\":\([0-9]*\).*/\1/p" "$LOG" | awk '{ n += $1 } END { print n + 0 }'
}

# A syslog daemon that stands still.
stalled() {
	kill -STOP "$SYSLOGD"
	: >"$LOG"
	gets a EACCES repeat 60 open r "$OTHER"
	sleep 1
	gets a EACCES repeat 60 open r "$OTHER"
	expect "a stopped syslog daemon does not hold up the log" 120 @a "file.path=$OTHER"
	judge
	check "nor the agent" bailiff_at status
	kill -CONT "$SYSLOGD"
	check "syslog has records too" soon grep -q "bailiff.*verdict=.\{0,1\}denied" "$MESSAGES"
}

bound_here() {
	bailiff_at status -o json | grep -c '"state": *"bound"'
}

# A policy selects more cgroups than there is room for: where none is nothing is executed.
full() {
	local i=0
	policy many <<-END
		policies = ( { name = "many"; select = { cgroup = "/**/{${PREFIX},}many-*"; }; network = { default = "allow"; }; } );
	END
	reload
	while [ $i -lt 66 ]; do
		i=$((i + 1))
		mkdir "$CGROUP/${PREFIX}many-$i"
	done
	status "where there is no room nothing is executed" 126 enter many-66 "$OP" true
	equal "all of it is taken" 64 "$(bound_here)"
	bailiff_at status -o json >"$W/status"
	says "it is counted" "$W/status" '"too-many-containers": *[1-9]'
	rmdir "$CGROUP/${PREFIX}many-1"
	check "where there is room again, what was refused can be bound" soon bailiff_at bind --policy many "/${PREFIX}many-65"
	status "and run" 0 enter many-65 "$OP" true
	rmdir "$CGROUP/${PREFIX}many-2"
	reload
	status "a reload binds it too" 0 enter many-66 "$OP" true
	for i in "$CGROUP/$PREFIX"many-*; do rmdir "$i"; done
	# a user to whom a cgroup is delegated takes half of it at most
	i=0
	mkdir "$CGROUP/${PREFIX}user"
	chown 1000 "$CGROUP/${PREFIX}user"
	while [ $i -lt 40 ]; do
		i=$((i + 1))
		"$OP" uid 1000 mkdir "$CGROUP/${PREFIX}user/many-$i" >"$W/out" || not_ok "a user's cgroup" "$(cat "$W/out")"
	done
	i=$(bound_here)
	check "a user takes half of it at most: $i" test "$i" -ge 28 -a "$i" -le 36
	for i in "$CGROUP/${PREFIX}user"/*/; do rmdir "$i"; done
	rmdir "$CGROUP/${PREFIX}user"
	mkdir "$CGROUP/${PREFIX}many-1"
	status "where there is room again it is" 0 enter many-1 "$OP" true
	rmdir "$CGROUP/${PREFIX}many-1"
	rm "$POLICIES/many.cfg"
	reload
}

# ---- the end

# A guest has no BPF of others'. The kernel may let go of programs a while later.
nothing_loaded() {
	[ "$("$T/bpfcount")" = "0 0 0" ] && [ -z "$(find /sys/fs/bpf -mindepth 1)" ]
}

# Processes that were never confined, while the programs go: addresses of those that were
# confined are used again.
only_ok() {
	[ "$(sort -u "$W/strangers")" = "open r $FILE: ok" ]
}

unloads() {
	status "bailiff unload" 0 bailiff_at unload --pin-dir "$PINS"
	check "no word for hooks is left" test ! -e "$W/hook.json"
	soon gone "$AGENT" || not_ok "the agent stops"
	gets a ok open r "$FILE"
	gets a ok exec "$OP" open r "$FILE"
	check "no program, map, link or pin is left" soon nothing_loaded
	agent_start --config "$W/settings.cfg"
	container a main
	gets a EACCES open r "$FILE"
	agent_end KILL
	gets a EACCES open r "$FILE"
	(become a sh -c "while :; do '$OP' open r /dev/null; done") >/dev/null 2>&1 &
	local forking=$!
	(while :; do "$OP" open r "$FILE"; done) >"$W/strangers" 2>&1 &
	local strangers=$!
	sleep 1
	check "word for hooks is left" test -e "$W/hook.json"
	status "bailiff unload without an agent" 0 bailiff_at unload --pin-dir "$PINS"
	check "no word for hooks is left without an agent" test ! -e "$W/hook.json"
	kill "$forking" "$strangers"
	check "nobody else is taken for what was confined" only_ok
	gets a ok open r "$FILE"
	check "again nothing is left" soon nothing_loaded
	status "and once more" 0 bailiff_at unload --pin-dir "$PINS"
}

for name in "$FILE" "$OTHER" "$AUDITED" "$D/free"; do echo data >"$name"; done
chmod 755 "$W" "$D"
chmod 644 "$D"/*
printf '%s\n' 'ring_denied = 65536;' 'ring_other = 65536;' 'max_containers = 64;' >"$W/settings.cfg"
rules deny
soon nothing_loaded || not_ok "nothing is loaded before"
syslog_start
agent_start --config "$W/settings.cfg"
server free
confined a main
confined late main
reloads
refused
switching
dies
returns_to_broken
audit_only
later
second
others
follows
flood
stalled
full
unloads
kill "$SYSLOGD"

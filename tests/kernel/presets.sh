# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by apps.sh: what the presets let containers do, and what they don't. Rules are named by
# what stands on their line.
# shellcheck shell=dash disable=SC2034,SC2086,SC2119,SC2154

PRESETS=/usr/share/bailiff/presets
DOCKER_CAPABILITIES=a80425fb # those that container engines leave

presets_policy() {
	policy presets <<-'END'
		policies = (
		{ name = "ordinary"; extends = "baseline"; },
		{ name = "stopped"; extends = "baseline"; },
		{ name = "dry"; extends = "restricted"; mode = "audit"; },
		{ name = "seen"; extends = "observe"; } );
	END
}

# ---- baseline lets work

# Name service, and what a container finds in it.
answer_names() {
	cat >"$W/names.py" <<-'END'
		import socket
		s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		s.bind(("127.0.0.1", 53))
		while True:
		    q, who = s.recvfrom(512)
		    end = q.index(b"\0", 12) + 5
		    one = q[end - 3] == 1
		    s.sendto(q[:2] + b"\x81\x80\0\1" + bytes([0, one]) + b"\0\0\0\0" + q[12:end] +
		             (b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\x07" if one else b""), who)
	END
	echo 'nameserver 127.0.0.1' >/etc/resolv.conf
	python3 "$W/names.py" &
	NAMES=$!
}

sudo_rights() {
	mkdir -p /etc/pam.d /run/sudo
	printf '%s\n' 'auth sufficient pam_permit.so' 'account required pam_unix.so' 'session required pam_limits.so' \
		'session required pam_unix.so' >/etc/pam.d/sudo
	printf '%s\n' 'Defaults use_pty' 'user ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers
	chmod 440 /etc/sudoers
	echo '_apt:x:42:65534::/nonexistent:/bin/false' >>/etc/passwd
}

# What a container of Debian's does all day: each line prints a word or two.
write_day() {
	cat >/srv/day <<-'END'
		cd /tmp && rm -rf day && mkdir day && cd day
		exec 2>day.err
		{ apt-get -qq -o Acquire::AllowInsecureRepositories=1 -o Dpkg::Use-Pty=1 install -y /srv/greet.deb >apt.log && greet; } || tail -n 3 apt.log day.err
		dpkg -s greet | grep ^Status
		nslookup service.test 2>&1 | sed -n 's/^Address.* \(192.*\)/name \1/p'
		logger -t ordinary 'a line of the day' && echo logged
		python3 -c 'import pty; pty.spawn(["/usr/bin/tty"])' | tr -d '\r' | sed 's/[0-9]*$//'
		su user -c 'id -u'
		su user -c 'sudo -n /usr/bin/id -u' </dev/null
		start-stop-daemon -S -x /usr/sbin/nginx -- -c /srv/daemon.conf && sleep 1 && wget -q -O - http://127.0.0.1:8081/page
		mkfifo pipe && mknod null c 1 3 && echo thrown >null && chown 1000:1000 pipe && chmod 600 pipe && echo nodes
		tar -cf all.tar pipe null && mkdir new && tar -xf all.tar -C new && [ -c new/null ] && echo unpacked
		ps >list && grep -q ps list && df >list && ip addr | grep -q 127.0.0.1 && echo looked
		sysctl -n net.ipv4.ip_forward >/dev/null && cat /sys/fs/cgroup/cgroup.controllers >/dev/null && echo read
		(ulimit -n 512 && chroot / /bin/true) && echo limits
		python3 -c 'import os; os.close(os.pidfd_open(os.getpid())); print("pidfd")'
		sleep 100 & kill $! && echo killed
		kill "$(cat /run/daemon.pid)"
	END
	sed 's/daemon off; pid .run.nginx.pid/pid \/run\/daemon.pid/; s/8080/8081/' /etc/nginx/nginx.conf >/srv/daemon.conf
	cp $APPS/greet.deb /srv/greet.deb
}

DAY='greetings
Status: install ok installed
name 192.0.2.7
logged
/dev/pts/
1000
0
a page
nodes
unpacked
looked
read
limits
pidfd
killed'

ordinary() {
	write_pages
	syslog_start
	answer_names
	sudo_rights
	write_day
	container ordinary ordinary --start
	enter ordinary "$OP" seq bound $DOCKER_CAPABILITIES -- exec /bin/sh /srv/day 2>/dev/null >"$LOGS/ordinary" </dev/null
	equal "baseline: an ordinary day" "$DAY" "$(grep -v '^seq ' "$LOGS/ordinary")"
	sed 's/^/# /' /tmp/day/day.err
	check "baseline: its line is in the log" soon grep -q 'ordinary: a line of the day' "$MESSAGES"
	check "baseline: sudo's too" grep -q 'sudo.*COMMAND=/usr/bin/id' "$MESSAGES"
	worked ordinary
	kill $NAMES "$SYSLOGD"
}

# ---- baseline stops

# What is tried: who is told what, the line of the preset that decides by what stands on it ("any" of
# them where the kernel asks for several things, "default"), and an operation.
attempts() {
	cat <<-END
		EPERM|"b *:|node $D/disk b 254 0
		EPERM|"c 1:2 |access r $D/memory
		EACCES|{core_pattern|open w /proc/sys/kernel/core_pattern
		EPERM|default|set $D/proc/sys/kernel/core_pattern core
		EACCES|/proc/sys/{vm,dev,user}|open w /proc/sys/vm/drop_caches
		EACCES|/proc/sysrq-trigger|open w /proc/sysrq-trigger
		EACCES|"cgroup_escape"|open w $D/v1/release_agent
		EACCES|/proc/{kcore|open r /proc/kallsyms
		EACCES|/sys/kernel/{debug|open r /sys/kernel/tracing/trace
		EACCES|/sys/{block|open w /sys/kernel/mm/transparent_hugepage/enabled
		EPERM|"module"|init-module $MODULE
		EACCES|any|mount tmpfs none $D/mnt
		EPERM|"setns"|child space net
		EPERM|any|child enter-process $OUTSIDE net
		EPERM|"userns"|child space user
		EACCES|"cgroup_escape"|join $CGROUP/${PREFIX}free
		EPERM|any|bpf map
		EACCES|any|perf software
		EPERM|"keyring"|add-key -2 name
		EPERM|"io_uring"|ring-setup
		EPERM|"userfaultfd"|userfaultfd call
		EPERM|"memfd_exec"|memfd-exec $OP true
		EPERM|"ptrace"|attach $OUTSIDE
		EPERM|"ptrace"|vm-read $OUTSIDE
		EPERM|"signal_outside"|signal $OUTSIDE 0
		EPERM|"reboot"|no-reboot
		EPERM|"settime"|settime adjust
		EPERM|any|syslog 3
		EPERM|"dac_read_search"|handle r $D/handled
		EPERM|any|socket 17 3 0
		EPERM|"169.254.169.254/32"|connect tcp 169.254.169.254 80
		EACCES|/tmp/docker.sock"|unix-connect stream /run/docker.sock
	END
}

prepare_attempts() {
	MODULE=$(find /lib/modules/ -name dummy.ko)
	mkdir -p "$D/v1" "$D/mnt" "$D/proc"
	{ mount -t cgroup -o none,name=attempts attempts "$D/v1" && mount -t proc proc "$D/proc"; } ||
		not_ok "mounts of the host"
	mknod "$D/memory" c 1 2
	echo data >"$D/handled"
	ip addr add 169.254.169.254/32 dev lo
	sleep 1000 &
	OUTSIDE=$!
	gets free ok unix-hold stream /run/docker.sock
	gets free ok hold-listen 0 tcp 169.254.169.254 80
	attempts >"$W/attempts"
	sed 's/.*|//' "$W/attempts" >"$W/lines"
}

# tried NAME [WORD]: what a container is told to each attempt: WORD, or what stands there
tried() {
	local wanted rule words got
	ask "$1" lines "$W/lines" "$W/results"
	equal "$1: attempts" ok "$ANSWER"
	while IFS='|' read -r wanted rule words <&3; do
		read -r got <&4
		equal "$1: $words" "${2:-$wanted}" "${got:-nothing}"
	done 3<"$W/attempts" 4<"$W/results"
	rm -f "$D/disk"
	"$OP" delete-module dummy >/dev/null
	grep -q " $D/mnt " /proc/mounts && umount "$D/mnt"
	return 0
}

# line_of PRESET TEXT: of the rule or the element of a list that the text stands in
line_of() {
	echo "$1.cfg:$(TEXT="$2" awk '/[{] action/ { at = NR } /^ *[a-z]* = \[/ { at = 0 }
		index($0, ENVIRON["TEXT"]) { print at ? at : NR; exit }' "$PRESETS/$1.cfg")"
}

# Every rule that some attempts name has decided at least so often.
stops() {
	local count rule
	server free
	prepare_attempts
	for name in stopped dry seen; do confined $name $name; done
	tried free ok
	tried stopped
	cut -d'|' -f2 "$W/attempts" | sort | uniq -c >"$W/rules"
	while read -r count rule; do
		case $rule in
		any) ;;
		default) expect "baseline: by default" "+$count" @stopped rule.name=default bailiff.verdict=denied ;;
		*)
			expect "baseline: $rule" "+$count" @stopped "rule.name=$(line_of baseline "$rule")" \
				bailiff.verdict=denied rule.ruleset=stopped
			;;
		esac
	done <"$W/rules"
	expect "baseline: each attempt is recorded" "+$(wc -l <"$W/attempts")" @stopped bailiff.verdict=denied
	observes
	kill $OUTSIDE
	umount "$D/v1" "$D/proc"
	rm /run/docker.sock
}

# ---- observe

# The same, and what restricted denies beyond baseline: all of it works, and what would have been denied
# by restricted is among what observe has recorded.
observes() {
	cat >>"$W/lines" <<-END
		child exec $OP true
		open r /etc/shadow
		map-none rwx
		bind udp 127.0.0.1 7001
		send udp 127.0.0.1 7001
		listen-once tcp 127.0.0.1 7002
		unix-bind stream $D/socket
		unix-bind stream @name
		create $D/new
		chmod $D/new
		ioctl $D/new 2
	END
	sed 's/^/ok||/' "$W/lines" >"$W/attempts"
	tried dry
	rm -f "$D/new"
	tried seen
	rm -f "$D/new"
	settle
	operations_of dry >"$W/dry"
	operations_of seen >"$W/seen"
	check "observe: there is something to compare" [ "$(wc -l <"$W/dry")" -gt 40 ]
	equal "observe: what restricted would deny is recorded" "" "$(grep -vxFf "$W/seen" "$W/dry")"
	expect "observe: nothing is denied" 0 @seen bailiff.verdict=denied
	expect "observe: nothing is allowed without a word" + @seen bailiff.verdict=would-deny event.action=exec
}

# What each record of a container is about.
operations_of() {
	grep "\"container.name\":\"$PREFIX$1\"" "$LOG" | grep '"bailiff.verdict":"would-deny"' | awk '{
		n = split("event.action file.path bailiff.access bailiff.capability bailiff.device bailiff.sysctl.name " \
			"bailiff.socket destination.ip source.ip", keys, " ")
		line = ""
		for (i = 1; i <= n; i++)
			if (match($0, "\"" keys[i] "\":\"[^\"]*\""))
				line = line " " substr($0, RSTART, RLENGTH)
		print line
	}' | sort -u
}

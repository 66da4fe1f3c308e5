# SPDX-License-Identifier: GPL-2.0-or-later
# Debian's nginx, redis-server, postgres, python3 and busybox under the policies of docs/examples: they
# do their ordinary work without a denial, and what is usually made of them fails, each thing with a
# record. Then the container is let go, and the same thing works. And what the presets let be done.
# shellcheck shell=dash disable=SC2119
. "$T/lib.sh"
. "$T/presets.sh"

APPS=/mnt/apps
LOGS=$W/logs

# The servers' files beside those of the guest, and room for what they write.
place_apps() {
	local dir
	mkdir -p $APPS "$W/upper" "$W/work" "$LOGS"
	mount -t ext4 -o ro /dev/vdd $APPS || not_ok "the disk with the servers" "no /dev/vdd"
	for dir in usr etc var; do
		mkdir -p "$W/upper/$dir" "$W/workdir/$dir"
		mount -t overlay -o "lowerdir=$APPS/$dir:/$dir,upperdir=$W/upper/$dir,workdir=$W/workdir/$dir" overlay /$dir
	done
	chmod 755 "$W" "$LOGS"
	mkdir -p /root /run/redis /run/postgresql /srv/app /srv/in /srv/out /var/www /var/log/nginx /var/lib/nginx /var/lib/redis
	chown 1000:1000 /run/redis /run/postgresql /srv/out /var/lib/redis
	echo 'not to be read' >/srv/secret
}

take_apps_away() {
	cd /
	end_all
	umount -l /usr /etc /var $APPS
}

# app NAME USER COMMAND...: a container of an image of that name, whose policy is selected; the process is
# APP, and what it prints is in $LOGS/NAME
app() {
	local name="$1" user="$2"
	shift 2
	mkdir -p "$CGROUP/$PREFIX$name"
	bailiff_at bind --start --image "docker.io/library/$name:1" "/$PREFIX$name" >"$W/out" 2>&1 ||
		not_ok "$name: its policy is selected" "$(cat "$W/out")"
	: >"$LOGS/$name"
	chown 1000 "$LOGS/$name"
	su -s /bin/sh "$user" -c "kill -STOP \$\$; exec $*" >"$LOGS/$name" 2>&1 </dev/null &
	APP=$!
	soon grep -q '^State:.*T' /proc/$APP/status || not_ok "$name: waits to be let in"
	echo $APP >"$CGROUP/$PREFIX$name/cgroup.procs"
	kill -CONT $APP
}

# answers NAME PORT: nothing goes on without it
answers() {
	soon listens "$2" && return
	not_ok "$1 answers" "$(tail -n 20 "$LOGS/$1")"
	denials "$1"
	exit
}

listens() {
	grep -qi ":$(printf %04x "$1") 0*:0000 0A" /proc/net/tcp
}

denials() {
	settle
	grep '"bailiff.verdict":"\(denied\|killed\)"' "$LOG" | grep "\"container.name\":\"$PREFIX$1\""
}

# worked NAME: up to here nothing was denied
worked() {
	local said
	said=$(denials "$1")
	equal "$1: nothing that it needs is denied" "" "$said"
	[ -z "$said" ] || sed 's/^/#   /' "$LOGS/$1"
}

# let_go NAME: unconfined from here on
let_go() {
	bailiff_at unbind --name "$PREFIX$1" || not_ok "$1: unbind"
}

# same NAME WHAT WANTED COMMAND...: what the command prints
same() {
	local what="$1" wanted="$2"
	shift 2
	equal "$what" "$wanted" "$("$@" 2>&1)"
}

# ---- nginx

# The page, or the status.
get() {
	wget -q -O - "http://127.0.0.1:8080/$1" 2>&1 | sed 's/.*HTTP[^ ]* \([0-9]*\).*/\1/'
}

write_pages() {
	echo 'a page' >/var/www/page
	mkdir -p /etc/nginx
	cat >/etc/nginx/nginx.conf <<-'END'
		worker_processes 1; daemon off; pid /run/nginx.pid; error_log /var/log/nginx/error.log; user user;
		events { worker_connections 64; }
		http {
		  include /etc/nginx/mime.types; access_log /var/log/nginx/access.log;
		  server { listen 127.0.0.1:8080; root /var/www; location /leak/ { alias /srv/; }
		    location /relay { proxy_pass http://127.0.0.1:8088/page; } } }
	END
}

web() {
	local backend
	write_pages
	httpd -f -p 127.0.0.1:8088 -h /var/www &
	backend=$!
	app nginx root /usr/sbin/nginx
	answers nginx 8080
	same "nginx: a page is served" 'a page' get page
	check "nginx: its log grows" grep -q 'GET /page' /var/log/nginx/access.log
	worked nginx
	same "nginx: a page beside the root is refused" 403 get leak/secret
	expect "nginx: the file is named" 1 @nginx event.action=open file.path=/srv/secret -- bailiff.verdict=denied \
		rule.ruleset=nginx rule.name=default
	same "nginx: an address behind it is refused" 502 get relay
	expect "nginx: the address is named" 1 @nginx event.action=connect destination.port=8088 -- bailiff.verdict=denied
	let_go nginx
	same "nginx, unconfined: it is served" 'not to be read' get leak/secret
	same "nginx, unconfined: it is reached" 'a page' get relay
	kill $APP $backend
}

# ---- redis

redis() {
	redis-cli -h 127.0.0.1 "$@"
}

cache() {
	app redis user /usr/bin/redis-server --bind 127.0.0.1 --dir /var/lib/redis --save '""' \
		--enable-protected-configs yes
	answers redis 6379
	same "redis: a key is set" OK redis set key value
	same "redis: it is read" value redis get key
	same "redis: a snapshot is written" OK redis save
	check "redis: it is there" test -s /var/lib/redis/dump.rdb
	worked redis
	mkdir -p /srv/cron && chown 1000 /srv/cron
	same "redis: another directory is refused" "OK ERR" cron
	check "redis: nothing was written" test ! -e /srv/cron/dump.rdb
	expect "redis: the write is named" 1 @redis event.action=create -- bailiff.verdict=denied rule.ruleset=redis \
		rule.name=default process.name=redis-server
	# as which another server would hand it a module
	nc -l -p 9001 >"$LOGS/master" &
	redis replicaof 127.0.0.1 9001 >/dev/null
	soon logged '"event.action":"connect".*"destination.port":9001.*' || not_ok "redis: another server's replica"
	expect "redis: another server is named" + @redis event.action=connect destination.port=9001 -- bailiff.verdict=denied
	equal "redis: another server is not asked" "" "$(cat "$LOGS/master")"
	let_go redis
	check "redis, unconfined: it is asked" soon grep -q PING "$LOGS/master"
	redis replicaof no one >/dev/null
	same "redis, unconfined: it is written" "OK OK" cron
	redis shutdown nosave
}

# To be written where a cron daemon would look.
cron() {
	echo "$(redis config set dir /srv/cron | cut -c1-3 | head -n 1) $(redis save 2>&1 | cut -c1-3 | head -n 1)"
}

# ---- postgres

sql() {
	LD_LIBRARY_PATH='' /usr/lib/postgresql/15/bin/psql -h 127.0.0.1 -U postgres -Atq -c "$1" postgres
}

database() {
	app postgres user /usr/lib/postgresql/15/bin/postgres -D /var/lib/postgresql/data -c jit=off -c fsync=off \
		-c listen_addresses=127.0.0.1 -c unix_socket_directories=/run/postgresql -c autovacuum=off
	answers postgres 5432
	soon sql 'select 1' || not_ok "postgres is ready" "$(cat "$LOGS/postgres")"
	same "postgres: a table is written and read, with an index that is sorted on disk" '1000|500500
1' sql 'create table t (a int, b text);
		insert into t select g, repeat($$x$$, 50) from generate_series(1, 1000) g;
		select count(*), sum(a) from t; checkpoint; set work_mem = $$64kB$$;
		create index on t (b, a); select 1 from t order by b, a offset 999'
	worked postgres
	equal "postgres: a program, a file to read and one to write are refused" "refused refused refused" \
		"$(program) $(beside) $(export_)"
	expect "postgres: the shell is named" 1 @postgres event.action=exec file.path=/usr/bin/sh -- \
		bailiff.verdict=denied rule.ruleset=postgres rule.name=default
	expect "postgres: the file is named" 1 @postgres event.action=open file.path=/srv/secret -- bailiff.verdict=denied
	expect "postgres: the new file is named" 1 @postgres file.path=/srv/out/table -- bailiff.verdict=denied
	let_go postgres
	equal "postgres, unconfined: all of them work" "done done done" "$(program) $(beside) $(export_)"
	kill -INT $APP
}

answer() {
	if "$@" >/dev/null 2>&1; then echo done; else echo refused; fi
}

program() {
	answer sql 'copy (select 1) to program $$cat$$'
}

beside() {
	answer sql 'select pg_read_file($$/srv/secret$$)'
}

export_() {
	answer sql 'copy t to $$/srv/out/table$$'
}

# ---- python3 and busybox

# job NAME COMMAND...: one that ends; prints what it printed, as one line
job() {
	local name="$1"
	app "$@"
	wait $APP
	tr '\n' ' ' <"$LOGS/$name"
}

write_script() {
	cat >/srv/app/main.py <<-'END'
		import json, mmap, os, socket, subprocess, sys, tempfile, threading
		def attempt(what, call):
		    try: call(); print(what, "done")
		    except OSError as e: print(what, "refused")
		with tempfile.NamedTemporaryFile("w+") as f:
		    json.dump({"n": sum(range(1000))}, f); f.flush(); f.seek(0)
		    print(json.load(f)["n"])
		t = threading.Thread(target=lambda: print("thread")); t.start(); t.join()
		a, b = socket.socketpair(); a.send(b"x"); b.recv(1)
		print(len(os.listdir("/srv/app")), open("/srv/app/data").read().strip(), flush=True)
		if len(sys.argv) > 1:
		    attempt("read", lambda: open("/srv/secret").read())
		    attempt("write", lambda: open("/srv/app/own", "w"))
		    attempt("shell", lambda: subprocess.run(["/bin/sh", "-c", ":"]))
		    attempt("connect", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(("127.0.0.1", 9)))
		    attempt("code", lambda: mmap.mmap(-1, 4096, prot=7))
		    attempt("kernel", lambda: open("/proc/kallsyms").read(1))
	END
	echo data >/srv/app/data
	chmod 777 /srv/app
}

script() {
	local attempts='read %s write %s shell %s connect %s code %s kernel %s '
	write_script
	same "python: its script runs" "499500 thread 2 data " job python user /usr/bin/python3 /srv/app/main.py
	worked python
	end_container python
	# shellcheck disable=SC2059
	same "python: what is none of its business is refused" \
		"499500 thread 2 data $(printf "$attempts" refused refused refused refused refused refused)" \
		job python user /usr/bin/python3 /srv/app/main.py all
	expect "python: the file is named" 1 @python event.action=open file.path=/srv/secret bailiff.verdict=denied
	expect "python: the program is named" 1 @python event.action=exec file.path=/usr/bin/sh bailiff.verdict=denied
	expect "python: the address is named" 1 @python event.action=connect destination.port=9 bailiff.verdict=denied
	expect "python: the new file is named" 1 @python file.path=/srv/app/own bailiff.verdict=denied
	expect "python: the memory is named" 1 @python event.action=wx_memory -- bailiff.verdict=denied \
		"rule.name=$(line_of restricted '"wx_memory"')"
	expect "python: the addresses of the kernel are named" 1 @python file.path=/proc/kallsyms -- bailiff.verdict=denied \
		"rule.name=$(line_of baseline '/proc/{kcore')"
	# shellcheck disable=SC2059
	same "python, unconfined: all of it works" \
		"499500 thread 2 data $(printf "$attempts" done done done done done done)" unconfined /usr/bin/python3 /srv/app/main.py all
}

unconfined() {
	su -s /bin/sh user -c "exec $*" 2>&1 </dev/null | tr '\n' ' '
}

write_job() {
	echo one >/srv/in/a
	echo two >/srv/in/b
	cat >/srv/in/job <<-'END'
		cd /srv/in
		cat a b | sort -r | sed s/t/T/ >/srv/out/sorted
		wc -l </srv/out/sorted
		rm -f /srv/out/old; mkdir -p /srv/out/dir; mv /srv/out/sorted /srv/out/dir/
		ls /srv/out/dir
		[ "$1" ] || exit 0
		cat /srv/secret >/dev/null 2>&1 && echo read
		(echo x >/srv/in/c) 2>/dev/null && echo write
		/bin/sh -c 'echo shell' 2>/dev/null
		echo end
	END
	chmod 777 /srv/in
}

batch() {
	write_job
	same "busybox: its job runs" "2 sorted " job busybox user /usr/bin/busybox sh /srv/in/job
	worked busybox
	end_container busybox
	same "busybox: what is none of its business is refused" "2 sorted end " \
		job busybox user /usr/bin/busybox sh /srv/in/job all
	expect "busybox: the file is named" 1 @busybox event.action=open file.path=/srv/secret bailiff.verdict=denied
	expect "busybox: the new file is named" 1 @busybox file.path=/srv/in/c bailiff.verdict=denied
	expect "busybox: the shell is named" 1 @busybox event.action=exec file.path=/usr/bin/sh bailiff.verdict=denied
	same "busybox, unconfined: all of it works" "2 sorted read write shell end " \
		unconfined /usr/bin/busybox sh /srv/in/job all
}

if [ ! -b /dev/vdd ]; then
	skip "all" "no disk with the servers"
	exit
fi
place_apps
trap 'take_apps_away; clean_up' EXIT
cp "$T"/examples/*.cfg "$POLICIES/"
presets_policy
agent_start
soon agent_answers # of a loaded machine
for part in ${ROWS:-web cache database script batch ordinary stops}; do
	$part
done
judge

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ops prepare DIR: makes the files that are operated on.
 *
 * ops TREE UNION [OPERATION|others]: does each operation, or that one alone, or those of the
 * classes that few policies have rules for, in batches, and prints `OPERATION<tab>NANOSECONDS` of
 * one, and `refused` with 1 if /etc/shadow can't be opened. Under
 * `-icount shift=0` a nanosecond of the guest is an instruction. TREE and UNION are two prepared
 * directories with names of five bytes; UNION is on an overlay.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ops.h"

#define BATCHES 41

/* Before each batch, in microseconds: what the kernel and the agent put off is done then, so
 * that each batch begins alike. */
#define PAUSE 20000

#define DEPTH3 "/directory-3/file-03.bin"
#define DEPTH10                                                                                    \
	"/directory-1/direct002/direct003/direct004/direct005/direct006/direct007/direct008/"      \
	"file-10.bin"

_Static_assert(sizeof("/bench" DEPTH3) == 30 + 1, "a path of 30 bytes, 3 components");
_Static_assert(sizeof("/bench" DEPTH10) == 100 + 1, "a path of 100 bytes, 10 components");

static const char *tree, *overlay;
static char paths[PER_BATCH][128]; /* of the batch */
static int connected, to_bind[PER_BATCH];
static struct sockaddr_in address = { .sin_family = AF_INET };

void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void open_close(int i)
{
	int fd = open(paths[i], O_RDONLY);

	if (fd < 0)
		fail(paths[i]);
	close(fd);
}

/* ---- before a batch */

static void same_name(const char *dir, const char *below)
{
	for (int i = 0; i < PER_BATCH; i++)
		snprintf(paths[i], sizeof(paths[i]), "%s%s", dir, below);
}

static void at_depth3(int batch)
{
	(void)batch;
	same_name(tree, DEPTH3);
}

static void at_depth10(int batch)
{
	(void)batch;
	same_name(tree, DEPTH10);
}

static void overlay_at_depth3(int batch)
{
	(void)batch;
	same_name(overlay, DEPTH3);
}

static void overlay_at_depth10(int batch)
{
	(void)batch;
	same_name(overlay, DEPTH10);
}

static void new_files(int batch)
{
	for (int i = 0; i < PER_BATCH; i++)
		snprintf(paths[i], sizeof(paths[i]), "%s/directory-n/n-%05d.bin", tree,
			 batch * PER_BATCH + i);
}

static void new_directories(int batch)
{
	for (int i = 0; i < PER_BATCH; i++)
		snprintf(paths[i], sizeof(paths[i]), "%s/new%08d/file-03.bin", tree,
			 batch * PER_BATCH + i);
}

static void new_name(int batch)
{
	(void)batch;
	same_name(tree, "/directory-3/created.bin");
}

static void two_names(int batch)
{
	(void)batch;
	for (int i = 0; i < PER_BATCH; i++)
		snprintf(paths[i], sizeof(paths[i]), "%s/directory-3/name--%d.bin", tree, i % 2);
}

static void unbound_sockets(int batch)
{
	(void)batch;
	for (int i = 0; i < PER_BATCH; i++) {
		close(to_bind[i]);
		to_bind[i] = socket(AF_INET, SOCK_DGRAM, 0);
		if (to_bind[i] < 0)
			fail("socket");
	}
}

void nothing_before(int batch)
{
	(void)batch;
}

/* ---- operations; `i` counts within the batch */

static void stat_file(int i)
{
	struct stat st;

	if (stat(paths[i], &st))
		fail(paths[i]);
}

static void create_unlink(int i)
{
	int fd = open(paths[i], O_CREAT | O_EXCL | O_WRONLY, 0600);

	if (fd < 0)
		fail(paths[i]);
	close(fd);
	if (unlink(paths[i]))
		fail(paths[i]);
}

static void rename_file(int i)
{
	if (rename(paths[i], paths[i + 1]))
		fail(paths[i]);
}

static void fork_exec(int i)
{
	pid_t pid = fork();
	int status;

	(void)i;
	if (pid < 0)
		fail("fork");
	if (!pid) {
		execl("/payload/nothing", "nothing", NULL);
		_exit(1);
	}
	if (waitpid(pid, &status, 0) != pid || status)
		fail("exec");
}

static void connect_udp(int i)
{
	(void)i;
	if (connect(connected, (struct sockaddr *)&address, sizeof(address)))
		fail("connect");
}

static void bind_udp(int i)
{
	struct sockaddr_in to = address;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK + i);
	if (bind(to_bind[i], (struct sockaddr *)&to, sizeof(to)))
		fail("bind");
}

static const struct operation operations[] = {
	{ "open-depth3", at_depth3, open_close, PER_BATCH },
	{ "open-depth10", at_depth10, open_close, PER_BATCH },
	{ "open-new-file", new_files, open_close, PER_BATCH },
	{ "open-new-directory", new_directories, open_close, PER_BATCH },
	{ "overlay-depth3", overlay_at_depth3, open_close, PER_BATCH },
	{ "overlay-depth10", overlay_at_depth10, open_close, PER_BATCH },
	{ "stat", at_depth3, stat_file, PER_BATCH },
	{ "create-unlink", new_name, create_unlink, PER_BATCH },
	{ "rename", two_names, rename_file, PER_BATCH - 2 },
	{ "fork-exec", nothing_before, fork_exec, 1 },
	{ "connect", nothing_before, connect_udp, PER_BATCH },
	{ "bind", unbound_sockets, bind_udp, PER_BATCH },
	{ 0 },
};

/* ---- measuring */

static long long now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	long long x = *(const long long *)a, y = *(const long long *)b;

	return (x > y) - (x < y);
}

/* The mean of the middle half: an interrupt does not count, what half the batches meet does. */
static long long middle(long long *spent)
{
	long long sum = 0;

	qsort(spent, BATCHES, sizeof(*spent), compare);
	for (int i = BATCHES / 4; i < BATCHES - BATCHES / 4; i++)
		sum += spent[i];
	return sum / (BATCHES - 2 * (BATCHES / 4));
}

static void measure(const struct operation *o)
{
	long long spent[BATCHES], start;

	for (int batch = 0; batch < BATCHES; batch++) {
		o->before(batch);
		usleep(PAUSE);
		start = now();
		for (int i = 0; i < o->times; i++)
			o->run(i);
		spent[batch] = (now() - start) / o->times;
	}
	printf("%s\t%lld\n", o->name, middle(spent));
}

/* Those of the name; NULL: all. */
static void measure_all(const struct operation *o, const char *name)
{
	for (; o->name; o++)
		if (!name || !strcmp(name, o->name))
			measure(o);
}

/* ---- files */

static void make_file(const char *path)
{
	char part[128];
	int fd;

	for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		snprintf(part, sizeof(part), "%.*s", (int)(slash - path), path);
		mkdir(part, 0755);
	}
	fd = open(path, O_CREAT | O_WRONLY, 0644);
	if (fd < 0)
		fail(path);
	close(fd);
}

static void make_files(void)
{
	for (int i = 0; i < PER_BATCH; i++)
		make_file(paths[i]);
}

static int prepare(const char *dir)
{
	tree = dir;
	at_depth3(0);
	make_file(paths[0]);
	at_depth10(0);
	make_file(paths[0]);
	two_names(0);
	make_file(paths[0]);
	for (int batch = 0; batch < BATCHES; batch++) {
		new_files(batch);
		make_files();
		new_directories(batch);
		make_files();
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "prepare"))
		return prepare(argv[2]);
	if (argc < 3)
		return 2;
	tree = argv[1];
	overlay = argv[2];
	connected = socket(AF_INET, SOCK_DGRAM, 0);
	if (connected < 0)
		fail("socket");
	for (int i = 0; i < PER_BATCH; i++)
		to_bind[i] = -1;
	address.sin_port = htons(5353);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	printf("refused\t%d\n", open("/etc/shadow", O_RDONLY | O_CLOEXEC) < 0);
	at_depth3(0);
	others_file = strdup(paths[0]);
	if (argc > 3 && !strcmp(argv[3], "others"))
		measure_all(others, NULL);
	else
		measure_all(operations, argv[3]);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sentinels: processes that ask for what is allowed and for what is denied for as long as they
 * live, and keep count of it where others can look, whatever becomes of them.
 */
#include "op.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PORT_ALLOWED "7001"
#define PORT_DENIED "7002"

struct counts {
	uint64_t rounds; /* of several questions each */
	uint64_t wrong;	 /* answers */
	int32_t got;	 /* the first wrong one */
	int32_t question;
	uint64_t slowest; /* ns */
};

static struct counts *counts;

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static struct counts *map_counts(const char *path, int flags, int protection)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);
	void *memory;

	if (fd < 0 || (flags & O_CREAT && ftruncate(fd, sizeof(struct counts))))
		return NULL;
	memory = mmap(NULL, sizeof(struct counts), protection, MAP_SHARED, fd, 0);
	close(fd);
	return memory == MAP_FAILED ? NULL : memory;
}

static void ask(int question, int wanted, int n, char **words)
{
	uint64_t start = now(), took;
	int got = op_run(n, words);

	took = now() - start;
	if (took > counts->slowest)
		counts->slowest = took;
	if (got == wanted)
		return;
	if (!__atomic_fetch_add(&counts->wrong, 1, __ATOMIC_SEQ_CST)) {
		counts->got = got;
		counts->question = question;
	}
}

static void ask_all(char *allowed, char *denied)
{
	char *questions[][4] = {
		{ "open", "r", allowed },
		{ "open", "r", denied },
		{ "send", "udp", "127.0.0.1", PORT_ALLOWED },
		{ "send", "udp", "127.0.0.1", PORT_DENIED },
	};

	ask(0, 0, 3, questions[0]);
	ask(1, -EACCES, 3, questions[1]);
	ask(2, 0, 4, questions[2]);
	ask(3, -EPERM, 4, questions[3]);
	__atomic_fetch_add(&counts->rounds, 1, __ATOMIC_SEQ_CST);
}

static void ask_in_child(char *allowed, char *denied)
{
	pid_t pid = fork();

	if (!pid) {
		ask_all(allowed, denied);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, NULL, 0) < 0)
		exit(1);
}

/* loop|fork COUNTS ALLOWED DENIED: in this process, or in a new one each time. Leaves time to
 * what it is to disturb. */
static int run_sentinel(int n, char **args)
{
	bool forks = !strcmp(args[0], "fork");

	(void)n;
	counts = map_counts(args[1], O_RDWR | O_CREAT | O_TRUNC, PROT_READ | PROT_WRITE);
	if (!counts)
		return -errno;
	setpriority(PRIO_PROCESS, 0, 10);
	for (unsigned int i = 1;; i++) {
		if (forks)
			ask_in_child(args[2], args[3]);
		else
			ask_all(args[2], args[3]);
		if (forks)
			usleep(30000);
		else if (i % 8 == 0)
			usleep(4000);
	}
}

/* MS OP...: now and then, for ever; an answer a line */
static int run_probe(int n, char **args)
{
	int r;

	do {
		r = op_run(n - 1, args + 1);
		usleep((useconds_t)atoi(args[0]) * 1000);
	} while (puts(r ? strerrorname_np(-r) : "ok") >= 0 && !fflush(stdout));
	return -errno;
}

/* COUNTS ROUNDS MS: 0; EBADE if an answer was wrong, EAGAIN if there were fewer rounds, ETIME if
 * an answer took longer. The numbers go to stderr. */
static int run_counted(int n, char **args)
{
	static const char *const questions[] = { "allowed file", "denied file", "allowed address",
						 "denied address" };

	(void)n;
	counts = map_counts(args[0], O_RDONLY, PROT_READ);
	if (!counts)
		return -errno;
	fprintf(stderr, "%ju rounds, slowest answer %ju ms, %ju wrong\n", (uintmax_t)counts->rounds,
		(uintmax_t)counts->slowest / 1000000, (uintmax_t)counts->wrong);
	if (counts->wrong) {
		fprintf(stderr, "first wrong one: %s: %s\n", questions[counts->question],
			strerror(-counts->got));
		return -EBADE;
	}
	if (counts->rounds < (uint64_t)atoll(args[1]))
		return -EAGAIN;
	return counts->slowest > (uint64_t)atoll(args[2]) * 1000000 ? -ETIME : 0;
}

/* COUNTS [zero]: waits until the sentinel has asked all its questions once more, and lets it
 * count from there */
static int run_round(int n, char **args)
{
	uint64_t before;

	counts = map_counts(args[0], O_RDWR, PROT_READ | PROT_WRITE);
	if (!counts)
		return -errno;
	before = __atomic_load_n(&counts->rounds, __ATOMIC_SEQ_CST);
	for (int i = 0; i < 2000; i++) {
		if (__atomic_load_n(&counts->rounds, __ATOMIC_SEQ_CST) > before + 1) {
			if (n > 1)
				memset(counts, 0, sizeof(*counts));
			return 0;
		}
		usleep(10000);
	}
	return -ETIME;
}

const struct op op_endure[] = {
	{ "sentinel", 4, run_sentinel },
	{ "probe", 2, run_probe },
	{ "counted", 3, run_counted },
	{ "round", 1, run_round },
	{ 0 },
};

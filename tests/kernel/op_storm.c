// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Processes and threads that never rest, each trying to open one file; what they got goes to a
 * log, a line each: "START-NS ok" or "START-NS EACCES", by CLOCK_MONOTONIC before the attempt.
 */
#include "op.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *target;
static int log_fd;

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void attempt(void)
{
	long long start = now();
	int r = op_open(target, O_RDONLY), length;
	char line[64];

	length = snprintf(line, sizeof(line), "%lld %s\n", start, r ? strerrorname_np(-r) : "ok");
	if (write(log_fd, line, (size_t)length) != length)
		_exit(1);
}

static void *attempt_forever(void *unused)
{
	(void)unused;
	for (;;) {
		attempt();
		usleep(3000);
	}
	return NULL;
}

static void fork_forever(void)
{
	for (;;) {
		pid_t pid = fork();

		if (!pid) {
			attempt();
			_exit(0);
		}
		waitpid(pid, NULL, 0);
	}
}

/* Each process forks the next one and ends: what moves all the time is hard to catch. */
static void chain_forever(void)
{
	for (;;) {
		pid_t pid = fork();

		if (pid > 0)
			_exit(0);
		if (!pid)
			attempt();
		usleep(1000);
	}
}

/* fork|chain|thread PATH LOG */
static int run_storm(int n, char **args)
{
	pthread_t thread;

	(void)n;
	target = args[1];
	log_fd = open(args[2], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (log_fd < 0)
		return -errno;
	if (!strcmp(args[0], "fork"))
		fork_forever();
	if (!strcmp(args[0], "chain"))
		chain_forever();
	for (int i = 0; i < 6; i++)
		pthread_create(&thread, NULL, attempt_forever, NULL);
	attempt_forever(NULL);
	return 0;
}

/* LOG: EBADE if an attempt that began from now on succeeds, EAGAIN if there is none in a
 * second, 0 if all are denied */
static int run_watch(int n, char **args)
{
	long long since = now(), start;
	FILE *log = fopen(args[0], "re");
	int denied = 0, let = 0;
	char got[32];

	(void)n;
	if (!log)
		return -errno;
	usleep(1000000);
	while (fscanf(log, "%lld %31s", &start, got) == 2) {
		if (start > since && !strcmp(got, "EACCES"))
			denied++;
		else if (start > since)
			let++;
	}
	fclose(log);
	return let ? -EBADE : denied ? 0 : -EAGAIN;
}

#define MANY 4096

/* COUNT [FILE]: so many children at the same time, which go with this process. The error of the
 * fork that fails; with FILE it writes there then, and waits. */
static int run_fork_many(int n, char **args)
{
	static pid_t pids[MANY];
	int count = 0, r = 0, fd;

	while (!r && count < atoi(args[0]) && count < MANY) {
		pid_t pid = fork();

		if (!pid) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			for (;;)
				pause();
		}
		if (pid < 0)
			r = -errno;
		else
			pids[count++] = pid;
	}
	if (r && n > 1) {
		fd = open(args[1], O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
		if (write(fd, "full", 4) == 4)
			pause();
	}
	for (int i = 0; i < count; i++)
		kill(pids[i], SIGKILL);
	for (int i = 0; i < count; i++)
		waitpid(pids[i], NULL, 0);
	return r;
}

const struct op op_storm[] = {
	{ "storm", 3, run_storm },
	{ "watch", 1, run_watch },
	{ "fork-many", 1, run_fork_many },
	{ 0 },
};

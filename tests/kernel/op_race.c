// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Arguments and names that change while the kernel looks at them. Each says whether something
 * was reached that it should not be: EBADE if so, even once; 0 if the allowed and the denied
 * one were both met and only the allowed one was reached; EAGAIN if the race was none.
 */
#include "op.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct seen {
	long reached, refused, secret;
};

static int judge(const struct seen *seen)
{
	if (seen->secret)
		return -EBADE;
	return seen->reached && seen->refused ? 0 : -EAGAIN;
}

static long long milliseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/* Is it to go on? For `ms` in any case, and on a busy machine until the race is one. */
static bool going(long long start, const char *ms, const struct seen *seen)
{
	long long elapsed = milliseconds() - start, wanted = atoi(ms);

	if (elapsed < wanted)
		return true;
	return elapsed < 20 * wanted && judge(seen) == -EAGAIN;
}

/* Opens and reads: what counts is the content, not the name. */
static void look(const char *path, int flags, struct seen *seen)
{
	char text[8] = { 0 };
	int fd = open(path, flags | O_CLOEXEC);

	if (fd < 0) {
		seen->refused += errno == EACCES;
		return;
	}
	if (read(fd, text, 6) == 6 && !strcmp(text, "secret"))
		seen->secret++;
	else
		seen->reached++;
	close(fd);
}

/* Executes: the denied program fails. */
static void execute(const char *path, struct seen *seen)
{
	char *words[] = { "exec", (char *)path, NULL };
	int r = op_run(2, words);

	if (r == -EACCES)
		seen->refused++;
	else if (r)
		seen->secret++;
	else
		seen->reached++;
}

/* What the other thread writes: one of two strings of equal length, by turns. */
static volatile bool stop;
static char shared[4096];
static const char *choice[2];

static void *rewrite(void *unused)
{
	size_t size = strlen(choice[0]);

	(void)unused;
	for (unsigned int i = 0; !stop; i++) {
		for (size_t at = 0; at < size; at++)
			((volatile char *)shared)[at] = choice[i & 1][at];
		for (volatile int wait = 0; wait < (int)(i * 37 % 400); wait++)
			;
	}
	return NULL;
}

/* MS ALLOWED DENIED: the path is rewritten by a second thread */
static int run_race_path(int n, char **args)
{
	long long start = milliseconds();
	struct seen seen = { 0 };
	pthread_t thread;

	(void)n;
	if (strlen(args[1]) != strlen(args[2]) || strlen(args[1]) >= sizeof(shared))
		return OP_USAGE;
	choice[0] = args[1];
	choice[1] = args[2];
	strcpy(shared, args[1]);
	stop = false;
	if (pthread_create(&thread, NULL, rewrite, NULL))
		return -EAGAIN;
	while (going(start, args[0], &seen))
		look(shared, O_RDONLY, &seen);
	stop = true;
	pthread_join(thread, NULL);
	return judge(&seen);
}

/* A process that exchanges two names until it is killed. */
static pid_t swapper(const char *a, const char *b)
{
	pid_t pid = fork();

	while (!pid) {
		if (renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE) < 0)
			_exit(1);
	}
	return pid;
}

/* MS PATH A B [FLAGS|exec]: A and B, one of which is in the middle of the path, are exchanged */
static int run_race_swap(int n, char **args)
{
	long long start = milliseconds();
	bool exec = n > 4 && !strcmp(args[4], "exec");
	int flags = n > 4 && !exec ? op_open_flags(args[4]) : O_RDONLY, r;
	struct seen seen = { 0 };
	pid_t pid = swapper(args[2], args[3]);

	if (pid < 0)
		return -errno;
	while (going(start, args[0], &seen)) {
		if (exec)
			execute(args[1], &seen);
		else
			look(args[1], flags, &seen);
	}
	kill(pid, SIGKILL);
	r = op_ended(pid);
	return r == OP_SIGNAL(SIGKILL) ? judge(&seen) : r;
}

/* ---- addresses */

static struct sockaddr_in address;
static uint16_t ports[2];

static void *rewrite_port(void *unused)
{
	(void)unused;
	for (unsigned int i = 0; !stop; i++) {
		*(volatile uint16_t *)&address.sin_port = ports[i & 1];
		for (volatile int wait = 0; wait < (int)(i * 37 % 200); wait++)
			;
	}
	return NULL;
}

static void connect_once(struct seen *seen)
{
	struct sockaddr_in peer = { 0 };
	socklen_t size = sizeof(peer);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		seen->refused += errno == EPERM;
	else if (!getpeername(fd, (struct sockaddr *)&peer, &size) && peer.sin_port == ports[1])
		seen->secret++;
	else
		seen->reached++;
	close(fd);
}

/* What arrives at the denied port was sent there, whatever the sender saw. */
static void send_once(int from, int listener, struct seen *seen)
{
	char byte;

	if (sendto(from, "x", 1, MSG_DONTWAIT, (struct sockaddr *)&address, sizeof(address)) < 0)
		seen->refused += errno == EPERM;
	else
		seen->reached++;
	while (recv(listener, &byte, 1, MSG_DONTWAIT) == 1)
		seen->secret++;
}

static int listener_at(uint16_t port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = port };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	return bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 ? -errno : fd;
}

/* MS connect|send ALLOWED DENIED: ports of 127.0.0.1, UDP, rewritten by a second thread */
static int run_race_port(int n, char **args)
{
	long long start = milliseconds();
	int from = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), listener;
	struct seen seen = { 0 };
	pthread_t thread;

	(void)n;
	for (int i = 0; i < 2; i++)
		ports[i] = htons((uint16_t)atoi(args[2 + i]));
	address.sin_family = AF_INET;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listener = listener_at(ports[1]);
	if (listener < 0)
		return listener;
	stop = false;
	if (pthread_create(&thread, NULL, rewrite_port, NULL))
		return -EAGAIN;
	while (going(start, args[0], &seen)) {
		if (!strcmp(args[1], "send"))
			send_once(from, listener, &seen);
		else
			connect_once(&seen);
	}
	stop = true;
	pthread_join(thread, NULL);
	close(listener);
	close(from);
	return judge(&seen);
}

const struct op op_race[] = {
	{ "race-path", 3, run_race_path },
	{ "race-swap", 4, run_race_swap },
	{ "race-port", 4, run_race_port },
	{ 0 },
};

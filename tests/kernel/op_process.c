// SPDX-License-Identifier: GPL-2.0-or-later
/* Execution, threads, and the end of processes. */
#include "op.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

int op_ended(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) < 0)
		return -errno;
	if (WIFSIGNALED(status))
		return OP_SIGNAL(WTERMSIG(status));
	return WEXITSTATUS(status) ? OP_STATUS(WEXITSTATUS(status)) : 0;
}

struct thread_work {
	int n, result;
	char **args;
};

static void *thread_main(void *arg)
{
	struct thread_work *work = arg;

	work->result = op_run(work->n, work->args);
	return NULL;
}

static int run_thread(int n, char **args)
{
	struct thread_work work = { .n = n, .args = args };
	pthread_t thread;

	if (pthread_create(&thread, NULL, thread_main, &work))
		return -EAGAIN;
	pthread_join(thread, NULL);
	return work.result;
}

/* PATH ARG...: errno of the execve, or how the program ended */
static int run_exec(int n, char **args)
{
	int channel[2], error = 0;
	pid_t pid;

	(void)n;
	args[n] = NULL;
	if (pipe2(channel, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (!pid) {
		execve(args[0], args, environ);
		error = -errno;
		_exit(write(channel[1], &error, sizeof(error)) != sizeof(error));
	}
	close(channel[1]);
	if (pid < 0)
		error = -errno;
	else if (read(channel[0], &error, sizeof(error)) == sizeof(error))
		waitpid(pid, NULL, 0);
	else
		error = op_ended(pid);
	close(channel[0]);
	return error;
}

/* The same by vfork. */
static int run_vexec(int n, char **args)
{
	volatile int error = 0;
	pid_t pid;

	args[n] = NULL;
	pid = vfork();
	if (!pid) {
		execve(args[0], args, environ);
		error = -errno;
		_exit(126);
	}
	if (pid < 0)
		return -errno;
	if (error) {
		waitpid(pid, NULL, 0);
		return error;
	}
	return op_ended(pid);
}

/* In the calling process: how `exec` is, but for the program that is left if it fails. */
static int run_become(int n, char **args)
{
	args[n] = NULL;
	execve(args[0], args, environ);
	return -errno;
}

int op_copy(int to, int from)
{
	ssize_t size;

	do
		size = sendfile(to, from, NULL, 1 << 20);
	while (size > 0);
	return result(size);
}

int op_exec_status(void)
{
	return errno == EPERM ? 125 : errno == EACCES ? 126 : 127;
}

int op_exec_result(int ended)
{
	switch (ended) {
	case OP_STATUS(125):
		return -EPERM;
	case OP_STATUS(126):
		return -EACCES;
	case OP_STATUS(127):
		return -ENOENT;
	default:
		return ended;
	}
}

/* FLAGS PATH ARG...: execveat of a descriptor, in a child; p: an O_PATH one */
static int run_fexec(int n, char **args)
{
	int fd = open(args[1], op_open_flags(args[0])), error;
	pid_t pid;

	args[n] = NULL;
	if (fd < 0)
		return -errno;
	pid = fork();
	if (!pid) {
		syscall(SYS_execveat, fd, "", args + 1, environ, AT_EMPTY_PATH);
		_exit(op_exec_status());
	}
	error = pid < 0 ? -errno : op_ended(pid);
	close(fd);
	return op_exec_result(error);
}

/* PATH ARG...: a copy of the program in a memfd */
static int run_memfd_exec(int n, char **args)
{
	int from = open(args[0], O_RDONLY | O_CLOEXEC), fd = memfd_create("memory", 0), error;
	pid_t pid;

	args[n] = NULL;
	if (from < 0 || fd < 0)
		return -errno;
	error = op_copy(fd, from);
	if (error)
		return error;
	close(from);
	pid = fork();
	if (!pid) {
		syscall(SYS_execveat, fd, "", args, environ, AT_EMPTY_PATH);
		_exit(op_exec_status());
	}
	error = pid < 0 ? -errno : op_ended(pid);
	close(fd);
	return op_exec_result(error);
}

/* N OP...: so many times; the result that all of them had, or EBADE if they differ */
static int run_repeat(int n, char **args)
{
	int first = 0;

	for (int i = 0; i < atoi(args[0]); i++) {
		int r = op_run(n - 1, args + 1);

		if (i && r != first)
			return -EBADE;
		first = r;
	}
	return first;
}

static int run_sleep(int n, char **args)
{
	(void)n;
	usleep((useconds_t)atoi(args[0]) * 1000);
	return 0;
}

static int run_exit(int n, char **args)
{
	(void)n;
	_exit(atoi(args[0]));
}

static int run_raise(int n, char **args)
{
	(void)n;
	return result(kill(getpid(), atoi(args[0])));
}

const struct op op_process[] = {
	{ "thread", 1, run_thread },
	{ "exec", 1, run_exec },
	{ "vexec", 1, run_vexec },
	{ "become", 1, run_become },
	{ "fexec", 2, run_fexec },
	{ "memfd-exec", 1, run_memfd_exec },
	{ "repeat", 2, run_repeat },
	{ "sleep", 1, run_sleep },
	{ "exit", 1, run_exit },
	{ "raise", 1, run_raise },
	{ 0 },
};

// SPDX-License-Identifier: GPL-2.0-or-later
/* What the kernel does with other credentials than those of the task, or with some that it had. */
#include "op.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/io_uring.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* PATH: access(2), for which the kernel has to make credentials of its own */
static int run_access_as(int n, char **args)
{
	int r;

	(void)n;
	setfsuid(1);
	r = result(access(args[0], R_OK | W_OK));
	setfsuid(0);
	return r;
}

/* MODE: a raw socket by io_uring; late: see op_ring_late() */
static int run_ring_raw(int n, char **args)
{
	struct io_uring_sqe entry = {
		.opcode = IORING_OP_SOCKET,
		.fd = AF_INET,
		.off = SOCK_RAW,
		.len = 255,
	};
	int r = strcmp(args[0], "late") ? op_ring_as(&entry, args[0]) : op_ring_late(&entry);

	(void)n;
	if (r >= 0)
		close(r);
	return r < 0 ? r : 0;
}

/* DIR: a process dumps its core there */
static int run_dump(int n, char **args)
{
	struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	int status, pid = fork();

	(void)n;
	if (!pid) {
		if (chdir(args[0]) < 0 || setrlimit(RLIMIT_CORE, &all) < 0)
			_exit(1);
		abort();
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return -errno;
	if (!WIFSIGNALED(status))
		return -EIO;
	return WCOREDUMP(status) ? 0 : -EPERM;
}

/* PATH: opened, and written to with other credentials */
static int run_write_as(int n, char **args)
{
	int fd = open(args[0], O_WRONLY | O_CLOEXEC), r;

	(void)n;
	if (fd < 0)
		return -errno;
	r = setgroups(0, NULL) < 0 ? -errno : result(write(fd, "0", 1));
	close(fd);
	return r;
}

const struct op op_creds[] = {
	{ "access-as", 1, run_access_as },
	{ "ring-raw", 1, run_ring_raw },
	{ "dump", 1, run_dump },
	{ "write-as", 1, run_write_as },
	{ 0 },
};

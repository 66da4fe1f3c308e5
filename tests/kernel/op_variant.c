// SPDX-License-Identifier: GPL-2.0-or-later
/* Ways that few take: signals by the owner of a descriptor, old descriptors by new calls, moves of
 * mounts that are there already. */
#include "op.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/mount.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NR_FCHMODAT2 452

/* HOW PID: makes the process the owner of the descriptor */
static int own(int fd, const char *how, pid_t pid)
{
	struct f_owner_ex owner = { .type = F_OWNER_PID, .pid = pid };

	if (!strcmp(how, "ex"))
		return result(fcntl(fd, F_SETOWN_EX, &owner));
	if (!strcmp(how, "ioctl"))
		return result(ioctl(fd, FIOSETOWN, &pid));
	if (!strcmp(how, "pgrp"))
		return result(ioctl(fd, SIOCSPGRP, &pid));
	return result(fcntl(fd, F_SETOWN, strcmp(how, "group") ? pid : -pid));
}

/* plain|ex|ioctl|pgrp|group PID SIGNAL: it is sent by the kernel, for something to read; PID 0 is
 * the process itself */
static int run_owner(int n, char **args)
{
	pid_t pid = atoi(args[1]) ? atoi(args[1]) : getpid();
	int fd[2], r;

	(void)n;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) < 0)
		return -errno;
	r = own(fd[0], args[0], pid);
	if (!r)
		r = result(fcntl(fd[0], F_SETSIG, atoi(args[2])));
	if (!r)
		r = result(fcntl(fd[0], F_SETFL, O_ASYNC));
	if (!r)
		r = result(write(fd[1], "x", 1));
	close(fd[0]);
	close(fd[1]);
	return r;
}

/* MODE FD TEXT: writes it at the beginning by a ring */
static int run_ring_put(int n, char **args)
{
	struct io_uring_sqe entry = {
		.opcode = IORING_OP_WRITE,
		.fd = atoi(args[1]),
		.addr = (uintptr_t)args[2],
		.len = (uint32_t)strlen(args[2]),
	};
	int r = op_ring(&entry, args[0]);

	(void)n;
	return r < 0 ? r : 0;
}

/* MODE FAMILY TYPE PROTOCOL */
static int run_ring_socket(int n, char **args)
{
	struct io_uring_sqe entry = {
		.opcode = 45, /* IORING_OP_SOCKET */
		.fd = atoi(args[1]),
		.off = (uint64_t)atoi(args[2]),
		.len = (uint32_t)atoi(args[3]),
	};
	int r = op_ring(&entry, args[0]);

	(void)n;
	if (r > 2)
		close(r);
	return r < 0 ? r : 0;
}

static char page[4096] __attribute__((aligned(4096)));

/* PID: advice on memory, which is at the same address in each process of this program */
static int run_advise(int n, char **args)
{
	int process = (int)syscall(SYS_pidfd_open, atoi(args[0]), 0), r;
	struct iovec there = { page, sizeof(page) };

	(void)n;
	r = result(syscall(SYS_process_madvise, process, &there, 1, MADV_COLD, 0));
	close(process);
	return r;
}

/* PID: compares memory */
static int run_compare(int n, char **args)
{
	(void)n;
	return result(syscall(SYS_kcmp, getpid(), atoi(args[0]), 1, 0, 0));
}

/* PATH: what it has; ENOSYS before 6.6 */
static int run_fchmodat2(int n, char **args)
{
	(void)n;
	return result(syscall(NR_FCHMODAT2, AT_FDCWD, args[0], 0644, AT_SYMLINK_NOFOLLOW));
}

/* SOURCE TARGET: a mount that is there is moved, and back */
static int run_move_mount(int n, char **args)
{
	(void)n;
	if (syscall(SYS_move_mount, AT_FDCWD, args[0], AT_FDCWD, args[1], 0) < 0)
		return -errno;
	return result(syscall(SYS_move_mount, AT_FDCWD, args[1], AT_FDCWD, args[0], 0));
}

/* NAMES TARGET: a hierarchy of cgroup v1, mounted and unmounted */
static int run_cgroup_v1(int n, char **args)
{
	(void)n;
	if (mount("none", args[1], "cgroup", 0, args[0]) < 0)
		return -errno;
	return result(umount2(args[1], MNT_DETACH));
}

const struct op op_variant[] = {
	{ "owner", 3, run_owner },
	{ "ring-put", 3, run_ring_put },
	{ "ring-socket", 4, run_ring_socket },
	{ "advise", 1, run_advise },
	{ "compare", 1, run_compare },
	{ "fchmodat2", 1, run_fchmodat2 },
	{ "move-mount", 2, run_move_mount },
	{ "cgroup-v1", 2, run_cgroup_v1 },
	{ 0 },
};

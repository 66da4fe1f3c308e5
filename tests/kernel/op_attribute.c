// SPDX-License-Identifier: GPL-2.0-or-later
/* Attributes of files, by every way there is, and ioctl. */
#include "op.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define NAME "trusted.bailiff"

static int run_chmod(int n, char **args)
{
	(void)n;
	return result(chmod(args[0], 0600));
}

static int run_fchmod(int n, char **args)
{
	(void)n;
	return result(fchmod(atoi(args[0]), 0600));
}

static int run_chown(int n, char **args)
{
	(void)n;
	return result(chown(args[0], 0, 0));
}

static int run_lchown(int n, char **args)
{
	(void)n;
	return result(lchown(args[0], 0, 0));
}

static int run_fchown(int n, char **args)
{
	(void)n;
	return result(fchown(atoi(args[0]), 0, 0));
}

static const struct timespec times[2] = { { .tv_sec = 1 }, { .tv_sec = 2 } };

static int run_utimes(int n, char **args)
{
	(void)n;
	return result(utimensat(AT_FDCWD, args[0], times, 0));
}

static int run_lutimes(int n, char **args)
{
	(void)n;
	return result(utimensat(AT_FDCWD, args[0], times, AT_SYMLINK_NOFOLLOW));
}

static int run_touch(int n, char **args)
{
	(void)n;
	return result(utimensat(AT_FDCWD, args[0], NULL, 0));
}

static int run_futimes(int n, char **args)
{
	(void)n;
	return result(futimens(atoi(args[0]), times));
}

static int run_setxattr(int n, char **args)
{
	(void)n;
	return result(setxattr(args[0], n > 1 ? args[1] : NAME, "x", 1, 0));
}

static int run_fsetxattr(int n, char **args)
{
	(void)n;
	return result(fsetxattr(atoi(args[0]), NAME, "x", 1, 0));
}

/* It is no failure that there is none: whether one may is asked first. */
static int run_removexattr(int n, char **args)
{
	int r = result(removexattr(args[0], n > 1 ? args[1] : NAME));

	return r == -ENODATA ? 0 : r;
}

/* A list that says what mode 0640 says, and gives one user more. */
static int run_acl(int n, char **args)
{
	static const struct {
		uint32_t version;
		struct {
			uint16_t tag, access;
			uint32_t id;
		} entries[5];
	} acl = { 2,
		  { { 1, 6, UINT32_MAX },
		    { 2, 4, 1 },
		    { 4, 4, UINT32_MAX },
		    { 16, 4, UINT32_MAX },
		    { 32, 0, UINT32_MAX } } };

	(void)n;
	return result(setxattr(args[0], "system.posix_acl_access", &acl, sizeof(acl), 0));
}

static int run_no_acl(int n, char **args)
{
	(void)n;
	return result(removexattr(args[0], "system.posix_acl_access"));
}

/* MODE PATH */
static int run_ring_setxattr(int n, char **args)
{
	struct io_uring_sqe entry = {
		.opcode = IORING_OP_SETXATTR,
		.addr = (uintptr_t)NAME,
		.addr2 = (uintptr_t) "x",
		.addr3 = (uintptr_t)args[1],
		.len = 1,
	};

	(void)n;
	return op_ring(&entry, args[0]);
}

/* MODE PATH: with credentials that were registered, and are another's by then */
static int run_ring_persona(int n, char **args)
{
	struct io_uring_sqe entry = {
		.opcode = IORING_OP_SETXATTR,
		.addr = (uintptr_t)NAME,
		.addr2 = (uintptr_t) "x",
		.addr3 = (uintptr_t)args[1],
		.len = 1,
	};

	(void)n;
	return op_ring_as(&entry, args[0]);
}

/* PATH REQUEST */
static int run_ioctl(int n, char **args)
{
	unsigned char answer[256] = { 0 };
	int fd = open(args[0], O_RDONLY | O_NONBLOCK | O_CLOEXEC), r;

	(void)n;
	if (fd < 0)
		return -errno;
	r = result(ioctl(fd, strtoul(args[1], NULL, 0), answer));
	close(fd);
	return r;
}

/* FD REQUEST */
static int run_fioctl(int n, char **args)
{
	unsigned char answer[256] = { 0 };

	(void)n;
	return result(ioctl(atoi(args[0]), strtoul(args[1], NULL, 0), answer));
}

/* MODE FD: a command that the file takes by io_uring */
static int run_ring_command(int n, char **args)
{
	struct io_uring_sqe entry = { .opcode = IORING_OP_URING_CMD, .fd = atoi(args[1]) };
	int r = op_ring(&entry, args[0]);

	(void)n;
	return r < 0 ? r : 0;
}

const struct op op_attribute[] = {
	{ "chmod", 1, run_chmod },
	{ "fchmod", 1, run_fchmod },
	{ "chown", 1, run_chown },
	{ "lchown", 1, run_lchown },
	{ "fchown", 1, run_fchown },
	{ "utimes", 1, run_utimes },
	{ "lutimes", 1, run_lutimes },
	{ "touch", 1, run_touch },
	{ "futimes", 1, run_futimes },
	{ "setxattr", 1, run_setxattr },
	{ "fsetxattr", 1, run_fsetxattr },
	{ "removexattr", 1, run_removexattr },
	{ "acl", 1, run_acl },
	{ "no-acl", 1, run_no_acl },
	{ "ring-setxattr", 2, run_ring_setxattr },
	{ "ring-persona", 2, run_ring_persona },
	{ "ioctl", 2, run_ioctl },
	{ "fioctl", 2, run_fioctl },
	{ "ring-command", 2, run_ring_command },
	{ 0 },
};

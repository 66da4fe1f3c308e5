// SPDX-License-Identifier: GPL-2.0-or-later
/* Opening by every way there is, and truncating. */
#include "op.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int op_open_flags(const char *letters)
{
	static const char names[] = "atcxdpnkT";
	static const int bits[] = {
		O_APPEND | O_WRONLY, O_TRUNC,	 O_CREAT,   O_EXCL, O_DIRECTORY, O_PATH,
		O_NOFOLLOW,	     O_NONBLOCK, O_TMPFILE,
	};
	int flags = 0, r = 0, w = 0;

	for (; *letters; letters++) {
		const char *name = strchr(names, *letters);

		if (*letters == 'r')
			r = 1;
		else if (*letters == 'w')
			w = 1;
		else if (name)
			flags |= bits[name - names];
		else
			return -1;
	}
	if (r && flags & O_WRONLY)
		flags ^= O_WRONLY | O_RDWR;
	else if (w && !(flags & O_WRONLY))
		flags |= r ? O_RDWR : O_WRONLY;
	return flags;
}

int op_open(const char *path, int flags)
{
	return closed(open(path, flags | O_CLOEXEC, 0644));
}

/* FLAGS PATH: r w a, t O_TRUNC, c O_CREAT, x O_EXCL, d O_DIRECTORY, p O_PATH, n O_NOFOLLOW */
static int run_open(int n, char **args)
{
	(void)n;
	return op_open(args[1], op_open_flags(args[0]));
}

static int run_create(int n, char **args)
{
	(void)n;
	return op_open(args[0], O_CREAT | O_EXCL | O_WRONLY);
}

static int run_tmpfile(int n, char **args)
{
	(void)n;
	return op_open(args[0], O_TMPFILE | O_RDWR);
}

/* FD FLAGS PATH: the descriptor stays open under that number */
static int run_hold(int n, char **args)
{
	int fd = open(args[2], op_open_flags(args[1]), 0644), r = 0;

	(void)n;
	if (fd < 0)
		return -errno;
	if (fd != atoi(args[0])) {
		r = result(dup2(fd, atoi(args[0])));
		close(fd);
	}
	return r;
}

static int run_close(int n, char **args)
{
	(void)n;
	return result(close(atoi(args[0])));
}

/* FD FLAGS: opens what the descriptor stands for once more */
static int run_reopen(int n, char **args)
{
	char path[64];

	(void)n;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", atoi(args[0]));
	return op_open(path, op_open_flags(args[1]));
}

static int run_ftruncate(int n, char **args)
{
	(void)n;
	return result(ftruncate(atoi(args[0]), 0));
}

static int run_truncate(int n, char **args)
{
	(void)n;
	return result(truncate(args[0], 0));
}

static int run_write(int n, char **args)
{
	(void)n;
	return result(write(atoi(args[0]), "x", 1));
}

static int run_read(int n, char **args)
{
	char byte;

	(void)n;
	return result(read(atoi(args[0]), &byte, 1));
}

/* DIR FLAGS PATH: relative to a descriptor of the directory */
static int run_openat(int n, char **args)
{
	int dir = open(args[0], O_PATH | O_DIRECTORY | O_CLOEXEC), r;

	(void)n;
	if (dir < 0)
		return -errno;
	r = closed(openat(dir, args[2], op_open_flags(args[1]) | O_CLOEXEC, 0644));
	close(dir);
	return r;
}

/* DIR FLAGS PATH: with DIR as the root of the resolution */
static int run_openat2(int n, char **args)
{
	struct open_how how = {
		.flags = (unsigned int)op_open_flags(args[1]) | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT,
	};
	int dir = open(args[0], O_PATH | O_DIRECTORY | O_CLOEXEC), r;

	(void)n;
	if (dir < 0)
		return -errno;
	r = closed((int)syscall(SYS_openat2, dir, args[2], &how, sizeof(how)));
	close(dir);
	return r;
}

/* FLAGS PATH: through a file handle, the directory of the mount being that of the file */
static int run_handle(int n, char **args)
{
	struct {
		struct file_handle head;
		unsigned char space[MAX_HANDLE_SZ];
	} handle = { .head.handle_bytes = MAX_HANDLE_SZ };
	int mount_id, mount = open("/tmp", O_PATH | O_DIRECTORY | O_CLOEXEC), r;

	(void)n;
	if (mount < 0)
		return -errno;
	close(mount);
	mount = open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (mount < 0)
		return -errno;
	r = result(name_to_handle_at(AT_FDCWD, args[1], &handle.head, &mount_id, 0));
	if (!r)
		r = closed(
			open_by_handle_at(mount, &handle.head, op_open_flags(args[0]) | O_CLOEXEC));
	close(mount);
	return r;
}

/* FLAGS PATH: opened (only as O_PATH), unlinked, and opened again by its descriptor */
static int run_unlinked(int n, char **args)
{
	char path[64];
	int fd = open(args[1], O_PATH | O_CLOEXEC), r;

	(void)n;
	if (fd < 0)
		return -errno;
	r = result(unlink(args[1]));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (!r)
		r = op_open(path, op_open_flags(args[0]));
	close(fd);
	return r;
}

/* FLAGS: a memfd, opened again by its descriptor */
static int run_memfd(int n, char **args)
{
	char path[64];
	int fd = memfd_create("memory", MFD_CLOEXEC), r;

	(void)n;
	if (fd < 0)
		return -errno;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	r = op_open(path, op_open_flags(args[0]));
	close(fd);
	return r;
}

static int run_ls(int n, char **args)
{
	DIR *dir = opendir(args[0]);
	int r;

	(void)n;
	if (!dir)
		return -errno;
	errno = 0;
	while (readdir(dir))
		;
	r = -errno;
	closedir(dir);
	return r;
}

/* SCRATCH PATH: truncates the scratch file by O_TRUNC, so that its struct file may be used
 * again for PATH, which is opened for appending and then truncated */
static int run_tail_truncate(int n, char **args)
{
	struct stat before, after;
	int r = -EACCES;

	(void)n;
	for (int i = 0; i < 64 && r == -EACCES; i++) {
		int fd;

		op_open(args[0], O_WRONLY | O_TRUNC);
		fd = open(args[1], O_WRONLY | O_APPEND | O_CLOEXEC);
		if (fd < 0 || fstat(fd, &before) < 0)
			return fd < 0 ? -errno : -EIO;
		r = result(ftruncate(fd, 0));
		if (!r && fstat(fd, &after) == 0 && after.st_size == before.st_size)
			r = -EIO;
		close(fd);
	}
	return r;
}

const struct op op_file[] = {
	{ "open", 2, run_open },
	{ "create", 1, run_create },
	{ "tmpfile", 1, run_tmpfile },
	{ "hold", 3, run_hold },
	{ "close", 1, run_close },
	{ "reopen", 2, run_reopen },
	{ "truncate", 1, run_truncate },
	{ "ftruncate", 1, run_ftruncate },
	{ "write", 1, run_write },
	{ "read", 1, run_read },
	{ "openat", 3, run_openat },
	{ "openat2", 3, run_openat2 },
	{ "handle", 2, run_handle },
	{ "unlinked", 2, run_unlinked },
	{ "memfd", 1, run_memfd },
	{ "ls", 1, run_ls },
	{ "tail-truncate", 2, run_tail_truncate },
	{ 0 },
};

// SPDX-License-Identifier: GPL-2.0-or-later
/* Names that are made, removed and changed. */
#include "op.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int run_mkdir(int n, char **args)
{
	(void)n;
	return result(mkdir(args[0], 0755));
}

static int run_mkfifo(int n, char **args)
{
	(void)n;
	return result(mkfifo(args[0], 0644));
}

static int run_mknod(int n, char **args)
{
	(void)n;
	return result(mknod(args[0], S_IFREG | 0644, 0));
}

static int run_symlink(int n, char **args)
{
	(void)n;
	return result(symlink(args[0], args[1]));
}

static int run_unlink(int n, char **args)
{
	(void)n;
	return result(unlink(args[0]));
}

static int run_rmdir(int n, char **args)
{
	(void)n;
	return result(rmdir(args[0]));
}

static int run_rename(int n, char **args)
{
	(void)n;
	return result(rename(args[0], args[1]));
}

static int run_exchange(int n, char **args)
{
	(void)n;
	return result(renameat2(AT_FDCWD, args[0], AT_FDCWD, args[1], RENAME_EXCHANGE));
}

static int run_whiteout(int n, char **args)
{
	(void)n;
	return result(renameat2(AT_FDCWD, args[0], AT_FDCWD, args[1], RENAME_WHITEOUT));
}

static int run_link(int n, char **args)
{
	(void)n;
	return result(link(args[0], args[1]));
}

static int run_unix(int n, char **args)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), r;

	(void)n;
	if (fd < 0)
		return -errno;
	strncpy(address.sun_path, args[0], sizeof(address.sun_path) - 1);
	r = result(bind(fd, (struct sockaddr *)&address, sizeof(address)));
	close(fd);
	return r;
}

const struct op op_name[] = {
	{ "mkdir", 1, run_mkdir },	 { "mkfifo", 1, run_mkfifo },
	{ "mknod", 1, run_mknod },	 { "symlink", 2, run_symlink },
	{ "unlink", 1, run_unlink },	 { "rmdir", 1, run_rmdir },
	{ "rename", 2, run_rename },	 { "whiteout", 2, run_whiteout },
	{ "exchange", 2, run_exchange }, { "link", 2, run_link },
	{ "unix", 1, run_unix },	 { 0 },
};

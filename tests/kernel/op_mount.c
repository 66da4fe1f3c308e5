// SPDX-License-Identifier: GPL-2.0-or-later
/* Other names for a file: mounts, detached trees, another root. */
#include "op.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int mount(const char *source, const char *target, const char *type, unsigned long flags,
	  const void *data);
int umount2(const char *target, int flags);

/* bind|rbind|move|remount|private|TYPE SOURCE TARGET */
static int run_mount(int n, char **args)
{
	static const struct {
		const char *name;
		unsigned long flags;
	} kinds[] = {
		{ "bind", MS_BIND },	   { "rbind", MS_BIND | MS_REC },      { "move", MS_MOVE },
		{ "remount", MS_REMOUNT }, { "private", MS_PRIVATE | MS_REC },
	};

	(void)n;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(args[0], kinds[i].name))
			return result(mount(args[1], args[2], NULL, kinds[i].flags, NULL));
	return result(mount(args[1], args[2], args[0], 0, NULL));
}

/* PATH: lazily */
static int run_umount(int n, char **args)
{
	(void)n;
	return result(umount2(args[0], 2));
}

static int tree(const char *path)
{
	int fd = (int)syscall(SYS_open_tree, AT_FDCWD, path,
			      OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);

	return fd < 0 ? -errno : fd;
}

static int opened(int dir, const char *flags, const char *name)
{
	int fd = openat(dir, name, op_open_flags(flags) | O_CLOEXEC), r = fd < 0 ? -errno : 0;

	if (fd >= 0)
		close(fd);
	close(dir);
	return r;
}

/* DIR FLAGS NAME: in a clone of the tree that is mounted nowhere */
static int run_tree(int n, char **args)
{
	int dir = tree(args[0]);

	(void)n;
	return dir < 0 ? dir : opened(dir, args[1], args[2]);
}

static int moved(int dir, const char *target)
{
	int r = result(syscall(SYS_move_mount, dir, "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH));

	close(dir);
	return r;
}

/* SOURCE TARGET: the new way to bind */
static int run_move_tree(int n, char **args)
{
	int dir = tree(args[0]);

	(void)n;
	return dir < 0 ? dir : moved(dir, args[1]);
}

/* MOUNT TARGET */
static int run_move_mount(int n, char **args)
{
	(void)n;
	return result(syscall(SYS_move_mount, AT_FDCWD, args[0], AT_FDCWD, args[1], 0));
}

static int made(const char *type)
{
	int context = (int)syscall(SYS_fsopen, type, FSOPEN_CLOEXEC), dir;

	if (context < 0 || syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -errno;
	dir = (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, 0);
	close(context);
	return dir < 0 ? -errno : dir;
}

/* TYPE FLAGS NAME: in a new file system that is mounted nowhere */
static int run_fsmount(int n, char **args)
{
	int dir = made(args[0]);

	(void)n;
	return dir < 0 ? dir : opened(dir, args[1], args[2]);
}

static int create(int context)
{
	return result(syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
}

/* FD TYPE [create]: keeps a context that a file system can be made from, or was made from */
static int run_context(int n, char **args)
{
	int context = (int)syscall(SYS_fsopen, args[1], FSOPEN_CLOEXEC), fd = atoi(args[0]), r;

	if (context < 0)
		return -errno;
	r = result(dup2(context, fd));
	if (context != fd)
		close(context);
	return !r && n > 2 ? create(fd) : r;
}

/* FD */
static int run_create(int n, char **args)
{
	(void)n;
	return create(atoi(args[0]));
}

/* FD */
static int run_make_mount(int n, char **args)
{
	int dir = (int)syscall(SYS_fsmount, atoi(args[0]), FSMOUNT_CLOEXEC, 0), r = result(dir);

	(void)n;
	if (dir >= 0)
		close(dir);
	return r;
}

/* TYPE TARGET */
static int run_move_new(int n, char **args)
{
	int dir = made(args[0]);

	(void)n;
	return dir < 0 ? dir : moved(dir, args[1]);
}

/* DIR: the mount there becomes the root, the old one is mounted over it */
static int run_pivot(int n, char **args)
{
	(void)n;
	if (chdir(args[0]) < 0)
		return -errno;
	return result(syscall(SYS_pivot_root, ".", "."));
}

/* DIR: for this process, with the present directory below it or not */
static int run_root(int n, char **args)
{
	(void)n;
	return result(chroot(args[0]));
}

/* DIR */
static int run_cd(int n, char **args)
{
	(void)n;
	return result(chdir(args[0]));
}

const struct op op_mount[] = {
	{ "mount", 3, run_mount },
	{ "umount", 1, run_umount },
	{ "tree", 3, run_tree },
	{ "move-tree", 2, run_move_tree },
	{ "fsmount", 3, run_fsmount },
	{ "move-new", 2, run_move_new },
	{ "move-mount", 2, run_move_mount },
	{ "pivot", 1, run_pivot },
	{ "root", 1, run_root },
	{ "context", 2, run_context },
	{ "context-create", 1, run_create },
	{ "context-mount", 1, run_make_mount },
	{ "cd", 1, run_cd },
	{ 0 },
};

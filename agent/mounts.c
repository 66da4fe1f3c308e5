/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <libmount/libmount.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "agent/cleanup.h"
#include "agent/mounts.h"

void mounts_freep(struct libmnt_table **mounts)
{
	mnt_unref_table(*mounts);
	*mounts = NULL;
}

int mounts_read(int self, struct libmnt_table **ret)
{
	OWNED(mounts_freep) struct libmnt_table *mounts = mnt_new_table();
	int fd = openat(self, "mountinfo", O_RDONLY | O_CLOEXEC), error;
	OWNED(close_file) FILE *file = fd < 0 ? NULL : fdopen(fd, "r");

	if (!mounts || !file)
		return fd < 0 ? -errno : -ENOMEM;
	error = mnt_table_parse_stream(mounts, file, "mountinfo");
	if (error)
		return error < 0 ? error : -EBADMSG;
	*ret = mounts;
	mounts = NULL;
	return 0;
}

/* What follows `directory` in `path`, "" or from a slash on; NULL if it lies elsewhere. */
static const char *below(const char *path, const char *directory)
{
	size_t length = strlen(directory);

	if (length == 1) /* the root */
		length = 0;
	if (strncmp(path, directory, length) || (path[length] && path[length] != '/'))
		return NULL;
	return path + length;
}

static char *join(const char *directory, const char *rest)
{
	char *joined;

	if (!directory[1]) /* the root */
		directory = "";
	return asprintf(&joined, "%s%s", directory, rest) < 0 ? NULL : joined;
}

static struct libmnt_fs *find(struct libmnt_table *mounts, struct libmnt_iter *all, uint64_t id)
{
	struct libmnt_fs *fs;

	while (!mnt_table_next_fs(mounts, all, &fs))
		if ((uint64_t)mnt_fs_get_id(fs) == id)
			return fs;
	return NULL;
}

static int visit_others(struct libmnt_table *mounts, struct libmnt_iter *all,
			struct libmnt_fs *from, const char *inside,
			int (*visit)(void *context, const char *other), void *context)
{
	struct libmnt_fs *fs;
	const char *rest;
	int r = 0;

	mnt_reset_iter(all, MNT_ITER_FORWARD);
	while (!r && !mnt_table_next_fs(mounts, all, &fs)) {
		OWNED(free_memory) char *other = NULL;

		if (fs == from || mnt_fs_get_devno(fs) != mnt_fs_get_devno(from))
			continue;
		rest = below(inside, mnt_fs_get_root(fs));
		if (!rest)
			continue;
		other = join(mnt_fs_get_target(fs), rest);
		r = other ? visit(context, other) : -ENOMEM;
	}
	return r;
}

int mounts_others(struct libmnt_table *mounts, uint64_t id, const char *path,
		  int (*visit)(void *context, const char *other), void *context)
{
	struct libmnt_iter *all = mnt_new_iter(MNT_ITER_FORWARD);
	struct libmnt_fs *from = all ? find(mounts, all, id) : NULL;
	const char *rest = from ? below(path, mnt_fs_get_target(from)) : NULL;
	OWNED(free_memory) char *inside = rest ? join(mnt_fs_get_root(from), rest) : NULL;
	int r = all && (inside || !rest) ? 0 : -ENOMEM;

	if (inside)
		r = visit_others(mounts, all, from, inside, visit, context);
	mnt_free_iter(all);
	return r;
}

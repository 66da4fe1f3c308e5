/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>

#include "agent/cleanup.h"
#include "agent/tree.h"

int tree_open(const char *root)
{
	int fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int tree_open_inside(int root, const char *path, uint64_t flags)
{
	struct open_how how = {
		.flags = flags | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	int fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));

	return fd < 0 ? -errno : fd;
}

int tree_stat(int root, const char *path, struct stat *ret)
{
	OWNED(close_fd) int fd = tree_open_inside(root, path, O_PATH);

	if (fd < 0)
		return fd;
	return fstat(fd, ret) ? -errno : 0;
}

char *tree_read(int root, const char *path)
{
	OWNED(close_fd) int fd = tree_open_inside(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	OWNED(free_memory) char *text = NULL;
	struct stat status;
	ssize_t length;

	if (fd < 0 || fstat(fd, &status)) {
		errno = fd < 0 ? -fd : errno;
		return NULL;
	}
	if (!S_ISREG(status.st_mode) || status.st_size >= TREE_FILE_MAX) {
		errno = S_ISREG(status.st_mode) ? EFBIG : EINVAL;
		return NULL;
	}
	text = malloc((size_t)status.st_size + 1);
	length = text ? read(fd, text, (size_t)status.st_size) : -1;
	if (length < 0)
		return NULL;
	text[length] = 0;
	return take_string(&text);
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int tree_list(int root, const char *directory, const char *pattern, char ***names)
{
	OWNED(close_directory) DIR *stream = NULL;
	char **found = NULL;
	int fd = tree_open_inside(root, directory, O_RDONLY | O_DIRECTORY), count = 0;
	struct dirent *entry;

	if (fd < 0)
		return fd;
	stream = fdopendir(fd);
	if (!stream) {
		close_fd(&fd);
		return -ENOMEM;
	}
	while ((entry = readdir(stream))) {
		char **grown;

		if (fnmatch(pattern, entry->d_name, FNM_PERIOD))
			continue;
		grown = realloc(found, (size_t)(count + 1) * sizeof(*found));
		if (grown)
			found = grown;
		if (!grown || !(found[count] = strdup(entry->d_name))) {
			tree_free_names(found, count);
			return -ENOMEM;
		}
		count++;
	}
	if (count)
		qsort(found, (size_t)count, sizeof(*found), by_bytes);
	*names = found;
	return count;
}

void tree_free_names(char **names, int count)
{
	for (int i = 0; i < count; i++)
		free(names[i]);
	free(names);
}

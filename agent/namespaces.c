/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "agent/cleanup.h"
#include "agent/namespaces.h"

static int add(struct namespaces *n, const char *path)
{
	OWNED(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return errno == ENOENT || errno == ESRCH ? 0 : -errno; /* it has ended */
	for (unsigned int i = 0; i < n->count; i++)
		if (n->inode[i] == st.st_ino)
			return 0;
	if (n->count == NAMESPACES_MAX)
		return -E2BIG;
	n->inode[n->count] = st.st_ino;
	n->fd[n->count++] = take_fd(&fd);
	return 0;
}

static int add_processes(int directory, struct namespaces *n)
{
	int fd = openat(directory, "cgroup.procs", O_RDONLY | O_CLOEXEC), error = 0, pid;
	OWNED(close_file) FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
	char path[64];

	if (!file)
		return fd < 0 ? -errno : -ENOMEM;
	while (!error && fscanf(file, "%d", &pid) == 1) {
		snprintf(path, sizeof(path), "/proc/%d/ns/mnt", pid);
		error = add(n, path);
	}
	return error;
}

static int add_cgroup(int directory, struct namespaces *n)
{
	int error = add_processes(directory, n), fd = openat(directory, ".", O_RDONLY | O_CLOEXEC);
	OWNED(close_directory) DIR *entries = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	while (!error && entries && (entry = readdir(entries))) {
		OWNED(close_fd) int below = -1;

		if (entry->d_type != DT_DIR || *entry->d_name == '.')
			continue;
		below = openat(directory, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (below >= 0)
			error = add_cgroup(below, n);
	}
	return error;
}

int namespaces_of_cgroup(int directory, struct namespaces *namespaces)
{
	int error = add_cgroup(directory, namespaces);

	if (!error && !namespaces->count)
		error = add(namespaces, "/proc/self/ns/mnt");
	return error;
}

void namespaces_close(struct namespaces *namespaces)
{
	while (namespaces->count)
		close_fd(&namespaces->fd[--namespaces->count]);
}

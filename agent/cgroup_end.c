/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of a cgroup: kill what is in it, and remove it with all below. */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "agent/cgroup.h"
#include "agent/cleanup.h"

#define POLL_MS 5

static DIR *open_directory(int parent, const char *name)
{
	OWNED(close_fd)
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *directory = fd < 0 ? NULL : fdopendir(fd);

	if (directory)
		take_fd(&fd);
	return directory;
}

static bool is_child(const struct dirent *entry)
{
	return entry->d_type == DT_DIR && strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
}

static void kill_processes(int directory)
{
	OWNED(close_file) FILE *file = NULL;
	OWNED(close_fd) int fd = openat(directory, "cgroup.procs", O_RDONLY | O_CLOEXEC);
	int pid;

	if (fd < 0)
		return;
	file = fdopen(fd, "r");
	if (!file)
		return;
	take_fd(&fd);
	while (fscanf(file, "%d", &pid) == 1)
		if (pid > 0)
			kill(pid, SIGKILL);
}

/* For kernels without cgroup.kill; a fork may be faster, so that the caller does it again. */
static void kill_tree(int parent, const char *name)
{
	OWNED(close_directory) DIR *directory = open_directory(parent, name);
	struct dirent *entry;

	if (!directory)
		return;
	kill_processes(dirfd(directory));
	while ((entry = readdir(directory)))
		if (is_child(entry))
			kill_tree(dirfd(directory), entry->d_name);
}

static void kill_once(int directory)
{
	OWNED(close_fd) int fd = openat(directory, "cgroup.kill", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, "1", 1) != 1)
		kill_tree(directory, ".");
}

int cgroup_kill_all(int directory, unsigned int timeout_ms)
{
	struct timespec pause = { .tv_nsec = POLL_MS * 1000000L };

	for (unsigned int waited = 0;; waited += POLL_MS) {
		int populated = cgroup_populated(directory);

		if (populated <= 0)
			return populated == -ENODEV ? 0 : populated;
		if (waited > timeout_ms)
			return -ETIMEDOUT;
		kill_once(directory);
		nanosleep(&pause, NULL);
	}
}

static int remove_children(int parent, const char *name)
{
	OWNED(close_directory) DIR *directory = open_directory(parent, name);
	struct dirent *entry;

	if (!directory)
		return -errno;
	while ((entry = readdir(directory))) {
		int error = is_child(entry) ? cgroup_remove(dirfd(directory), entry->d_name) : 0;

		if (error)
			return error;
	}
	return 0;
}

int cgroup_remove(int parent, const char *name)
{
	int error = remove_children(parent, name);

	if (error)
		return error == -ENOENT ? 0 : error;
	return unlinkat(parent, name, AT_REMOVEDIR) && errno != ENOENT ? -errno : 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <libcgroup.h>
#include <string.h>
#include <sys/stat.h>

#include "agent/cgroup.h"
#include "agent/cleanup.h"
#include "agent/sandbox.h"

#define PREFIX "bailiff-run-"
#define KILL_TIMEOUT_MS 10000

static bool has_pids_controller(int directory)
{
	OWNED(close_fd) int fd = openat(directory, "cgroup.subtree_control", O_RDONLY | O_CLOEXEC);
	char text[512];
	ssize_t length = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);

	if (length <= 0)
		return false;
	text[length] = 0;
	return strstr(text, "pids") != NULL;
}

/* libcgroup makes a group of version 2 only with a controller, and else says that it did. */
static void create_with_controller(const char *path)
{
	struct cgroup *group = cgroup_init() ? NULL : cgroup_new_cgroup(path);

	if (group && cgroup_add_controller(group, "pids"))
		cgroup_create_cgroup(group, 0);
	if (group)
		cgroup_free(&group);
}

static int create_group(struct sandbox *sandbox)
{
	if (has_pids_controller(sandbox->parent))
		create_with_controller(sandbox->path + 1);
	if (mkdirat(sandbox->parent, sandbox->name, 0755) && errno != EEXIST)
		return -errno;
	sandbox->directory = openat(sandbox->parent, sandbox->name,
				    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (sandbox->directory < 0)
		return -errno;
	/* A process inside would be one that the policy was not asked about. */
	if (cgroup_populated(sandbox->directory) != 0)
		return -EBUSY;
	return cgroup_id(sandbox->directory, &sandbox->id);
}

bool sandbox_process_runs(int pid)
{
	char path[64], target[8];

	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	return readlink(path, target, sizeof(target)) >= 0;
}

static bool is_stale(const char *name)
{
	int pid;

	return sscanf(name, PREFIX "%d", &pid) == 1 && !sandbox_process_runs(pid);
}

/* One with a process in it can't be removed: the kernel sees to that. */
static void remove_stale_below(int parent)
{
	OWNED(close_fd) int fd = openat(parent, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	OWNED(close_directory) DIR *directory = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!directory)
		return;
	take_fd(&fd);
	while ((entry = readdir(directory)))
		if (is_stale(entry->d_name))
			unlinkat(parent, entry->d_name, AT_REMOVEDIR);
}

void sandbox_remove_stale(int root, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash && is_stale(slash + 1))
		unlinkat(root, path + strspn(path, "/"), AT_REMOVEDIR);
}

static int open_parent(struct sandbox *sandbox, struct fault *fault)
{
	char own[PATH_MAX];
	int error;

	sandbox->root = cgroup_open_root();
	if (sandbox->root < 0)
		return fault_errno(fault, sandbox->root, "no cgroup2 hierarchy");
	error = cgroup_of_process(0, own);
	if (error)
		return fault_errno(fault, error, "/proc/self/cgroup");
	sandbox->parent = cgroup_open(sandbox->root, own);
	if (sandbox->parent < 0)
		return fault_errno(fault, sandbox->parent, "cgroup %s", own);
	snprintf(sandbox->name, sizeof(sandbox->name), PREFIX "%d", (int)getpid());
	if (snprintf(sandbox->path, sizeof(sandbox->path), "%s/%s", own[1] ? own : "",
		     sandbox->name) >= (int)sizeof(sandbox->path))
		return fault_errno(fault, -ENAMETOOLONG, "cgroup %s", own);
	return 0;
}

static void close_all(struct sandbox *sandbox)
{
	close_fd(&sandbox->directory);
	close_fd(&sandbox->parent);
	close_fd(&sandbox->root);
}

int sandbox_create(struct sandbox *sandbox, struct fault *fault)
{
	int error = open_parent(sandbox, fault);

	if (error) {
		close_all(sandbox);
		return error;
	}
	remove_stale_below(sandbox->parent);
	error = create_group(sandbox);
	if (!error)
		return 0;
	fault_errno(fault, error, "cgroup %s", sandbox->path);
	unlinkat(sandbox->parent, sandbox->name, AT_REMOVEDIR);
	close_all(sandbox);
	return error;
}

void sandbox_remove(struct sandbox *sandbox)
{
	if (sandbox->directory >= 0) {
		cgroup_kill_all(sandbox->directory, KILL_TIMEOUT_MS);
		cgroup_remove(sandbox->parent, sandbox->name);
	}
	close_all(sandbox);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>
#include <string.h>

#include "agent/cgroup.h"
#include "agent/cleanup.h"
#include "agent/objects.h"
#include "agent/registry.h"
#include "agent/sandbox.h"
#include "agent/stale.h"

#define PREFIX "bailiff-run-"

void stale_own_pin_dir(char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, STALE_PIN_BASE "/" PREFIX "%d", (int)getpid());
}

static bool cgroup_in_use(int root, const char *path)
{
	OWNED(close_fd) int fd = cgroup_open(root, path);

	return fd >= 0 && cgroup_populated(fd) != 0;
}

/* An instance that can't be looked into is one that never was complete. */
static bool confines_anything(const char *pin_dir)
{
	OWNED(close_fd) int root = cgroup_open_root();
	OWNED(objects_close) struct objects objects;
	OWNED(registry_close) struct registry registry = { 0 };
	struct registry_entry entry;
	struct fault ignored;

	objects_init(&objects);
	if (objects_adopt(&objects, pin_dir, &ignored) ||
	    registry_open(&registry, &objects.maps, root))
		return false;
	for (uint32_t i = 0; registry_next(&registry, i, &entry); i = entry.number + 1)
		if (entry.tasks || (*entry.path && cgroup_in_use(root, entry.path)))
			return true;
	return false;
}

static int for_each(bool all, struct fault *fault)
{
	OWNED(close_directory) DIR *directory = opendir(STALE_PIN_BASE);
	struct dirent *entry;
	int result = 0;

	while (directory && (entry = readdir(directory))) {
		char path[PATH_MAX];
		struct fault why;
		int pid, error;

		if (sscanf(entry->d_name, PREFIX "%d", &pid) != 1)
			continue;
		snprintf(path, sizeof(path), STALE_PIN_BASE "/%s", entry->d_name);
		if (!all && (sandbox_process_runs(pid) || confines_anything(path)))
			continue;
		error = objects_unload(path, &why);
		if (error && !result) {
			result = error;
			*fault = why;
		}
	}
	return result;
}

void stale_clean(void)
{
	struct fault ignored;

	for_each(false, &ignored);
}

int stale_unload_all(struct fault *fault)
{
	return for_each(true, fault);
}

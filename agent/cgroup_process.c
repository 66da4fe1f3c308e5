/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "agent/cgroup.h"
#include "agent/cleanup.h"

int cgroup_of_process(pid_t pid, char path[PATH_MAX])
{
	OWNED(close_file) FILE *file = NULL;
	OWNED(free_memory) char *line = NULL;
	char name[64] = "/proc/self/cgroup";
	size_t size = 0, length;

	if (pid)
		snprintf(name, sizeof(name), "/proc/%d/cgroup", (int)pid);
	file = fopen(name, "re");
	if (!file)
		return -errno;
	while (getline(&line, &size, file) > 0) {
		if (strncmp(line, "0::/", 4))
			continue;
		length = strcspn(line + 3, "\n");
		if (length >= PATH_MAX)
			return -ENAMETOOLONG;
		memcpy(path, line + 3, length);
		path[length] = 0;
		return 0;
	}
	return -ENOENT;
}

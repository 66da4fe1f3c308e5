/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cgroup of one `bailiff run`: "bailiff-run-PID" below the cgroup of the caller, so that
 * the caller's limits hold for the command too. */
#ifndef BAILIFF_SANDBOX_H
#define BAILIFF_SANDBOX_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "agent/fault.h"

struct sandbox {
	int root;   /* of the hierarchy */
	int parent; /* the caller's cgroup */
	int directory;
	char name[32];
	char path[PATH_MAX];
	uint64_t id;
};

/* Before the first use, so that sandbox_remove() may follow at any time. */
#define SANDBOX_NONE                                                                               \
	{                                                                                          \
		.root = -1, .parent = -1, .directory = -1                                          \
	}

/* Makes the cgroup and makes sure that it is there and empty. Cgroups that other runs, now
 * gone, left empty beside it are removed. 0 or a negative errno, nothing being left behind. */
int sandbox_create(struct sandbox *sandbox, struct fault *fault);

/* Kills all that is left inside and removes it. */
void sandbox_remove(struct sandbox *sandbox);

/* Removes the cgroup at `path`, below the root of the hierarchy, if it is one of these, its
 * process is gone, and it is empty. */
void sandbox_remove_stale(int root, const char *path);

/* Whether the process executes anything: it is there and no zombie. */
bool sandbox_process_runs(int pid);

#endif

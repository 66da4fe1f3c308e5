/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Control groups of the version 2 hierarchy. A path here is one from the root of the
 * hierarchy as it is mounted: "/" or "/machine.slice/x". An id is the one that the kernel and
 * the BPF programs know.
 */
#ifndef BAILIFF_CGROUP_H
#define BAILIFF_CGROUP_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Finds where cgroup2 is mounted, also on hosts where version 1 is there too. 0, -ENOENT if
 * it is not mounted, -ENAMETOOLONG. */
int cgroup_mount_point(char mount[PATH_MAX]);

/* Opens the root of the mounted hierarchy as a directory; a descriptor or negative errno. */
int cgroup_open_root(void);

/* Opens a cgroup as a directory, below `root`. -EXDEV, -ELOOP for a path that leaves it. */
int cgroup_open(int root, const char *path);

/* The id of the cgroup that a directory descriptor stands for; -ENOTDIR, -EOPNOTSUPP, ... */
int cgroup_id(int directory, uint64_t *id);

/* Writes the path of a cgroup that exists: 0, -ESTALE if none has the id, or another errno. */
int cgroup_path(int root, uint64_t id, char path[PATH_MAX]);

/* Accepts a path of either kind, from the root of the hierarchy or with the mount point in
 * front, and writes the former without doubled or trailing slashes. -EINVAL for a relative
 * one or one with ".." or "." in it. */
int cgroup_normalize(const char *given, char path[PATH_MAX]);

/* Writes the path of the cgroup that the process is in; 0 is the caller. -ENOENT if it is in
 * none of this hierarchy. */
int cgroup_of_process(pid_t pid, char path[PATH_MAX]);

/* 1 if any process is in the cgroup or below it, 0 if not, or a negative errno. */
int cgroup_populated(int directory);

/* Moves the process (0: the caller) into the cgroup. */
int cgroup_attach(int directory, pid_t pid);

/* Kills all that is in the cgroup and below, until none is left: 0, or -ETIMEDOUT. */
int cgroup_kill_all(int directory, unsigned int timeout_ms);

/* Removes the cgroup `name` of `parent` and all below it; it must have no process. */
int cgroup_remove(int parent, const char *name);

#endif

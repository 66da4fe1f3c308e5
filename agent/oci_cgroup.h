/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cgroup of a container. linux.cgroupsPath is a path from the root of the hierarchy, or for
 * runtimes that ask systemd "SLICE:PREFIX:NAME", which stands for PREFIX-NAME.scope in SLICE, and
 * a slice a-b.slice lies in a.slice.
 */
#ifndef BAILIFF_OCI_CGROUP_H
#define BAILIFF_OCI_CGROUP_H

#include <limits.h>
#include <stdbool.h>

#include "agent/fault.h"
#include "agent/oci_config.h"
#include "agent/request.h"

/* Writes the path that a linux.cgroupsPath stands for; false if it does not tell: a relative
 * one, or one with "." or ".." in it. */
bool cgroups_path_expand(const char *cgroups_path, char path[PATH_MAX]);

/* Writes the container's id, as podman puts it into linux.cgroupsPath; false if there is none. */
bool cgroups_path_id(const char *cgroups_path, char id[REQUEST_NAME_MAX]);

/*
 * Writes which cgroup is the container's, of which `inside` is the one of its first process: the
 * one that the config names, where crun makes a further one below it. 0; -EXDEV with the fault if
 * an annotation has moved the process elsewhere.
 */
int oci_cgroup_choose(const struct oci_config *config, const char *inside, char path[PATH_MAX],
		      struct fault *fault);

/* Whether `path` is `above` or lies below it. */
bool cgroup_is_in(const char *path, const char *above);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of a container's config.json matters here (OCI runtime specification, "Configuration"). */
#ifndef BAILIFF_OCI_CONFIG_H
#define BAILIFF_OCI_CONFIG_H

#include <stdbool.h>

#include "agent/fault.h"
#include "agent/oci_input.h"

/* The members live as long as the object; NULL where one is absent. */
struct oci_config {
	struct json_object *object;
	const char *root;	  /* path of the container's root, relative to the bundle */
	const char *cgroups_path; /* not empty */
	struct json_object *annotations, *seccomp;
};

/* 0, or -EINVAL with the fault: no JSON object, or a member of a wrong type. */
int oci_config_read(const struct input *input, struct oci_config *config, struct fault *fault);
void oci_config_free(struct oci_config *config);

/* The key of an annotation that makes crun start something else than a program of the container,
 * by its own code and without an execve: nothing would ever become confined. NULL if there is none.
 */
const char *oci_config_handler(const struct oci_config *config);

/* Whether the container gets a mount namespace of its own. */
bool oci_config_own_mounts(const struct oci_config *config);

/* The same of the name that crun was started by: "krun", "crun-wasm". NULL for others. */
const char *oci_runtime_handler(const char *name);

/* The key of an annotation that makes crun put the container into another cgroup than
 * linux.cgroupsPath says. NULL if there is none. */
const char *oci_config_cgroup_moved(const struct oci_config *config);

#endif

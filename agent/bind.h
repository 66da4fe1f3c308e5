/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Binding a cgroup to a policy, and letting it go. */
#ifndef BAILIFF_BIND_H
#define BAILIFF_BIND_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/fault.h"
#include "agent/objects.h"
#include "agent/registry.h"

struct bind_request {
	int cgroup;	  /* directory descriptor, the caller's */
	const char *path; /* of the cgroup, from the root of the hierarchy */
	uint32_t policy;  /* number in the directory in force */
	const char *name; /* of the container; NULL: the last component of the path */
	bool start;	  /* what runs inside stays as it is; what it executes is confined */
	bool replace;	  /* what is bound gets this policy, and stays as confined as it is */
	enum container_origin origin;
	/* Of a container runtime: the descriptor of its root directory; what has that root is its
	 * own work (bpf/outside.bpf.h). -1: there is no such thing. */
	int root;
	bool same_root;	    /* the container's root can be the same */
	const char *rootfs; /* see struct identity_job */
};

/* Binds the cgroup and, unless `start`, confines what runs in it already; then looks for other
 * names of the files that the policy denies. 0 and the number;
 * -EBUSY if it is bound, -ENOSPC if there is no room, -EAGAIN if not all tasks could be
 * confined: the cgroup is then as it was before. -ENOENT: the cgroup is gone, or `replace` and it
 * is not bound. */
int bind_container(const struct objects *objects, struct registry *registry,
		   const struct bind_request *request, uint32_t *number, struct fault *fault);

/* How a container of that path is called, if it may have a name of its own. */
const char *bind_name(const char *name, const char *path);

/* Leaves the name for the next agent; of one that is too long the beginning, the whole stands in
 * what is kept of the selection (agent/selected.h). */
void bind_remember_name(struct container *container, const char *name);

/* Frees a container: what runs in it is no longer confined. 0; -ENOENT if it is not there. */
int unbind_container(const struct objects *objects, const struct registry_entry *entry);

#endif

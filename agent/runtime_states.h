/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The containers that run now, from what OCI runtimes keep of them: crun's status files, and the
 * state.json of runc, also where containerd and Docker have it put. All are written by root.
 */
#ifndef BAILIFF_RUNTIME_STATES_H
#define BAILIFF_RUNTIME_STATES_H

#include <stdbool.h>
#include <stddef.h>

struct json_object;

struct runtime_state {
	char *cgroup;		   /* path from the root of the hierarchy */
	struct json_object *facts; /* see agent/facts.h */
};

struct runtime_states {
	struct runtime_state *items;
	size_t count;
};

/* Reads them below `root` ("" for the host's own). What can't be understood is left out, and so is
 * what `skip` says is known already, by the path of the cgroup that its processes are in, before
 * its bundle is read. 0 or -ENOMEM; runtime_states_free() is due in any case. */
int runtime_states_read(struct runtime_states *states, const char *root,
			bool (*skip)(void *context, const char *cgroup), void *context);
void runtime_states_free(struct runtime_states *states);

/* Facts of the container with that cgroup, NULL if there is none. They stay the table's. */
struct json_object *runtime_states_find(const struct runtime_states *states, const char *cgroup);

#endif

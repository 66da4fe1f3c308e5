/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The containers of an instance, by number: what the maps say, and beside it names and paths
 * that are remembered for events that come after the container's end.
 */
#ifndef BAILIFF_REGISTRY_H
#define BAILIFF_REGISTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/maps.h"

struct registry_memory {
	uint64_t cgroup_id; /* 0: nothing is remembered */
	uint64_t serial;    /* another one whenever what is remembered changes */
	char *name;
	char *path;
	char *selection; /* see agent/selected.h; NULL: its policy was named */
	bool pinned;	 /* the selection is kept for the next agent, too */
};

struct registry {
	const struct maps *maps; /* the caller's, for the registry's whole life */
	int cgroup_root;
	struct registry_memory *memory; /* n_memory elements */
	uint32_t n_memory;
	uint64_t serial; /* the last one that was given */
};

/* What is known of one container. Strings live until the container's number is used again. */
struct registry_entry {
	uint32_t number;
	uint32_t policy;
	uint32_t state;	 /* enum container_state, not CONTAINER_FREE */
	uint32_t origin; /* enum container_origin */
	uint64_t cgroup_id;
	uint64_t bound_at; /* CLOCK_BOOTTIME, ns */
	uint64_t tasks;
	const char *name;
	const char *path;      /* "" if the cgroup was gone before it was known */
	const char *selection; /* see agent/selected.h; NULL: its policy was named */
};

/* Learns from the maps what is bound already. cgroup_root stays the caller's. */
int registry_open(struct registry *registry, const struct maps *maps, int cgroup_root);
void registry_close(struct registry *registry);

/* The first container from `number` on that is in use; false: no more. */
bool registry_next(const struct registry *registry, uint32_t number, struct registry_entry *entry);

/* By cgroup id, by name (the first), by path from the root of the hierarchy. */
bool registry_find_id(const struct registry *registry, uint64_t id, struct registry_entry *entry);
bool registry_find_name(const struct registry *registry, const char *name,
			struct registry_entry *entry);
bool registry_find_path(const struct registry *registry, const char *path,
			struct registry_entry *entry);

/* A container that the policy decides for, its last tasks included. */
bool registry_find_policy(const struct registry *registry, uint32_t policy,
			  struct registry_entry *entry);

/* Remembers a container under its number; 0 or -ENOMEM. */
int registry_remember(struct registry *registry, uint32_t number, uint64_t cgroup_id,
		      const char *name, const char *path);

/* Remembers its whole name; -ENOENT if the container is not remembered, -ENOMEM. */
int registry_remember_name(struct registry *registry, uint32_t number, uint64_t cgroup_id,
			   const char *name);

/* Remembers how its policy was selected; -ENOENT if the container is not remembered, -ENOMEM. */
int registry_remember_selection(struct registry *registry, uint32_t number, uint64_t cgroup_id,
				const char *selection);

/* What is remembered under a number, if it is of that cgroup; else NULL. */
const struct registry_memory *registry_recall(const struct registry *registry, uint32_t number,
					      uint64_t cgroup_id);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The maps of one instance, as user space uses them. What is in `containers` belongs to user
 * space while a container is free, and to the kernel side otherwise (bpf/abi_scope.h).
 */
#ifndef BAILIFF_MAPS_H
#define BAILIFF_MAPS_H

#include <stdbool.h>
#include <stdint.h>

#include "bpf/abi_event.h"
#include "bpf/abi_policy.h"
#include "bpf/abi_scope.h"

enum map_id {
	MAP_TASKS,
	MAP_CGROUPS,
	MAP_CONTAINERS,
	MAP_CONTAINER_TASKS,
	MAP_DIRECTORIES,
	MAP_POLICY_IMAGES,
	MAP_RING_DENIED,
	MAP_RING_OTHER,
	MAP_COUNTERS,
	MAP_IDENTITIES,
	MAP_PARENTS,
	MAP_LISTENERS,
	MAP_SCRATCHES,
	MAP_GLOBALS,
	MAPS,
};

struct maps {
	int fd[MAPS];
	uint32_t max_containers;
	uint32_t slots;
	struct container *containers; /* shared memory */
	const uint64_t *tasks;	      /* confined tasks by container, shared memory */
	char *globals;		      /* the programs' global variables, shared memory */
	uint32_t globals_size;
	struct shared *shared; /* in the globals */
	uint32_t *inner; /* ids of the maps in the slots, then of the directory; 0: look it up */
};

/* Name of a map in the object file and of its pin; the globals are pinned as "globals". */
const char *maps_name(enum map_id id);

/* Before anything else, so that maps_close() may follow at any time. */
void maps_init(struct maps *maps);

/* Checks that the maps in maps->fd have the layout that this program was built with, and
 * maps the shared memory: 0; -EPROTO for another layout; another negative errno. From then on
 * nobody else may put anything into the slots. */
int maps_open(struct maps *maps);
void maps_close(struct maps *maps);

/* The directory in force: *heads with *count elements, the caller's to free. */
int maps_read_directory(const struct maps *maps, struct policy_head **heads, uint32_t *count);

/* Makes a directory of its own and puts it in force with one update; when it returns, no
 * program uses the one before. */
int maps_publish_directory(const struct maps *maps, const struct policy_head *heads,
			   uint32_t count);

/* An image on its way into a slot. */
struct maps_image {
	uint32_t slot;
	int fd;
};

/* Makes an image that is in no slot yet; a descriptor or a negative errno. */
int maps_make_image(const uint64_t *words, uint32_t count);

/* Puts images into slots that no directory in force names. The kernel waits for its programs
 * with each (up to 6.7): this does it with all of them at once. On error any may be placed. */
int maps_place_images(const struct maps *maps, const struct maps_image *images, uint32_t count);

/* Reads `count` words of the image in a slot, from `first` on. */
int maps_read_image(const struct maps *maps, uint32_t slot, uint32_t first, uint32_t count,
		    uint64_t *words);

/* Empties slots, and forgets the files that the policies in them denied under other names;
 * slots that are empty are no error. */
int maps_release_images(const struct maps *maps, const uint32_t *slots, uint32_t count);

/* 1 if the slot holds an image, 0 if not. */
int maps_slot_used(const struct maps *maps, uint32_t slot);

/* Sums the counters over all CPUs. */
int maps_read_counters(const struct maps *maps, uint64_t counters[COUNTERS]);

#endif

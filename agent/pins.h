/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pin directory of an instance: maps/NAME, links/CLASS-PROGRAM, selected/CGROUP
 * (agent/selected.h), sweep_tasks and mark_task (programs), and `complete`, a map that is pinned
 * last: without it, the rest is half of something.
 */
#ifndef BAILIFF_PINS_H
#define BAILIFF_PINS_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "agent/fault.h"

#define PINS_SWEEP "sweep_tasks"
#define PINS_MARK "mark_task"
#define PINS_BIND "bind_cgroup"
#define PINS_REFUSE "record_refusal"
#define PINS_SELECTED "selected"

/* What the programs that are pinned were built as. */
struct pins_marker {
	uint32_t version;	/* EVENT_VERSION */
	uint32_t shared_offset; /* of struct shared in the globals */
	uint64_t build;		/* tells one object file from another */
	uint64_t loaded_at;	/* CLOCK_BOOTTIME, ns */
};

/* Writes DIR/PART or, with a name, DIR/PART/NAME; -ENAMETOOLONG. */
int pins_path(char path[PATH_MAX], const char *dir, const char *part, const char *name);

/* Makes the directory and its parts; refuses a place that is on no bpf file system. */
int pins_create(const char *dir, struct fault *fault);

/* 0 and the marker of a complete instance; -ENOENT if nothing is there; -EUCLEAN if what is
 * there has no marker. */
int pins_read_marker(const char *dir, struct pins_marker *marker);
int pins_write_marker(const char *dir, const struct pins_marker *marker);

/* Number of pinned links. */
unsigned int pins_count_links(const char *dir);

/* Removes all pins and the directory: the marker first, then the links that judge, those that
 * track tasks after them, the rest last; waits until the kernel has let go of the programs. 0 also
 * if there was nothing. */
int pins_remove(const char *dir, struct fault *fault);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The BPF programs and maps of one instance, which live by their pins: in the kernel they
 * stay when the process ends, and a later process adopts them.
 */
#ifndef BAILIFF_OBJECTS_H
#define BAILIFF_OBJECTS_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "agent/fault.h"
#include "agent/maps.h"

struct objects_options {
	const char *pin_dir;
	uint32_t allow_missing; /* 1 << enum hook_class */
	bool other_build;	/* what is there is of another build: nothing is added to it */
	uint32_t max_tasks, max_containers;
	uint32_t ring_denied, ring_other; /* bytes */
};

struct objects {
	struct maps maps;
	char pin_dir[PATH_MAX];
	int sweep_program, mark_program, bind_program, refuse_program;
	struct shared *shared;	/* in the memory of the programs */
	unsigned int programs;	/* attached */
	uint32_t allow_missing; /* as in the options */
	uint32_t classes;	/* whose programs were found or loaded on demand */
	bool adopted;
	bool other_build; /* adopted from another build, of the same layout */
};

/* Before anything else, so that objects_close() may follow at any time. */
void objects_init(struct objects *objects);

/* Adopts the instance of options->pin_dir, or loads, attaches and pins a new one; what an
 * interrupted start left there is removed first. -EOPNOTSUPP if the kernel lacks a hook whose
 * class is not allowed to be missing: the fault names all of them. -EPROTO if what is there
 * has another layout. On error nothing new is left behind. */
int objects_open(struct objects *objects, const struct objects_options *options,
		 struct fault *fault);

/* Loads and attaches what programs policies with `classes` (CLASS_*) need and are not there yet.
 * -EOPNOTSUPP if the kernel lacks a hook, as above; -EPROTO if some are missing and those that are
 * there are of another build. */
int objects_need(struct objects *objects, uint32_t classes, struct fault *fault);

/* Adopts only; -ENOENT if no complete instance is there. */
int objects_adopt(struct objects *objects, const char *pin_dir, struct fault *fault);

/* Lets go of them; programs, maps and bindings stay in force. */
void objects_close(struct objects *objects);

/* Takes all of an instance away; whoever has it open must close it too. */
int objects_unload(const char *pin_dir, struct fault *fault);

/* Names the processes and objects of ours that no confined task may touch: this process, the
 * pins, and the listening socket with that inode (0: none). */
int objects_protect(const struct objects *objects, uint64_t control_inode);

/* Binds a cgroup, or with binding->replace binds it anew: 0 with binding->number; -EEXIST if it is
 * bound, -ENOENT if it is not, -ENOSPC if all containers are in use, -EBADF for a wrong
 * descriptor. */
int objects_bind(const struct objects *objects, struct binding *binding);

/* Records that the policy of a container denies its entry point. 0 or a negative errno. */
int objects_record_refusal(const struct objects *objects, struct refusal *refusal);

/* Confines what already runs in the subtree of a container; 0 or a negative errno. */
int objects_sweep(const struct objects *objects, uint32_t container);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the next directory looks like, worked out from the one in force and from compiled
 * policies, without any system call. A policy keeps its number by its name; one that did not
 * change keeps its slot, and so its image.
 */
#ifndef BAILIFF_PLAN_H
#define BAILIFF_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/fault.h"
#include "bpf/abi_policy.h"

enum plan_kind {
	PLAN_REPLACE, /* the policies of the directory, and the watch, are put anew; private ones
			 stay */
	PLAN_EDIT,    /* all stay but what is put or dropped */
};

struct plan {
	struct policy_head *current; /* as in force; with n_current elements */
	struct policy_head *next;    /* BAILIFF_MAX_POLICIES elements */
	uint8_t *slot_taken;	     /* by current or next, `slots` elements */
	uint32_t n_current, slots;
	uint32_t count; /* elements of next that are the new directory, at least 1 */
	uint32_t added, changed, kept, removed; /* policies */
	uint32_t retired;			/* kept for containers that leave them */
};

/* Where a compiled policy goes. */
struct plan_place {
	uint32_t number;
	uint32_t slot;
	bool write; /* the slot has to be filled first */
};

/* Takes `current` over in any case; slots: elements of policy_images. 0 or -ENOMEM. */
int plan_begin(struct plan *plan, enum plan_kind kind, struct policy_head *current,
	       uint32_t n_current, uint32_t slots);
void plan_end(struct plan *plan);

/* Finds number and slot for a compiled policy and puts its head there. A private policy is a
 * new one whatever its name. audit_only: mode is POLICY_MODE_AUDIT at most. -ENOSPC with a
 * fault that names the limit; -EEXIST if the name was put before. */
int plan_put(struct plan *plan, const struct policy_head *head, enum policy_owner owner,
	     bool audit_only, struct plan_place *place, struct fault *fault);

/* Keeps a policy as it is under its number, as a private one that has no name for others; if
 * a policy of its name and of the same content is put, that takes the number back. */
void plan_retire(struct plan *plan, uint32_t number);

/* The number under which a policy of the directory will be in force; -ENOENT. */
int plan_find(const struct plan *plan, const char *name, uint32_t *number);

/* Takes a policy out, whatever it is. */
void plan_drop(struct plan *plan, uint32_t number);

/* Counts what goes and gives all heads the next generation, which it returns. */
uint32_t plan_finish(struct plan *plan);

/* The next policy from *number on that is in force and will not be; false: no more. */
bool plan_next_removed(const struct plan *plan, uint32_t *number);

/* The generation in force; 0 if there is no policy yet. */
uint32_t plan_generation(const struct policy_head *heads, uint32_t count);

/* CLASS_* of all policies that will be in force. */
uint32_t plan_classes(const struct plan *plan);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Containers whose policy was selected. What is known of them is kept beside the pins, where no
 * confined task can change it and the next agent finds it, in maps that only hold a text:
 *
 *   {"facts": {...}, "select": "file.cfg:line", "priority": ..., "unmatched": "why"}
 *
 * with `unmatched` where the last reload found no choice.
 */
#ifndef BAILIFF_SELECTED_H
#define BAILIFF_SELECTED_H

#include <stdint.h>

#include "agent/fault.h"
#include "agent/registry.h"
#include "policy/select.h"

struct json_object;

/* Chooses the policy for what the facts say and makes the text above of it, the caller's.
 * -ENOENT and -ENOTUNIQ, with the fault, if there is no choice; -EINVAL for facts that are
 * wrong; -ENOMEM. The choice points into the selector. */
int selected_choose(const struct selector *selector, struct json_object *facts,
		    struct select_choice *choice, struct json_object **selection,
		    struct fault *fault);

/* Remembers it for a bound container, there and in the registry. */
int selected_keep(const char *pin_dir, struct registry *registry, uint32_t number,
		  uint64_t cgroup_id, struct json_object *selection);

/* Forgets it, wherever it is. */
void selected_forget(const char *pin_dir, uint64_t cgroup_id);

/* Puts what earlier agents kept into the registry; what is of no container any more is removed.
 * 0 or a negative errno. */
int selected_learn(const char *pin_dir, struct registry *registry);

/* Whether what is remembered is of a container that its runtime calls so; either may be NULL. */
bool selected_is_of(const char *selection, const char *runtime_id);

/* The bound container that its runtime calls so; none if two runtimes call one so each. */
bool selected_find(const struct registry *registry, const char *runtime_id,
		   struct registry_entry *entry);

/* Takes away what is kept of containers that ended. */
void selected_clean(const char *pin_dir, struct registry *registry);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of policies and rules, for events: of the directory in force and of those before it,
 * since an event may be read after the directory that decided it was replaced. They are read
 * from the pinned images, so that a restarted agent knows them too.
 */
#ifndef BAILIFF_RULES_H
#define BAILIFF_RULES_H

#include <stddef.h>
#include <stdint.h>

#include "agent/maps.h"

#define RULES_GENERATIONS 16

struct rules_table;

struct rules_generation {
	uint32_t generation;
	uint32_t count;
	struct rules_table **tables; /* by policy number; NULL: no such policy */
};

/* All zero is empty; the newest generation is the first. */
struct rules {
	struct rules_generation generations[RULES_GENERATIONS];
};

/* Learns the directory that is in force, if it is not known yet. 0 or a negative errno, the
 * rest being as before. */
int rules_learn(struct rules *rules, const struct maps *maps);
void rules_free(struct rules *rules);

/* Name of a policy, NULL if it is not known. */
const char *rules_policy_name(const struct rules *rules, uint32_t policy, uint32_t generation);

/* Writes "file.cfg:line": 0; -ENOENT if it is not known; -ENOSPC, -EBADMSG. */
int rules_source(const struct rules *rules, uint32_t policy, uint32_t generation, uint16_t rule,
		 char *buffer, size_t size);

#endif

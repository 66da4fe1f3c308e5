/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the rules that match a path say together, before it is decided: for each access bit
 * whether a plain allow is among them, and the first rule of each other kind.
 */
#ifndef BAILIFF_POLICY_OUTCOME_H
#define BAILIFF_POLICY_OUTCOME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/abi_policy.h"
#include "policy/policy.h"

enum outcome_kind {
	OUTCOME_KILL,
	OUTCOME_KILL_QUIET,
	OUTCOME_DENY,
	OUTCOME_DENY_QUIET,
	OUTCOME_AUDIT, /* an allow that is recorded */
	OUTCOME_KINDS,
};

struct outcome {
	uint16_t allow; /* without `audit` */
	uint16_t pad;
	uint16_t first[OUTCOME_KINDS][NAME_BITS]; /* BAILIFF_RULE_NONE: no such rule */
	uint64_t ranged; /* by number of a range, which stands for NAME_SYSCTL_WRITE: allowed in it
			  */
};

void outcome_clear(struct outcome *o);
bool outcome_is_clear(const struct outcome *o);
void outcome_add(struct outcome *o, uint16_t access, const struct policy_verdict *verdict,
		 uint16_t rule);
void outcome_merge(struct outcome *o, const struct outcome *other);

/* Decides: the accept entry, with nothing in it that no decision can show. */
void outcome_accept(const struct outcome *o, uint16_t default_allow, struct policy_accept *ret);

/* The ranges of which a value must fit one; 0 if none matches, or a rule decides whatever the
 * value is. */
uint64_t outcome_ranges(const struct outcome *o);

/* Whether rules that say `more` can change nothing where `o` is certain, whatever else
 * matches. */
bool outcome_absorbs(const struct outcome *o, const struct outcome *more, uint16_t default_allow);

/* Distinct outcomes by number; number 0 is the clear one. */
struct outcome_pool {
	struct outcome *items;
	size_t count, capacity;
	uint32_t *slots; /* hash table of number + 1 */
	size_t n_slots;
};

int outcome_pool_init(struct outcome_pool *pool);
void outcome_pool_clear(struct outcome_pool *pool);

/* The number of `o`, or -ENOMEM. */
int outcome_pool_add(struct outcome_pool *pool, const struct outcome *o);

#endif

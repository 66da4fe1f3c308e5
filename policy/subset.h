/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the nondeterministic automaton to a deterministic one: a state is a set of nodes.
 *
 * What a set can't say any more is dropped from it: once a rule holds whatever follows,
 * patterns whose rules it outweighs need not be followed. Without that, prefixes (`/usr/ **`)
 * multiply with names (`/ ** /x*`).
 */
#ifndef BAILIFF_POLICY_SUBSET_H
#define BAILIFF_POLICY_SUBSET_H

#include "policy/dfa.h"
#include "policy/nfa.h"

/* Limits before minimisation; together they keep a compilation under 256 MiB. */
#define SUBSET_MAX_STATES 500000U
#define SUBSET_MAX_MEMBERS (1U << 22) /* nodes in all sets together */
#define SUBSET_MAX_EDGES (1U << 22)   /* of all states together */

struct subset {
	const struct nfa *nfa;
	uint16_t default_allow;
	uint32_t *members; /* sorted within each set */
	size_t n_members, max_members;
	size_t *first; /* by state, the place in `members`; one more than states */
	size_t max_states;
	uint32_t *slots; /* hash table of state + 1 */
	size_t n_slots;
	uint32_t *accept_slots; /* hash table of accept entry + 1 */
	size_t n_accept_slots;
	struct dfa dfa;	  /* grows as the sets are found */
	uint64_t *ranges; /* outcome_ranges() by the number that accept entries have, from 1 */
	size_t n_ranges;
	size_t max_edges, max_accepts;
};

/* Builds the automaton in `s->dfa`. Returns 0, -E2BIG if a limit above is reached, with what
 * was found so far in place, or -ENOMEM. subset_clear() is due in any case. */
int subset_build(struct subset *s, const struct nfa *nfa, uint16_t default_allow);
void subset_clear(struct subset *s);

/* The patterns without which the automaton would be smallest, most important first: up to
 * `n` numbers of patterns. Returns how many. */
size_t subset_blame(const struct subset *s, size_t n_patterns, uint32_t *ret, size_t n);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which patterns an automaton owes its size to. */
#include <stdlib.h>
#include <string.h>

#include "policy/cleanup.h"
#include "policy/hash.h"
#include "policy/subset.h"

#define BLAME_CANDIDATES 12

struct suspect {
	uint32_t pattern;
	size_t states; /* that have a node of it, later: that would go without it */
};

static int by_states(const void *a, const void *b)
{
	const struct suspect *x = a, *y = b;

	if (x->states != y->states)
		return x->states < y->states ? 1 : -1;
	return (x->pattern > y->pattern) - (x->pattern < y->pattern);
}

static void count_states(const struct subset *s, struct suspect *suspects, size_t n_patterns,
			 uint32_t *last_seen)
{
	for (size_t i = 0; i < n_patterns; i++)
		suspects[i] = (struct suspect){ (uint32_t)i, 0 };
	for (uint32_t state = 0; state < s->dfa.n_states; state++) {
		for (size_t i = s->first[state]; i < s->first[state + 1]; i++) {
			uint32_t owner = s->nfa->nodes[s->members[i]].owner;

			if (owner >= n_patterns || last_seen[owner] == state + 1)
				continue;
			last_seen[owner] = state + 1;
			suspects[owner].states++;
		}
	}
}

/* How many different sets there would be without the nodes of a pattern. `slots` is a hash
 * table with room for all. */
static size_t states_without(const struct subset *s, uint32_t pattern, uint64_t *slots,
			     size_t n_slots)
{
	size_t distinct = 0;

	memset(slots, 0, n_slots * sizeof(*slots));
	for (size_t state = 0; state < s->dfa.n_states; state++) {
		uint64_t hash = 1;
		size_t slot;

		for (size_t i = s->first[state]; i < s->first[state + 1]; i++)
			if (s->nfa->nodes[s->members[i]].owner != pattern)
				hash += hash_mix(s->members[i]);
		slot = hash_mix(hash) & (n_slots - 1);
		while (slots[slot] && slots[slot] != hash)
			slot = (slot + 1) & (n_slots - 1);
		distinct += !slots[slot];
		slots[slot] = hash;
	}
	return distinct;
}

size_t subset_blame(const struct subset *s, size_t n_patterns, uint32_t *ret, size_t n)
{
	POLICY_CLEANUP(policy_freep)
	struct suspect *suspects = calloc(n_patterns, sizeof(*suspects));
	POLICY_CLEANUP(policy_freep) uint32_t *last_seen = calloc(n_patterns, sizeof(*last_seen));
	POLICY_CLEANUP(policy_freep) uint64_t *slots = NULL;
	size_t candidates = n_patterns < BLAME_CANDIDATES ? n_patterns : BLAME_CANDIDATES;
	size_t n_slots = 1024, found = 0;

	while (n_slots < s->dfa.n_states * 2)
		n_slots *= 2;
	slots = calloc(n_slots, sizeof(*slots));
	if (!suspects || !last_seen || !slots)
		return 0;
	count_states(s, suspects, n_patterns, last_seen);
	qsort(suspects, n_patterns, sizeof(*suspects), by_states);
	for (size_t i = 0; i < candidates; i++)
		suspects[i].states =
			s->dfa.n_states - states_without(s, suspects[i].pattern, slots, n_slots);
	qsort(suspects, candidates, sizeof(*suspects), by_states);
	/* what adds little beside the first one is not named */
	while (found < n && found < candidates && suspects[found].states &&
	       suspects[found].states * 4 >= suspects[0].states) {
		ret[found] = suspects[found].pattern;
		found++;
	}
	return found;
}

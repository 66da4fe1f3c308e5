/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/subset_store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/hash.h"

int node_set_init(struct node_set *set, size_t n_nodes)
{
	*set = (struct node_set){ 0 };
	set->items = calloc(n_nodes, sizeof(*set->items));
	set->stack = calloc(n_nodes, sizeof(*set->stack));
	set->stamps = calloc(n_nodes, sizeof(*set->stamps));
	return set->items && set->stack && set->stamps ? 0 : -ENOMEM;
}

void node_set_clear(struct node_set *set)
{
	free(set->items);
	free(set->stack);
	free(set->stamps);
	*set = (struct node_set){ 0 };
}

void node_set_start(struct node_set *set)
{
	set->count = 0;
	set->stamp++;
}

static bool says_something(const struct nfa *nfa, const struct nfa_node *node)
{
	if (node->loop != NFA_NO_LOOP || node->outcome)
		return true;
	for (uint32_t e = node->edges; e; e = nfa->edges[e].next)
		if (nfa->edges[e].label != NFA_EMPTY)
			return true;
	return false;
}

int node_set_add(struct node_set *set, const struct nfa *nfa, uint32_t node)
{
	size_t depth = 0;

	if (set->stamps[node] == set->stamp)
		return 0;
	set->stamps[node] = set->stamp;
	set->stack[depth++] = node;
	while (depth) {
		uint32_t number = set->stack[--depth];

		if (says_something(nfa, &nfa->nodes[number]))
			set->items[set->count++] = number;
		for (uint32_t e = nfa->nodes[number].edges; e; e = nfa->edges[e].next) {
			uint32_t target = nfa->edges[e].target;

			if (nfa->edges[e].label != NFA_EMPTY || set->stamps[target] == set->stamp)
				continue;
			set->stamps[target] = set->stamp;
			set->stack[depth++] = target;
		}
	}
	return 0;
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void sort(struct node_set *set)
{
	if (set->count > 24) {
		qsort(set->items, set->count, sizeof(*set->items), by_number);
		return;
	}
	for (size_t i = 1; i < set->count; i++) {
		uint32_t item = set->items[i];
		size_t at = i;

		for (; at && set->items[at - 1] > item; at--)
			set->items[at] = set->items[at - 1];
		set->items[at] = item;
	}
}

/* Drops what the absorbing nodes of a set make irrelevant. */
static void prune(const struct subset *s, struct node_set *set)
{
	const struct nfa *nfa = s->nfa;
	const struct outcome *outcomes = nfa->outcomes.items;
	struct outcome certain;
	size_t kept = 0;

	outcome_clear(&certain);
	for (size_t i = 0; i < set->count; i++) {
		const struct nfa_node *node = &nfa->nodes[set->items[i]];

		if (node->absorbs &&
		    outcome_absorbs(&certain, &outcomes[node->outcome], s->default_allow))
			continue;
		if (node->absorbs)
			outcome_merge(&certain, &outcomes[node->outcome]);
		set->items[kept++] = set->items[i];
	}
	set->count = kept;
	if (outcome_is_clear(&certain))
		return;
	kept = 0;
	for (size_t i = 0; i < set->count; i++) {
		const struct nfa_node *node = &nfa->nodes[set->items[i]];

		if (node->absorbs ||
		    !outcome_absorbs(&certain, &outcomes[node->reach], s->default_allow))
			set->items[kept++] = set->items[i];
	}
	set->count = kept;
}

static uint64_t set_hash(const uint32_t *items, size_t count)
{
	uint64_t hash = count;

	for (size_t i = 0; i < count; i++)
		hash = hash_mix(hash ^ items[i]);
	return hash;
}

static size_t set_slot(const struct subset *s, const uint32_t *items, size_t count)
{
	size_t slot = set_hash(items, count) & (s->n_slots - 1);

	for (; s->slots[slot]; slot = (slot + 1) & (s->n_slots - 1)) {
		uint32_t state = s->slots[slot] - 1;

		if (s->first[state + 1] - s->first[state] == count &&
		    (!count ||
		     !memcmp(s->members + s->first[state], items, count * sizeof(*items))))
			break;
	}
	return slot;
}

static int grow_states(struct subset *s)
{
	size_t more = s->max_states ? s->max_states * 2 : 1024, n_slots = more * 2;
	struct dfa_state *states = reallocarray(s->dfa.states, more + 1, sizeof(*states));
	size_t *first;
	uint32_t *slots;

	if (!states)
		return -ENOMEM;
	s->dfa.states = states;
	first = reallocarray(s->first, more + 1, sizeof(*first));
	if (!first)
		return -ENOMEM;
	s->first = first;
	slots = calloc(n_slots, sizeof(*slots));
	if (!slots)
		return -ENOMEM;
	free(s->slots);
	s->slots = slots;
	s->n_slots = n_slots;
	s->max_states = more;
	s->first[0] = 0;
	for (uint32_t i = 0; i < s->dfa.n_states; i++)
		slots[set_slot(s, s->members + s->first[i], s->first[i + 1] - s->first[i])] = i + 1;
	return 0;
}

static int grow_members(struct subset *s, size_t count)
{
	size_t more = s->max_members ? s->max_members : 4096;
	uint32_t *grown;

	while (more < s->n_members + count)
		more *= 2;
	if (more == s->max_members)
		return 0;
	grown = reallocarray(s->members, more, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	s->members = grown;
	s->max_members = more;
	return 0;
}

static int grow_accepts(struct subset *s)
{
	size_t more = s->max_accepts ? s->max_accepts * 2 : 64, n_slots = more * 2;
	struct policy_accept *accepts = reallocarray(s->dfa.accepts, more, sizeof(*accepts));
	uint32_t *slots;

	if (!accepts)
		return -ENOMEM;
	s->dfa.accepts = accepts;
	slots = calloc(n_slots, sizeof(*slots));
	if (!slots)
		return -ENOMEM;
	free(s->accept_slots);
	s->accept_slots = slots;
	s->n_accept_slots = n_slots;
	s->max_accepts = more;
	for (size_t i = 0; i < s->dfa.n_accepts; i++) {
		size_t slot = hash_mix(hash_bytes(HASH_FNV, &accepts[i], sizeof(*accepts))) &
			      (n_slots - 1);

		while (slots[slot])
			slot = (slot + 1) & (n_slots - 1);
		slots[slot] = (uint32_t)i + 1;
	}
	return 0;
}

/* The number + 1 of an accept entry, which is added if it is new. */
static int intern_accept(struct subset *s, const struct policy_accept *accept)
{
	size_t slot;

	if (s->dfa.n_accepts == s->max_accepts) {
		int r = grow_accepts(s);

		if (r < 0)
			return r;
	}
	slot = hash_mix(hash_bytes(HASH_FNV, accept, sizeof(*accept))) & (s->n_accept_slots - 1);
	while (s->accept_slots[slot] &&
	       memcmp(&s->dfa.accepts[s->accept_slots[slot] - 1], accept, sizeof(*accept)))
		slot = (slot + 1) & (s->n_accept_slots - 1);
	if (!s->accept_slots[slot]) {
		s->dfa.accepts[s->dfa.n_accepts++] = *accept;
		s->accept_slots[slot] = (uint32_t)s->dfa.n_accepts;
	}
	return (int)s->accept_slots[slot];
}

/* The number of a set of ranges, or a negative errno. There are few of them. */
static int intern_ranges(struct subset *s, uint64_t ranges)
{
	uint64_t *grown;

	for (size_t i = 0; i < s->n_ranges; i++)
		if (s->ranges[i] == ranges)
			return (int)i + 1;
	if (s->n_ranges == UINT16_MAX)
		return -E2BIG;
	grown = reallocarray(s->ranges, s->n_ranges + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	s->ranges = grown;
	s->ranges[s->n_ranges++] = ranges;
	return (int)s->n_ranges;
}

/* What a set accepts; 0 if that is what the default says. */
static int set_accept(struct subset *s, const struct node_set *set)
{
	const struct nfa *nfa = s->nfa;
	struct policy_accept accept, nothing;
	struct outcome all;
	bool any = false;

	outcome_clear(&all);
	for (size_t i = 0; i < set->count; i++) {
		uint32_t outcome = nfa->nodes[set->items[i]].outcome;

		if (outcome)
			outcome_merge(&all, &nfa->outcomes.items[outcome]);
		any |= outcome != 0;
	}
	if (!any)
		return 0;
	outcome_accept(&all, s->default_allow, &accept);
	if (outcome_ranges(&all)) {
		int ranges = intern_ranges(s, outcome_ranges(&all));

		if (ranges < 0)
			return ranges;
		accept.ranges = (uint16_t)ranges;
	}
	outcome_clear(&all);
	outcome_accept(&all, s->default_allow, &nothing);
	return memcmp(&accept, &nothing, sizeof(accept)) ? intern_accept(s, &accept) : 0;
}

int subset_intern(struct subset *s, struct node_set *set)
{
	size_t slot;
	int r;

	sort(set);
	prune(s, set);
	if (s->dfa.n_states == s->max_states) {
		r = grow_states(s);
		if (r < 0)
			return r;
	}
	slot = set_slot(s, set->items, set->count);
	if (s->slots[slot])
		return (int)s->slots[slot] - 1;
	if (s->dfa.n_states >= SUBSET_MAX_STATES || s->n_members + set->count > SUBSET_MAX_MEMBERS)
		return -E2BIG;
	r = grow_members(s, set->count);
	if (!r)
		r = set_accept(s, set);
	if (r < 0)
		return r;
	s->dfa.states[s->dfa.n_states] = (struct dfa_state){ .accept = (uint32_t)r };
	if (set->count)
		memcpy(s->members + s->n_members, set->items, set->count * sizeof(*set->items));
	s->n_members += set->count;
	s->slots[slot] = (uint32_t)++s->dfa.n_states;
	s->first[s->dfa.n_states] = s->n_members;
	return (int)s->dfa.n_states - 1;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Nodes from which the same is accepted in the same way become one. Beginnings are shared
 * as patterns are added; this shares the ends, so that what would multiply is small.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/cleanup.h"
#include "policy/hash.h"
#include "policy/nfa.h"

/* Edges of the nodes that stay, label << 32 | target, sorted. */
struct reduce {
	struct nfa *nfa;
	uint32_t *same;	 /* by node: the one that stands for it */
	size_t *first;	 /* by node, in `edges` */
	uint32_t *count; /* by node */
	uint64_t *edges;
	size_t n_edges;
	uint32_t *slots; /* hash table of nodes that stay */
	size_t n_slots;
};

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Appends the edges of a node, all of whose targets were looked at. */
static void take_edges(struct reduce *r, uint32_t node)
{
	uint64_t *edges = r->edges + r->n_edges;
	size_t n = 0, kept = 0;

	for (uint32_t e = r->nfa->nodes[node].edges; e; e = r->nfa->edges[e].next) {
		struct nfa_edge *edge = &r->nfa->edges[e];

		edge->target = r->same[edge->target];
		edges[n++] = (uint64_t)edge->label << 32 | edge->target;
	}
	if (n > 1)
		qsort(edges, n, sizeof(*edges), by_value);
	for (size_t i = 0; i < n; i++)
		if (!kept || edges[i] != edges[kept - 1])
			edges[kept++] = edges[i];
	r->first[node] = r->n_edges;
	r->count[node] = (uint32_t)kept;
}

static bool is_same(const struct reduce *r, uint32_t a, uint32_t b)
{
	const struct nfa_node *x = &r->nfa->nodes[a], *y = &r->nfa->nodes[b];

	return x->loop == y->loop && x->outcome == y->outcome && r->count[a] == r->count[b] &&
	       !memcmp(r->edges + r->first[a], r->edges + r->first[b],
		       r->count[a] * sizeof(*r->edges));
}

static uint32_t *find_slot(const struct reduce *r, uint32_t node)
{
	const struct nfa_node *n = &r->nfa->nodes[node];
	uint64_t hash = hash_mix((uint64_t)n->outcome << 8 | n->loop);
	size_t slot;

	for (uint32_t i = 0; i < r->count[node]; i++)
		hash = hash_mix(hash ^ r->edges[r->first[node] + i]);
	slot = hash & (r->n_slots - 1);
	while (r->slots[slot] && !is_same(r, r->slots[slot], node))
		slot = (slot + 1) & (r->n_slots - 1);
	return &r->slots[slot];
}

static void reduce_node(struct reduce *r, uint32_t node)
{
	uint32_t *slot;

	take_edges(r, node);
	slot = find_slot(r, node);
	if (*slot && node != NFA_START) {
		r->same[node] = *slot;
		return;
	}
	*slot = node;
	r->same[node] = node;
	r->n_edges += r->count[node];
}

int nfa_reduce(struct nfa *nfa)
{
	size_t n = nfa->n_nodes, n_slots = 256;
	POLICY_CLEANUP(policy_freep) uint32_t *same = calloc(n, sizeof(*same));
	POLICY_CLEANUP(policy_freep) size_t *first = calloc(n, sizeof(*first));
	POLICY_CLEANUP(policy_freep) uint32_t *count = calloc(n, sizeof(*count));
	POLICY_CLEANUP(policy_freep) uint64_t *edges = calloc(nfa->n_edges, sizeof(*edges));
	POLICY_CLEANUP(policy_freep) uint32_t *slots = NULL;
	struct reduce r = { nfa, same, first, count, edges, 0, NULL, 0 };

	while (n_slots < n * 2)
		n_slots *= 2;
	r.slots = slots = calloc(n_slots, sizeof(*slots));
	r.n_slots = n_slots;
	if (!same || !first || !count || !edges || !slots)
		return -ENOMEM;
	/* edges lead to later nodes, or to absorbers, of which each is there once */
	for (uint32_t node = 1; node < n; node++)
		if (nfa->nodes[node].absorbs)
			same[node] = node;
	for (uint32_t node = (uint32_t)n - 1; node; node--)
		if (!nfa->nodes[node].absorbs)
			reduce_node(&r, node);
	return 0;
}

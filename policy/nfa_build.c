/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/nfa.h"

/* Splits the byte classes so that `set` is a union of them. */
static void refine(struct nfa *nfa, const struct glob_set *set)
{
	uint8_t renamed[256][2] = { 0 };
	unsigned n = 0;

	for (unsigned byte = 1; byte < 256; byte++) {
		uint8_t *name = &renamed[nfa->byte_class[byte]][glob_set_has(set, (uint8_t)byte)];

		if (!*name)
			*name = (uint8_t)++n;
		nfa->byte_class[byte] = *name;
	}
	nfa->n_classes = n;
}

static void refine_byte(struct nfa *nfa, uint8_t byte, struct glob_set *seen)
{
	struct glob_set set = { 0 };

	if (glob_set_has(seen, byte))
		return;
	set.bits[byte >> 6] = 1ULL << (byte & 63);
	seen->bits[byte >> 6] |= set.bits[byte >> 6];
	refine(nfa, &set);
}

static void refine_seq(struct nfa *nfa, const struct glob_seq *seq, struct glob_set *seen)
{
	for (size_t i = 0; i < seq->count; i++) {
		const struct glob_node *node = &seq->items[i];

		if (node->kind == GLOB_BYTE)
			refine_byte(nfa, node->byte, seen);
		else if (node->kind == GLOB_SET)
			refine(nfa, node->set);
		else if (node->kind == GLOB_GROUP)
			for (size_t j = 0; j < node->group->n_alts; j++)
				refine_seq(nfa, &node->group->alts[j], seen);
	}
}

static int parse(struct arena *arena, const struct path_pattern *pattern, struct glob_seq *seq)
{
	char why[160];

	arena_clear(arena);
	return glob_parse(arena, pattern->text, seq, why, sizeof(why));
}

static int build_classes(struct nfa *nfa, const struct path_pattern *patterns, size_t n,
			 struct arena *arena)
{
	struct glob_set seen = { 0 };
	struct glob_seq seq;

	memset(nfa->byte_class, 1, sizeof(nfa->byte_class));
	refine_byte(nfa, '/', &seen);
	for (size_t i = 0; i < n; i++) {
		int r = parse(arena, &patterns[i], &seq);

		if (r < 0)
			return r;
		refine_seq(nfa, &seq, &seen);
	}
	nfa->byte_class[0] = 1; /* no path has this byte */
	return 0;
}

static int build_sets(struct nfa *nfa)
{
	unsigned slash = nfa->byte_class['/'];

	nfa->sets = calloc(2, sizeof(*nfa->sets));
	if (!nfa->sets)
		return -ENOMEM;
	nfa->n_sets = 2;
	for (unsigned class = 1; class <= nfa->n_classes; class ++) {
		nfa->sets[NFA_SET_ALL].bits[class >> 6] |= 1ULL << (class & 63);
		if (class != slash)
			nfa->sets[NFA_SET_NAME].bits[class >> 6] |= 1ULL << (class & 63);
	}
	return 0;
}

/* Nodes 0 and 1, and edge 0, which ends lists. */
static int build_start(struct nfa *nfa)
{
	nfa->nodes = calloc(256, sizeof(*nfa->nodes));
	nfa->edges = calloc(256, sizeof(*nfa->edges));
	if (!nfa->nodes || !nfa->edges)
		return -ENOMEM;
	nfa->max_nodes = nfa->max_edges = 256;
	nfa->n_nodes = NFA_START + 1;
	nfa->n_edges = 1;
	nfa->nodes[NFA_START].loop = NFA_NO_LOOP;
	return outcome_pool_init(&nfa->outcomes);
}

static int node_reach(struct nfa *nfa, const struct nfa_node *node)
{
	const struct outcome *items = nfa->outcomes.items;
	uint32_t only = node->outcome;
	struct outcome all;
	bool several = false;

	for (uint32_t e = node->edges; e; e = nfa->edges[e].next) {
		uint32_t reach = nfa->nodes[nfa->edges[e].target].reach;

		several |= only && reach != only;
		only = only ? only : reach;
	}
	if (!several)
		return (int)only;
	all = items[node->outcome];
	for (uint32_t e = node->edges; e; e = nfa->edges[e].next)
		outcome_merge(&all, &items[nfa->nodes[nfa->edges[e].target].reach]);
	return outcome_pool_add(&nfa->outcomes, &all);
}

/* Edges lead to later nodes or to absorbers, from which nothing leads on. */
static int build_reach(struct nfa *nfa)
{
	for (size_t i = 1; i < nfa->n_nodes; i++)
		if (nfa->nodes[i].absorbs)
			nfa->nodes[i].reach = nfa->nodes[i].outcome;
	for (size_t i = nfa->n_nodes - 1; i; i--) {
		int r = node_reach(nfa, &nfa->nodes[i]);

		if (r < 0)
			return r;
		nfa->nodes[i].reach = (uint32_t)r;
	}
	return 0;
}

static int build(struct nfa *nfa, const struct path_pattern *patterns, size_t n,
		 struct arena *arena)
{
	struct glob_seq seq;
	int r = build_classes(nfa, patterns, n, arena);

	if (!r)
		r = build_sets(nfa);
	if (!r)
		r = build_start(nfa);
	for (size_t i = 0; i < n && r >= 0; i++) {
		nfa->owner = (uint32_t)i;
		r = parse(arena, &patterns[i], &seq);
		if (!r)
			r = nfa_add(nfa, &seq, &patterns[i].outcome);
	}
	if (!r)
		r = nfa_reduce(nfa);
	return r < 0 ? r : build_reach(nfa);
}

int nfa_build(struct nfa *nfa, const struct path_pattern *patterns, size_t n)
{
	struct arena arena = { 0 };
	int r;

	*nfa = (struct nfa){ 0 };
	r = build(nfa, patterns, n, &arena);
	arena_clear(&arena);
	if (r < 0)
		nfa_clear(nfa);
	return r < 0 ? r : 0;
}

void nfa_clear(struct nfa *nfa)
{
	free(nfa->nodes);
	free(nfa->edges);
	free(nfa->groups);
	free(nfa->sets);
	free(nfa->absorbers);
	outcome_pool_clear(&nfa->outcomes);
	*nfa = (struct nfa){ 0 };
}

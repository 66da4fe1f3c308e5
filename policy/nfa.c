/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/nfa.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NFA_MAX_NODES (1U << 23)

/*
 * Where a pattern has come to: up to three nodes, by what stands before. A `**` that follows
 * a '/' waits, because its meaning depends on what follows it: at the end it takes at least
 * one byte, and with a '/' behind it may vanish together with that '/'.
 */
struct nfa_at {
	uint32_t plain;
	uint32_t slash; /* the byte before is a '/' of the pattern */
	uint32_t stars; /* a slash node, and a `**` after it */
};

struct nfa_group {
	uint32_t next; /* of the same node, index + 1 */
	const char *text;
	size_t len;
	struct nfa_at from, to;
};

static int grow(void *array, size_t *max, size_t count, size_t size)
{
	void **items = array, *grown;
	size_t more = *max ? *max * 2 : 256;

	if (count < *max)
		return 0;
	if (count >= NFA_MAX_NODES)
		return -E2BIG;
	grown = reallocarray(*items, more, size);
	if (!grown)
		return -ENOMEM;
	*items = grown;
	*max = more;
	return 0;
}

/* Adds a node; returns its number or a negative errno. */
static int add_node(struct nfa *nfa, uint8_t loop)
{
	int r = grow(&nfa->nodes, &nfa->max_nodes, nfa->n_nodes, sizeof(*nfa->nodes));

	if (r < 0)
		return r;
	nfa->nodes[nfa->n_nodes] = (struct nfa_node){ .loop = loop, .owner = nfa->owner };
	return (int)nfa->n_nodes++;
}

static int add_edge(struct nfa *nfa, uint32_t from, uint32_t label, uint32_t target)
{
	int r = grow(&nfa->edges, &nfa->max_edges, nfa->n_edges, sizeof(*nfa->edges));

	if (r < 0)
		return r;
	nfa->edges[nfa->n_edges] = (struct nfa_edge){ nfa->nodes[from].edges, target, label };
	nfa->nodes[from].edges = (uint32_t)nfa->n_edges++;
	return 0;
}

static bool has_edge(const struct nfa *nfa, uint32_t from, uint32_t label, uint32_t target)
{
	for (uint32_t e = nfa->nodes[from].edges; e; e = nfa->edges[e].next)
		if (nfa->edges[e].label == label && nfa->edges[e].target == target)
			return true;
	return false;
}

static int add_edge_once(struct nfa *nfa, uint32_t from, uint32_t label, uint32_t target)
{
	return has_edge(nfa, from, label, target) ? 0 : add_edge(nfa, from, label, target);
}

/* The node behind a label that every pattern that comes along shares. */
static int child(struct nfa *nfa, uint32_t from, uint32_t label)
{
	int node, r;

	for (uint32_t e = nfa->nodes[from].edges; e; e = nfa->edges[e].next)
		if (nfa->edges[e].label == label &&
		    nfa->nodes[nfa->edges[e].target].owner != NFA_NO_OWNER)
			return (int)nfa->edges[e].target;
	node = add_node(nfa, NFA_NO_LOOP);
	if (node < 0)
		return node;
	r = add_edge(nfa, from, label, (uint32_t)node);
	return r < 0 ? r : node;
}

static int loop_child(struct nfa *nfa, uint32_t from, uint8_t loop)
{
	uint32_t known = loop == NFA_SET_ALL ? nfa->nodes[from].stars : nfa->nodes[from].star;
	int node, r;

	if (known)
		return (int)known;
	node = add_node(nfa, loop);
	if (node < 0)
		return node;
	r = add_edge(nfa, from, NFA_EMPTY, (uint32_t)node);
	if (loop == NFA_SET_ALL)
		nfa->nodes[from].stars = (uint32_t)node;
	else
		nfa->nodes[from].star = (uint32_t)node;
	return r < 0 ? r : node;
}

/* One node for all of `nodes` that are not 0; 0 if all are. */
static int join(struct nfa *nfa, const uint32_t *nodes, size_t n)
{
	uint32_t only = 0;
	bool several = false;
	int node, r;

	for (size_t i = 0; i < n; i++) {
		several |= only && nodes[i] && nodes[i] != only;
		only = nodes[i] ? nodes[i] : only;
	}
	if (!several)
		return (int)only;
	node = add_node(nfa, NFA_NO_LOOP);
	for (size_t i = 0; i < n && node > 0; i++) {
		if (!nodes[i])
			continue;
		r = add_edge_once(nfa, nodes[i], NFA_EMPTY, (uint32_t)node);
		if (r < 0)
			return r;
	}
	return node;
}

/* One node for wherever the pattern has come to, if something but a '/' follows. */
static int gather(struct nfa *nfa, const struct nfa_at *at)
{
	uint32_t nodes[3] = { at->plain, at->slash, 0 };

	if (at->stars) {
		int behind = loop_child(nfa, at->stars, NFA_SET_ALL);

		if (behind < 0)
			return behind;
		nodes[2] = (uint32_t)behind;
	}
	return join(nfa, nodes, 3);
}

static int follow_label(struct nfa *nfa, struct nfa_at *at, uint32_t label)
{
	int from = gather(nfa, at), to;

	if (from < 0)
		return from;
	to = child(nfa, (uint32_t)from, label);
	if (to < 0)
		return to;
	*at = (struct nfa_at){ .plain = (uint32_t)to };
	return 0;
}

static int follow_slash(struct nfa *nfa, struct nfa_at *at)
{
	uint32_t stars = at->stars;
	int r = follow_label(nfa, at, nfa->byte_class['/']);

	if (r < 0)
		return r;
	*at = (struct nfa_at){ .slash = at->plain };
	return stars ? add_edge_once(nfa, stars, NFA_EMPTY, at->slash) : 0;
}

static int follow_star(struct nfa *nfa, struct nfa_at *at)
{
	int from = gather(nfa, at), to;

	if (from < 0)
		return from;
	to = loop_child(nfa, (uint32_t)from, NFA_SET_NAME);
	if (to < 0)
		return to;
	*at = (struct nfa_at){ .plain = (uint32_t)to };
	return 0;
}

static int follow_stars(struct nfa *nfa, struct nfa_at *at)
{
	struct nfa_at others = { .plain = at->plain, .stars = at->stars };
	int from = gather(nfa, &others), to = 0;

	if (from > 0)
		to = loop_child(nfa, (uint32_t)from, NFA_SET_ALL);
	if (from < 0 || to < 0)
		return from < 0 ? from : to;
	*at = (struct nfa_at){ .plain = (uint32_t)to, .stars = at->slash };
	return 0;
}

static int set_label(struct nfa *nfa, const struct glob_set *bytes)
{
	struct glob_set set = { 0 }, *grown;

	for (unsigned byte = 1; byte < 256; byte++) {
		unsigned class = nfa->byte_class[byte];

		if (glob_set_has(bytes, (uint8_t)byte))
			set.bits[class >> 6] |= 1ULL << (class & 63);
	}
	for (size_t i = 0; i < nfa->n_sets; i++)
		if (!memcmp(&nfa->sets[i], &set, sizeof(set)))
			return NFA_SETS + (int)i;
	grown = reallocarray(nfa->sets, nfa->n_sets + 1, sizeof(set));
	if (!grown)
		return -ENOMEM;
	nfa->sets = grown;
	nfa->sets[nfa->n_sets] = set;
	return NFA_SETS + (int)nfa->n_sets++;
}

static int follow_seq(struct nfa *nfa, struct nfa_at *at, const struct glob_seq *seq);

/* The nodes of one kind behind all alternatives, as one. */
static int join_kind(struct nfa *nfa, const struct nfa_at *ends, size_t n, size_t offset,
		     uint32_t *ret)
{
	uint32_t *nodes = calloc(n, sizeof(*nodes));
	int node = -ENOMEM;

	if (nodes) {
		for (size_t i = 0; i < n; i++)
			memcpy(&nodes[i], (const char *)&ends[i] + offset, sizeof(*nodes));
		node = join(nfa, nodes, n);
	}
	free(nodes);
	if (node < 0)
		return node;
	*ret = (uint32_t)node;
	return 0;
}

static int follow_alternatives(struct nfa *nfa, struct nfa_at *at, const struct glob_group *group)
{
	struct nfa_at *ends = calloc(group->n_alts, sizeof(*ends));
	int r = ends ? 0 : -ENOMEM;

	for (size_t i = 0; i < group->n_alts && !r; i++) {
		ends[i] = *at;
		r = follow_seq(nfa, &ends[i], &group->alts[i]);
	}
	if (!r)
		r = join_kind(nfa, ends, group->n_alts, offsetof(struct nfa_at, plain), &at->plain);
	if (!r)
		r = join_kind(nfa, ends, group->n_alts, offsetof(struct nfa_at, slash), &at->slash);
	if (!r)
		r = join_kind(nfa, ends, group->n_alts, offsetof(struct nfa_at, stars), &at->stars);
	free(ends);
	return r;
}

static int follow_group(struct nfa *nfa, struct nfa_at *at, const struct glob_group *group)
{
	struct nfa_group entry = { .text = group->text, .len = group->len, .from = *at };
	uint32_t anchor = at->plain ? at->plain : at->slash ? at->slash : at->stars;
	int r;

	for (uint32_t i = nfa->nodes[anchor].groups; i; i = nfa->groups[i - 1].next) {
		const struct nfa_group *known = &nfa->groups[i - 1];

		if (known->len == group->len && !memcmp(known->text, group->text, group->len) &&
		    !memcmp(&known->from, at, sizeof(*at))) {
			*at = known->to;
			return 0;
		}
	}
	r = follow_alternatives(nfa, at, group);
	if (!r)
		r = grow(&nfa->groups, &nfa->max_groups, nfa->n_groups, sizeof(entry));
	if (r < 0)
		return r;
	entry.to = *at;
	entry.next = nfa->nodes[anchor].groups;
	nfa->groups[nfa->n_groups++] = entry;
	nfa->nodes[anchor].groups = (uint32_t)nfa->n_groups;
	return 0;
}

static int follow_node(struct nfa *nfa, struct nfa_at *at, const struct glob_node *node)
{
	int label;

	switch (node->kind) {
	case GLOB_STAR:
		return follow_star(nfa, at);
	case GLOB_STARS:
		return follow_stars(nfa, at);
	case GLOB_GROUP:
		return follow_group(nfa, at, node->group);
	case GLOB_SET:
		label = set_label(nfa, node->set);
		return label < 0 ? label : follow_label(nfa, at, (uint32_t)label);
	default:
		if (node->byte == '/')
			return follow_slash(nfa, at);
		return follow_label(nfa, at, nfa->byte_class[node->byte]);
	}
}

static int follow_seq(struct nfa *nfa, struct nfa_at *at, const struct glob_seq *seq)
{
	int r = 0;

	for (size_t i = 0; i < seq->count && !r; i++)
		r = follow_node(nfa, at, &seq->items[i]);
	return r;
}

/* The node that accepts an outcome whatever follows; patterns of any beginning share it. */
static int absorber(struct nfa *nfa, uint32_t outcome)
{
	uint32_t *grown;
	int node;

	if (outcome >= nfa->n_absorbers) {
		size_t n = outcome * 2 + 16;

		grown = reallocarray(nfa->absorbers, n, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		memset(grown + nfa->n_absorbers, 0, (n - nfa->n_absorbers) * sizeof(*grown));
		nfa->absorbers = grown;
		nfa->n_absorbers = n;
	}
	if (nfa->absorbers[outcome])
		return (int)nfa->absorbers[outcome];
	node = add_node(nfa, NFA_SET_ALL);
	if (node < 0)
		return node;
	nfa->nodes[node].owner = NFA_NO_OWNER;
	nfa->nodes[node].outcome = outcome;
	nfa->nodes[node].absorbs = 1;
	nfa->absorbers[outcome] = (uint32_t)node;
	return node;
}

static int accept_here(struct nfa *nfa, uint32_t node, const struct outcome *outcome)
{
	struct outcome both = nfa->outcomes.items[nfa->nodes[node].outcome];
	int r;

	outcome_merge(&both, outcome);
	r = outcome_pool_add(&nfa->outcomes, &both);
	if (r < 0)
		return r;
	nfa->nodes[node].outcome = (uint32_t)r;
	return 0;
}

int nfa_add(struct nfa *nfa, const struct glob_seq *seq, const struct outcome *outcome)
{
	struct nfa_at at = { .plain = NFA_START };
	int r = follow_seq(nfa, &at, seq), number, node;

	if (r < 0)
		return r;
	number = outcome_pool_add(&nfa->outcomes, outcome);
	if (number < 0)
		return number;
	node = absorber(nfa, (uint32_t)number);
	if (node < 0)
		return node;
	if (at.plain && nfa->nodes[at.plain].loop == NFA_SET_ALL)
		r = add_edge_once(nfa, at.plain, NFA_EMPTY, (uint32_t)node);
	else if (at.plain)
		r = accept_here(nfa, at.plain, outcome);
	if (!r && at.slash)
		r = accept_here(nfa, at.slash, outcome);
	if (!r && at.stars)
		r = add_edge_once(nfa, at.stars, NFA_SETS + NFA_SET_ALL, (uint32_t)node);
	return r;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets of nodes, and the one state that each of them is. */
#ifndef BAILIFF_POLICY_SUBSET_STORE_H
#define BAILIFF_POLICY_SUBSET_STORE_H

#include "policy/subset.h"

/* The set that is being put together. */
struct node_set {
	uint32_t *items;
	size_t count;
	uint32_t *stamps; /* by node; those equal to `stamp` are in, or were passed */
	uint32_t stamp;
	uint32_t *stack; /* of nodes whose empty edges are still to be followed */
};

int node_set_init(struct node_set *set, size_t n_nodes);
void node_set_clear(struct node_set *set);
void node_set_start(struct node_set *set);

/* Adds a node and what empty edges lead to; leaves out nodes that say nothing themselves. */
int node_set_add(struct node_set *set, const struct nfa *nfa, uint32_t node);

/* The state of a set, which is added if it is new. Returns its number, -E2BIG or -ENOMEM. */
int subset_intern(struct subset *s, struct node_set *set);

#endif

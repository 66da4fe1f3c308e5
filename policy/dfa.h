/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A deterministic automaton over byte classes. State 0 is dead: it accepts nothing and leads
 * nowhere else.
 */
#ifndef BAILIFF_POLICY_DFA_H
#define BAILIFF_POLICY_DFA_H

#include <stddef.h>
#include <stdint.h>

#include "bpf/abi_policy.h"

/* An edge that differs from the default of its state; targets are below 1 << 24. */
#define DFA_EDGE(class, target) ((uint32_t)(class) << 24 | (target))
#define DFA_EDGE_CLASS(edge) ((edge) >> 24)
#define DFA_EDGE_TARGET(edge) ((edge)&0xffffff)

struct dfa_state {
	uint32_t dflt;	 /* target of all classes without an edge */
	uint32_t accept; /* index + 1 of the accept entry, 0 for none */
	uint32_t edges;	 /* of it, sorted by class: from here to those of the next state */
};

struct dfa {
	struct dfa_state *states; /* one more than n_states, for the end of the edges */
	size_t n_states;
	uint32_t start;
	uint32_t *edges;
	size_t n_edges;
	struct policy_accept *accepts;
	size_t n_accepts;
	unsigned n_classes; /* from 1 */
};

void dfa_clear(struct dfa *dfa);

/* The smallest automaton that decides the same; each state's most frequent target is its
 * default. Takes `accepts` from `dfa`, of which nothing else changes. Returns 0 or -ENOMEM. */
int dfa_minimise(struct dfa *dfa, struct dfa *ret);

/* The class of equivalent states of each state, numbered from 0, that of the dead state 0.
 * Returns the number of classes or -ENOMEM. */
int dfa_partition(const struct dfa *dfa, uint32_t *block);

#endif

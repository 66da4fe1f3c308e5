/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/dfa.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/cleanup.h"

void dfa_clear(struct dfa *dfa)
{
	free(dfa->states);
	free(dfa->edges);
	free(dfa->accepts);
	*dfa = (struct dfa){ 0 };
}

/* The targets of a state by class, in blocks. */
static void expand_row(const struct dfa *dfa, uint32_t state, const uint32_t *block, uint32_t *row)
{
	const struct dfa_state *s = &dfa->states[state];

	for (unsigned class = 1; class <= dfa->n_classes; class ++)
		row[class] = block[s->dflt];
	for (uint32_t e = s[0].edges; e < s[1].edges; e++)
		row[DFA_EDGE_CLASS(dfa->edges[e])] = block[DFA_EDGE_TARGET(dfa->edges[e])];
}

/* The most frequent target; `counts` has a zero for each block and is left so. */
static uint32_t frequent_target(const uint32_t *row, unsigned n_classes, uint16_t *counts)
{
	uint32_t best = row[1];

	for (unsigned class = 1; class <= n_classes; class ++) {
		counts[row[class]]++;
		if (counts[row[class]] > counts[best])
			best = row[class];
	}
	for (unsigned class = 1; class <= n_classes; class ++)
		counts[row[class]] = 0;
	return best;
}

/* Appends the state of a block that has this row. */
static void add_state(struct dfa *to, const uint32_t *row, uint32_t accept, uint16_t *counts)
{
	struct dfa_state *s = &to->states[to->n_states++];

	s->dflt = frequent_target(row, to->n_classes, counts);
	s->accept = accept;
	s->edges = (uint32_t)to->n_edges;
	for (unsigned class = 1; class <= to->n_classes; class ++)
		if (row[class] != s->dflt)
			to->edges[to->n_edges++] = DFA_EDGE(class, row[class]);
	s[1].edges = (uint32_t)to->n_edges;
}

/* Blocks are numbered by their first state, so one pass meets them in order. */
static int build_quotient(const struct dfa *dfa, const uint32_t *block, size_t n, struct dfa *to)
{
	POLICY_CLEANUP(policy_freep) uint16_t *counts = calloc(n, sizeof(*counts));
	uint32_t row[256];

	to->states = calloc(n + 1, sizeof(*to->states));
	to->edges = calloc(dfa->n_edges + 1, sizeof(*to->edges));
	if (!counts || !to->states || !to->edges)
		return -ENOMEM;
	to->start = block[dfa->start];
	to->n_classes = dfa->n_classes;
	for (uint32_t state = 0; state < dfa->n_states; state++) {
		if (block[state] != to->n_states)
			continue;
		expand_row(dfa, state, block, row);
		add_state(to, row, dfa->states[state].accept, counts);
	}
	return 0;
}

int dfa_minimise(struct dfa *dfa, struct dfa *ret)
{
	POLICY_CLEANUP(policy_freep) uint32_t *block = calloc(dfa->n_states, sizeof(*block));
	struct dfa to = { 0 };
	int n, r;

	if (!block)
		return -ENOMEM;
	n = dfa_partition(dfa, block);
	if (n < 0)
		return n;
	r = build_quotient(dfa, block, (size_t)n, &to);
	if (r < 0) {
		dfa_clear(&to);
		return r;
	}
	to.accepts = POLICY_TAKE(dfa->accepts);
	to.n_accepts = dfa->n_accepts;
	dfa->n_accepts = 0;
	*ret = to;
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A search against the transitions, from all denials at once. */
#include "policy/reach.h"

#include <errno.h>
#include <stdlib.h>

#include "policy/cleanup.h"

struct reach {
	const struct dfa *dfa;
	uint32_t *first;  /* by state: of those that lead to it, in `before` */
	uint32_t *before; /* states */
	uint32_t *queue;
	size_t queued;
	uint8_t *reaches;
};

/* Calls `each` with every transition, that of the default included. */
static void for_each_transition(struct reach *r,
				void (*each)(struct reach *r, uint32_t from, uint32_t to))
{
	for (uint32_t i = 0; i < r->dfa->n_states; i++) {
		const struct dfa_state *s = &r->dfa->states[i];

		each(r, i, s->dflt);
		for (uint32_t e = s[0].edges; e < s[1].edges; e++)
			each(r, i, DFA_EDGE_TARGET(r->dfa->edges[e]));
	}
}

static void count(struct reach *r, uint32_t from, uint32_t to)
{
	(void)from;
	r->first[to + 1]++;
}

/* Fills from the end of each state's part, so that `first` becomes its beginning. */
static void enter(struct reach *r, uint32_t from, uint32_t to)
{
	r->before[--r->first[to + 1]] = from;
}

static void mark(struct reach *r, uint32_t state)
{
	if (r->reaches[state])
		return;
	r->reaches[state] = 1;
	r->queue[r->queued++] = state;
}

static void search(struct reach *r)
{
	const struct dfa *dfa = r->dfa;

	for (uint32_t i = 0; i < dfa->n_states; i++) {
		uint32_t accept = dfa->states[i].accept;

		r->reaches[i] = 0;
		if (accept && dfa->accepts[accept - 1].deny & ACCESS_KEPT)
			mark(r, i);
	}
	for (size_t done = 0; done < r->queued; done++) {
		uint32_t state = r->queue[done];

		for (uint32_t i = r->first[state + 1]; i < r->first[state + 2]; i++)
			mark(r, r->before[i]);
	}
}

int reach_denials(const struct dfa *dfa, uint8_t *reaches)
{
	POLICY_CLEANUP(policy_freep) uint32_t *first = calloc(dfa->n_states + 2, sizeof(*first));
	POLICY_CLEANUP(policy_freep)
	uint32_t *before = calloc(dfa->n_states + dfa->n_edges, sizeof(*before));
	POLICY_CLEANUP(policy_freep) uint32_t *queue = calloc(dfa->n_states, sizeof(*queue));
	struct reach r = {
		.dfa = dfa, .first = first, .before = before, .queue = queue, .reaches = reaches
	};

	if (!first || !before || !queue)
		return -ENOMEM;
	for_each_transition(&r, count);
	for (size_t i = 1; i < dfa->n_states + 2; i++)
		first[i] += first[i - 1];
	for_each_transition(&r, enter);
	search(&r);
	return 0;
}

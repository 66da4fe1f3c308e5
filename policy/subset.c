/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/subset.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/hash.h"
#include "policy/subset_store.h"

/* Edges for more than one class out of the set at hand. */
struct wide_edge {
	uint32_t target;
	uint32_t set;
	bool usual; /* holds for the classes that are not looked at one by one */
};

struct step {
	struct subset *s;
	struct wide_edge *wide;
	size_t n_wide, max_wide;
	uint64_t *narrow; /* class << 32 | target */
	size_t n_narrow, max_narrow;
	struct glob_set marked; /* classes that are looked at one by one */
	struct node_set set;
};

static int add_wide(struct step *st, uint32_t target, uint32_t set)
{
	const struct glob_set *classes = &st->s->nfa->sets[set];
	const struct glob_set *all = &st->s->nfa->sets[NFA_SET_ALL];
	int members = 0;
	bool usual;

	if (st->n_wide == st->max_wide) {
		size_t more = st->max_wide ? st->max_wide * 2 : 64;
		struct wide_edge *grown = reallocarray(st->wide, more, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		st->wide = grown;
		st->max_wide = more;
	}
	for (int i = 0; i < 4; i++)
		members += __builtin_popcountll(classes->bits[i]);
	usual = set <= NFA_SET_NAME || (unsigned)members * 2 > st->s->nfa->n_classes;
	for (int i = 0; i < 4; i++)
		st->marked.bits[i] |= usual ? all->bits[i] & ~classes->bits[i] : classes->bits[i];
	st->wide[st->n_wide++] = (struct wide_edge){ target, set, usual };
	return 0;
}

static int add_narrow(struct step *st, uint32_t target, uint32_t class)
{
	if (st->n_narrow == st->max_narrow) {
		size_t more = st->max_narrow ? st->max_narrow * 2 : 64;
		uint64_t *grown = reallocarray(st->narrow, more, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		st->narrow = grown;
		st->max_narrow = more;
	}
	st->marked.bits[class >> 6] |= 1ULL << (class & 63);
	st->narrow[st->n_narrow++] = (uint64_t) class << 32 | target;
	return 0;
}

static int add_node_edges(struct step *st, uint32_t number)
{
	const struct nfa *nfa = st->s->nfa;
	const struct nfa_node *node = &nfa->nodes[number];
	int r = node->loop == NFA_NO_LOOP ? 0 : add_wide(st, number, node->loop);

	for (uint32_t e = node->edges; e && !r; e = nfa->edges[e].next) {
		const struct nfa_edge *edge = &nfa->edges[e];

		if (edge->label == NFA_EMPTY)
			continue;
		if (edge->label < NFA_SETS)
			r = add_narrow(st, edge->target, edge->label);
		else
			r = add_wide(st, edge->target, edge->label - NFA_SETS);
	}
	return r;
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static int collect_edges(struct step *st, uint32_t state)
{
	const struct subset *s = st->s;
	int r = 0;

	st->n_wide = st->n_narrow = 0;
	st->marked = (struct glob_set){ 0 };
	for (size_t i = s->first[state]; i < s->first[state + 1] && !r; i++)
		r = add_node_edges(st, s->members[i]);
	if (!r && st->n_narrow > 1)
		qsort(st->narrow, st->n_narrow, sizeof(*st->narrow), by_value);
	return r;
}

/* The state behind the classes that no edge singles out. */
static int usual_target(struct step *st)
{
	int r = 0;

	node_set_start(&st->set);
	for (size_t i = 0; i < st->n_wide && !r; i++)
		if (st->wide[i].usual)
			r = node_set_add(&st->set, st->s->nfa, st->wide[i].target);
	return r < 0 ? r : subset_intern(st->s, &st->set);
}

/* The state behind one class; *at is where its narrow edges begin and moves behind them. */
static int class_target(struct step *st, unsigned class, size_t *at)
{
	const struct nfa *nfa = st->s->nfa;
	int r = 0;

	node_set_start(&st->set);
	for (size_t i = 0; i < st->n_wide && !r; i++)
		if (glob_set_has(&nfa->sets[st->wide[i].set], (uint8_t) class))
			r = node_set_add(&st->set, nfa, st->wide[i].target);
	for (; *at < st->n_narrow && st->narrow[*at] >> 32 == class && !r; ++*at)
		r = node_set_add(&st->set, nfa, (uint32_t)st->narrow[*at]);
	return r < 0 ? r : subset_intern(st->s, &st->set);
}

static int add_edge(struct subset *s, unsigned class, uint32_t target)
{
	if (s->dfa.n_edges == SUBSET_MAX_EDGES)
		return -E2BIG;
	if (s->dfa.n_edges == s->max_edges) {
		size_t more = s->max_edges ? s->max_edges * 2 : 4096;
		uint32_t *grown = reallocarray(s->dfa.edges, more, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		s->dfa.edges = grown;
		s->max_edges = more;
	}
	s->dfa.edges[s->dfa.n_edges++] = DFA_EDGE(class, target);
	return 0;
}

static int expand(struct step *st, uint32_t state)
{
	struct subset *s = st->s;
	size_t at = 0;
	int usual, r = collect_edges(st, state);

	if (r < 0)
		return r;
	usual = usual_target(st);
	if (usual < 0)
		return usual;
	s->dfa.states[state].dflt = (uint32_t)usual;
	s->dfa.states[state].edges = (uint32_t)s->dfa.n_edges;
	for (unsigned class = 1; class <= s->nfa->n_classes; class ++) {
		if (!glob_set_has(&st->marked, (uint8_t) class))
			continue;
		r = class_target(st, class, &at);
		if (r >= 0 && r != usual)
			r = add_edge(s, class, (uint32_t)r);
		if (r < 0)
			return r;
	}
	s->dfa.states[state + 1].edges = (uint32_t)s->dfa.n_edges;
	return 0;
}

static int build_start(struct step *st)
{
	int r;

	node_set_start(&st->set);
	r = subset_intern(st->s, &st->set); /* the empty set is the dead state */
	if (r < 0)
		return r;
	node_set_start(&st->set);
	r = node_set_add(&st->set, st->s->nfa, NFA_START);
	if (!r)
		r = subset_intern(st->s, &st->set);
	if (r < 0)
		return r;
	st->s->dfa.start = (uint32_t)r;
	return 0;
}

int subset_build(struct subset *s, const struct nfa *nfa, uint16_t default_allow)
{
	struct step st = { .s = s };
	int r;

	*s = (struct subset){ .nfa = nfa, .default_allow = default_allow };
	s->dfa.n_classes = nfa->n_classes;
	r = node_set_init(&st.set, nfa->n_nodes);
	if (!r)
		r = build_start(&st);
	for (uint32_t state = 0; !r && state < s->dfa.n_states; state++)
		r = expand(&st, state);
	node_set_clear(&st.set);
	free(st.wide);
	free(st.narrow);
	return r;
}

void subset_clear(struct subset *s)
{
	free(s->members);
	free(s->first);
	free(s->slots);
	free(s->accept_slots);
	free(s->ranges);
	dfa_clear(&s->dfa);
	*s = (struct subset){ 0 };
}

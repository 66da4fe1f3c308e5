/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/table.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "policy/cleanup.h"
#include "policy/reach.h"

#define TABLE_WINDOW 512 /* words behind the last place that are tried again */

struct placing {
	const struct dfa *dfa;
	struct table *table;
	uint64_t *used; /* bitmap of words */
	size_t first_free;
	uint32_t *base;	  /* by state */
	uint32_t *order;  /* states, those with most edges first */
	uint8_t *reaches; /* by state: see reach_denials() */
};

static unsigned edge_count(const struct dfa *dfa, uint32_t state)
{
	return dfa->states[state + 1].edges - dfa->states[state].edges;
}

static void use(struct placing *p, size_t word)
{
	p->used[word >> 6] |= 1ULL << (word & 63);
	if (word >= p->table->n_words)
		p->table->n_words = word + 1;
}

/* The 64 words from one on, as a mask of those that are used. */
static uint64_t used_from(const struct placing *p, size_t word)
{
	const uint64_t *used = &p->used[word >> 6];
	unsigned int shift = word & 63;

	return shift ? used[0] >> shift | used[1] << (64 - shift) : used[0];
}

/* The first word from `word` on where the row of a state fits; 64 places are tried at a time. */
static size_t first_fit(const struct placing *p, uint32_t state, size_t word)
{
	const struct dfa_state *s = &p->dfa->states[state];

	for (;; word += 64) {
		uint64_t busy = used_from(p, word);

		for (uint32_t e = s[0].edges; e < s[1].edges && busy != UINT64_MAX; e++)
			busy |= used_from(p, word + DFA_EDGE_CLASS(p->dfa->edges[e]));
		if (busy != UINT64_MAX)
			return word + (size_t)__builtin_ctzll(~busy);
	}
}

static size_t next_free(const struct placing *p, size_t word)
{
	uint64_t rest = ~p->used[word >> 6] >> (word & 63);

	if (rest)
		return word + (size_t)__builtin_ctzll(rest);
	for (word = (word >> 6) + 1; p->used[word] == UINT64_MAX; word++)
		;
	return word * 64 + (size_t)__builtin_ctzll(~p->used[word]);
}

static void place(struct placing *p, uint32_t state, size_t from)
{
	const struct dfa_state *s = &p->dfa->states[state];
	size_t base = first_fit(p, state, from);

	p->base[state] = (uint32_t)base;
	use(p, base);
	for (uint32_t e = s[0].edges; e < s[1].edges; e++)
		use(p, base + DFA_EDGE_CLASS(p->dfa->edges[e]));
	p->first_free = next_free(p, p->first_free);
}

/* States by falling number of edges: a counting sort. */
static void build_order(struct placing *p)
{
	size_t first[258] = { 0 };

	for (uint32_t i = 1; i < p->dfa->n_states; i++)
		first[256 - edge_count(p->dfa, i) + 1]++;
	for (size_t i = 1; i < 258; i++)
		first[i] += first[i - 1];
	for (uint32_t i = 1; i < p->dfa->n_states; i++)
		p->order[first[256 - edge_count(p->dfa, i)]++] = i;
}

static void place_all(struct placing *p)
{
	size_t last = 0;

	for (size_t i = 0; i + 1 < p->dfa->n_states; i++) {
		uint32_t state = p->order[i];
		size_t from = p->first_free;

		if (i && edge_count(p->dfa, p->order[i - 1]) == edge_count(p->dfa, state) &&
		    last > from + TABLE_WINDOW)
			from = last - TABLE_WINDOW;
		place(p, state, from);
		last = p->base[state];
	}
}

/* A state as the target of a transition. */
static uint32_t target(const struct placing *p, uint32_t state)
{
	bool trap = p->dfa->states[state].dflt == state && !edge_count(p->dfa, state);

	return p->base[state] | (state && trap ? DFA_TRAP : 0);
}

static void write_words(struct placing *p)
{
	const struct dfa *dfa = p->dfa;
	uint64_t *words = p->table->words;

	if (dfa->n_accepts)
		memcpy(words + p->table->accept, dfa->accepts,
		       dfa->n_accepts * sizeof(*dfa->accepts));
	for (uint32_t i = 1; i < dfa->n_states; i++) {
		const struct dfa_state *s = &dfa->states[i];
		uint32_t base = p->base[i];

		words[base] = DFA_HEADER(s->accept, target(p, s->dflt)) |
			      (p->reaches[i] ? DFA_REACHES_DENIAL : 0);
		for (uint32_t e = s[0].edges; e < s[1].edges; e++)
			words[base + DFA_EDGE_CLASS(dfa->edges[e])] =
				DFA_TRANSITION(base, target(p, DFA_EDGE_TARGET(dfa->edges[e])));
	}
}

static int build(struct placing *p, size_t head, size_t limit)
{
	size_t highest = 0;

	for (size_t word = 0; word < head; word++)
		use(p, word);
	p->first_free = head;
	build_order(p);
	place_all(p);
	for (uint32_t i = 1; i < p->dfa->n_states; i++)
		highest = p->base[i] > highest ? p->base[i] : highest;
	if (p->table->n_words < highest + p->dfa->n_classes + 1)
		p->table->n_words = highest + p->dfa->n_classes + 1;
	if (p->table->n_words > limit)
		return -E2BIG;
	p->table->words = calloc(p->table->n_words, sizeof(*p->table->words));
	if (!p->table->words)
		return -ENOMEM;
	write_words(p);
	p->table->start = p->base[p->dfa->start];
	return 0;
}

int table_build(const struct dfa *dfa, size_t limit, struct table *ret)
{
	POLICY_CLEANUP(policy_freep) uint32_t *base = calloc(dfa->n_states, sizeof(*base));
	POLICY_CLEANUP(policy_freep) uint32_t *order = calloc(dfa->n_states, sizeof(*order));
	POLICY_CLEANUP(policy_freep) uint8_t *reaches = calloc(dfa->n_states, 1);
	POLICY_CLEANUP(policy_freep) uint64_t *used = NULL;
	size_t head = 1 + dfa->n_accepts * ACCEPT_WORDS;
	size_t least = head + dfa->n_states - 1 + dfa->n_edges;
	struct placing p = {
		.dfa = dfa, .table = ret, .base = base, .order = order, .reaches = reaches
	};

	*ret = (struct table){ .accept = 1, .n_words = least };
	if (least > limit)
		return -E2BIG;
	ret->n_words = head;
	/* at worst each row has a place of its own behind all others */
	p.used = used = calloc((head + dfa->n_states * 256UL) / 64 + 8, sizeof(*used));
	if (!base || !order || !used || !reaches || reach_denials(dfa, reaches))
		return -ENOMEM;
	return build(&p, head, limit);
}

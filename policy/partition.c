/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Equivalent states: partition refinement that, like Hopcroft's, renames only the smaller
 * parts of a block that splits, so that each edge is looked at O(log n) times. Rows are
 * compared by a hash that does not depend on which target is the default; a last pass
 * compares them in full.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "policy/cleanup.h"
#include "policy/dfa.h"
#include "policy/hash.h"

/* A state whose row is to be looked at in this round. */
struct member {
	uint64_t row;
	uint32_t block, state;
};

struct partition {
	const struct dfa *dfa;
	uint32_t *block; /* by state */
	uint32_t *order; /* all states, those of a block side by side */
	uint32_t *place; /* by state, in `order` */
	uint32_t *first; /* by block, in `order` */
	uint32_t *size;	 /* by block */
	uint64_t *row;	 /* by block: hash of the rows of those that were not renamed since */
	size_t n_blocks;
	uint32_t *from, *from_first; /* states that lead to a state */
	uint8_t *dirty;		     /* by state: in the queue */
	uint8_t *chosen;	     /* by state: in this round */
	uint32_t *queue;	     /* of the next round */
	size_t n_queue;
	uint32_t *spare;	/* room for the states of one part */
	struct member *members; /* of this round, sorted by block and row */
	uint64_t weight[256];	/* by class */
	uint64_t total;		/* of all weights */
};

static uint64_t row_hash(const struct partition *p, uint32_t state)
{
	const struct dfa_state *s = &p->dfa->states[state];
	uint64_t rest = p->total, sum = 0;

	for (uint32_t e = s[0].edges; e < s[1].edges; e++) {
		uint32_t edge = p->dfa->edges[e];
		uint64_t weight = p->weight[DFA_EDGE_CLASS(edge)];

		rest -= weight;
		sum += weight * hash_mix(p->block[DFA_EDGE_TARGET(edge)]);
	}
	return sum + rest * hash_mix(p->block[s->dflt]);
}

static int partition_init(struct partition *p, const struct dfa *dfa, uint32_t *block)
{
	size_t n = dfa->n_states;

	*p = (struct partition){ .dfa = dfa, .block = block };
	p->order = calloc(n, sizeof(*p->order));
	p->place = calloc(n, sizeof(*p->place));
	p->first = calloc(n + 1, sizeof(*p->first));
	p->size = calloc(n + 1, sizeof(*p->size));
	p->row = calloc(n + 1, sizeof(*p->row));
	p->from = calloc(n + dfa->n_edges, sizeof(*p->from));
	p->from_first = calloc(n + 2, sizeof(*p->from_first));
	p->dirty = calloc(n, 1);
	p->chosen = calloc(n, 1);
	p->queue = calloc(n, sizeof(*p->queue));
	p->spare = calloc(n, sizeof(*p->spare));
	p->members = calloc(n, sizeof(*p->members));
	return p->order && p->place && p->first && p->size && p->row && p->from && p->from_first &&
			       p->dirty && p->chosen && p->queue && p->spare && p->members
		       ? 0
		       : -ENOMEM;
}

static void partition_clear(struct partition *p)
{
	free(p->order);
	free(p->place);
	free(p->first);
	free(p->size);
	free(p->row);
	free(p->from);
	free(p->from_first);
	free(p->dirty);
	free(p->chosen);
	free(p->queue);
	free(p->spare);
	free(p->members);
}

/* Inverts the edges by a counting sort. */
static void build_from(struct partition *p)
{
	const struct dfa *dfa = p->dfa;
	uint32_t *first = p->from_first;

	for (size_t i = 0; i < dfa->n_states; i++)
		first[dfa->states[i].dflt + 2]++;
	for (size_t e = 0; e < dfa->n_edges; e++)
		first[DFA_EDGE_TARGET(dfa->edges[e]) + 2]++;
	for (size_t i = 2; i < dfa->n_states + 2; i++)
		first[i] += first[i - 1];
	for (uint32_t i = 0; i < dfa->n_states; i++) {
		p->from[first[dfa->states[i].dflt + 1]++] = i;
		for (uint32_t e = dfa->states[i].edges; e < dfa->states[i + 1].edges; e++)
			p->from[first[DFA_EDGE_TARGET(dfa->edges[e]) + 1]++] = i;
	}
}

static void enqueue(struct partition *p, uint32_t state)
{
	if (p->dirty[state])
		return;
	p->dirty[state] = 1;
	p->queue[p->n_queue++] = state;
}

static void start_weights(struct partition *p, uint64_t seed)
{
	p->total = 0;
	for (unsigned class = 1; class <= p->dfa->n_classes; class ++) {
		p->weight[class] = hash_mix(seed + class) | 1;
		p->total += p->weight[class];
	}
}

/* Blocks by accept entry, those of the dead state's first; every state is dirty. */
static void start_blocks(struct partition *p)
{
	const struct dfa *dfa = p->dfa;
	uint32_t at = 0;

	p->n_blocks = dfa->n_accepts + 1;
	memset(p->size, 0, p->n_blocks * sizeof(*p->size));
	for (uint32_t i = 0; i < dfa->n_states; i++)
		p->size[dfa->states[i].accept]++;
	for (size_t block = 0; block < p->n_blocks; block++) {
		p->first[block] = at;
		at += p->size[block];
		p->size[block] = 0;
	}
	for (uint32_t i = 0; i < dfa->n_states; i++) {
		uint32_t block = dfa->states[i].accept;

		p->block[i] = block;
		p->place[i] = p->first[block] + p->size[block]++;
		p->order[p->place[i]] = i;
		enqueue(p, i);
	}
}

static int by_block(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	if (x->block != y->block)
		return x->block < y->block ? -1 : 1;
	return (x->row > y->row) - (x->row < y->row);
}

/* Makes a block of its own of `n` states of `block`. */
static void split(struct partition *p, uint32_t block, const uint32_t *states, size_t n,
		  uint64_t row)
{
	uint32_t added = (uint32_t)p->n_blocks++;

	for (size_t i = 0; i < n; i++) {
		uint32_t to = p->first[block] + --p->size[block], from = p->place[states[i]];
		uint32_t other = p->order[to];

		p->order[from] = other;
		p->place[other] = from;
		p->order[to] = states[i];
		p->place[states[i]] = to;
		p->block[states[i]] = added;
	}
	p->first[added] = p->first[block] + p->size[block];
	p->size[added] = (uint32_t)n;
	p->row[added] = row;
	for (size_t i = 0; i < n; i++)
		for (uint32_t e = p->from_first[states[i]]; e < p->from_first[states[i] + 1]; e++)
			enqueue(p, p->from[e]);
}

static size_t part_end(const struct member *members, size_t from, size_t n)
{
	size_t end = from;

	while (end < n && members[end].row == members[from].row)
		end++;
	return end;
}

/* Splits off the states of a block whose rows are the old one. */
static void split_others(struct partition *p, uint32_t block)
{
	size_t n = 0;

	for (uint32_t i = 0; i < p->size[block]; i++) {
		uint32_t state = p->order[p->first[block] + i];

		if (!p->chosen[state])
			p->spare[n++] = state;
	}
	split(p, block, p->spare, n, p->row[block]);
}

/* Splits a block by the rows of its `n` members in this round; the largest part keeps the
 * number. Members that still have the old row go with the states that were not looked at. */
static void split_block(struct partition *p, const struct member *members, size_t n)
{
	uint32_t block = members[0].block;
	size_t others = p->size[block] - n, largest = 0, kept = n, end;
	bool old = others > 0;

	for (size_t i = 0; i < n; i = end) {
		end = part_end(members, i, n);
		if (old && members[i].row == p->row[block]) {
			for (size_t j = i; j < end; j++)
				p->chosen[members[j].state] = 0;
			others += end - i;
		} else if (end - i > largest) {
			largest = end - i;
			kept = i;
		}
	}
	if (others >= largest)
		kept = n;
	else if (others)
		split_others(p, block);
	for (size_t i = 0; i < n; i = end) {
		end = part_end(members, i, n);
		if (i == kept || !p->chosen[members[i].state])
			continue;
		for (size_t j = i; j < end; j++)
			p->spare[j - i] = members[j].state;
		split(p, block, p->spare, end - i, members[i].row);
	}
	if (kept < n)
		p->row[block] = members[kept].row;
}

static void refine_round(struct partition *p)
{
	size_t n = p->n_queue, end;

	for (size_t i = 0; i < n; i++) {
		uint32_t state = p->queue[i];

		p->members[i] = (struct member){ row_hash(p, state), p->block[state], state };
		p->dirty[state] = 0;
		p->chosen[state] = 1;
	}
	p->n_queue = 0;
	qsort(p->members, n, sizeof(*p->members), by_block);
	for (size_t i = 0; i < n; i = end) {
		end = i;
		while (end < n && p->members[end].block == p->members[i].block)
			end++;
		split_block(p, p->members + i, end - i);
	}
	for (size_t i = 0; i < n; i++)
		p->chosen[p->members[i].state] = 0;
}

/* Whether two states lead to the same blocks. */
static bool same_row(const struct partition *p, uint32_t a, uint32_t b)
{
	const struct dfa_state *s = &p->dfa->states[a], *t = &p->dfa->states[b];
	const uint32_t *edges = p->dfa->edges;
	uint32_t i = s[0].edges, j = t[0].edges;
	unsigned listed = 0;

	while (i < s[1].edges || j < t[1].edges) {
		uint32_t c = i < s[1].edges ? DFA_EDGE_CLASS(edges[i]) : 256;
		uint32_t d = j < t[1].edges ? DFA_EDGE_CLASS(edges[j]) : 256;
		uint32_t to_a = c <= d ? DFA_EDGE_TARGET(edges[i++]) : s->dflt;
		uint32_t to_b = d <= c ? DFA_EDGE_TARGET(edges[j++]) : t->dflt;

		if (p->block[to_a] != p->block[to_b])
			return false;
		listed++;
	}
	return listed == p->dfa->n_classes || p->block[s->dflt] == p->block[t->dflt];
}

/* Whether no hash of two different rows was the same. */
static bool is_right(const struct partition *p)
{
	for (uint32_t state = 0; state < p->dfa->n_states; state++)
		if (!same_row(p, p->order[p->first[p->block[state]]], state))
			return false;
	return true;
}

/* Numbers the blocks by their first state, so that the dead one's is 0. */
static void renumber(struct partition *p)
{
	uint32_t *number = p->spare, next = 0;

	for (size_t i = 0; i < p->dfa->n_states; i++)
		number[i] = UINT32_MAX;
	for (size_t i = 0; i < p->dfa->n_states; i++) {
		uint32_t *n = &number[p->block[i]];

		if (*n == UINT32_MAX)
			*n = next++;
		p->block[i] = *n;
	}
	p->n_blocks = next;
}

#define PARTITION_SEEDS 8 /* each of them is right but for a chance below 2^-20 */

int dfa_partition(const struct dfa *dfa, uint32_t *block)
{
	POLICY_CLEANUP(partition_clear) struct partition p;
	int r = partition_init(&p, dfa, block);

	if (r < 0)
		return r;
	build_from(&p);
	for (uint64_t seed = 1; seed <= PARTITION_SEEDS; seed++) {
		start_weights(&p, seed << 32);
		start_blocks(&p);
		while (p.n_queue)
			refine_round(&p);
		if (is_right(&p)) {
			renumber(&p);
			return (int)p.n_blocks;
		}
	}
	return -EIO;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/lint_automaton.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/cleanup.h"

/* What a path ends with so far: a place is a state with one of them. No path has an empty
 * component, "." or "..", nor a '/' at its end. Names that do not begin with a '/' are free. */
enum tail {
	TAIL_START,
	TAIL_FREE,
	TAIL_SLASH,
	TAIL_DOT,
	TAIL_DOTS,
	TAIL_NAME,
	TAILS,
};

int lint_automaton_build(struct lint_automaton *a, const struct path_pattern *patterns, size_t n,
			 uint16_t default_allow)
{
	int r;

	*a = (struct lint_automaton){ 0 };
	r = nfa_build(&a->nfa, patterns, n);
	return r < 0 ? r : subset_build(&a->subset, &a->nfa, default_allow);
}

void lint_automaton_clear(struct lint_automaton *a)
{
	subset_clear(&a->subset);
	nfa_clear(&a->nfa);
	free(a->from);
	free(a->byte);
	free(a->queue);
	*a = (struct lint_automaton){ 0 };
}

/* How well a byte looks in an example. */
static int beauty(unsigned byte)
{
	if (islower((int)byte))
		return 4;
	if (isalnum((int)byte))
		return 3;
	return isgraph((int)byte) ? 2 : 1;
}

/* Bytes that stand for all: '/', '.' and the nicest other one of each class. */
static size_t symbols(const struct nfa *nfa, uint8_t ret[258])
{
	uint8_t nicest[256] = { 0 };
	size_t n = 0;

	ret[n++] = '/';
	ret[n++] = '.';
	for (unsigned byte = 1; byte < 256; byte++) {
		uint8_t *best = &nicest[nfa->byte_class[byte]];

		if (byte != '/' && byte != '.' && (!*best || beauty(byte) > beauty(*best)))
			*best = (uint8_t)byte;
	}
	for (unsigned class = 0; class < 256; class ++)
		if (nicest[class])
			ret[n++] = nicest[class];
	return n;
}

static int next_tail(enum tail tail, uint8_t byte)
{
	if (tail == TAIL_FREE || (tail == TAIL_START && byte != '/'))
		return TAIL_FREE;
	if (byte == '/')
		return tail == TAIL_START || tail == TAIL_NAME ? TAIL_SLASH : -1;
	if (byte == '.' && tail == TAIL_SLASH)
		return TAIL_DOT;
	if (byte == '.' && tail == TAIL_DOT)
		return TAIL_DOTS;
	return TAIL_NAME;
}

/* The targets of a state by class. */
static void expand(const struct dfa *dfa, uint32_t state, uint32_t row[256])
{
	const struct dfa_state *s = &dfa->states[state];

	for (unsigned class = 0; class < 256; class ++)
		row[class] = s->dflt;
	for (uint32_t e = s[0].edges; e < s[1].edges; e++)
		row[DFA_EDGE_CLASS(dfa->edges[e])] = DFA_EDGE_TARGET(dfa->edges[e]);
}

static void reach(struct lint_automaton *a, uint32_t place, uint32_t from, uint8_t byte)
{
	if (a->from[place])
		return;
	a->from[place] = from + 1;
	a->byte[place] = byte;
	a->queue[a->queued++] = place;
}

static int prepare(struct lint_automaton *a)
{
	size_t places = a->subset.dfa.n_states * TAILS;

	a->from = calloc(places, sizeof(*a->from));
	a->byte = calloc(places, 1);
	a->queue = calloc(places, sizeof(*a->queue));
	return a->from && a->byte && a->queue ? 0 : -ENOMEM;
}

/* Breadth first: the first path to a place is a shortest one. The dead state says nothing. */
int lint_automaton_walk(struct lint_automaton *a, lint_visit each, void *context)
{
	const struct dfa *dfa = &a->subset.dfa;
	uint32_t row[256], start = dfa->start * TAILS + TAIL_START;
	uint8_t bytes[258];
	size_t n = symbols(&a->nfa, bytes);

	if (prepare(a))
		return -ENOMEM;
	reach(a, start, start, 0);
	for (size_t done = 0; done < a->queued; done++) {
		uint32_t place = a->queue[done], state = place / TAILS;
		enum tail tail = place % TAILS;
		uint32_t accept = dfa->states[state].accept;

		if (accept && (tail == TAIL_NAME || tail == TAIL_FREE))
			each(context, &dfa->accepts[accept - 1], place);
		expand(dfa, state, row);
		for (size_t i = 0; i < n; i++) {
			uint32_t target = row[a->nfa.byte_class[bytes[i]]];
			int next = next_tail(tail, bytes[i]);

			if (target && next >= 0)
				reach(a, target * TAILS + (uint32_t)next, place, bytes[i]);
		}
	}
	return 0;
}

void lint_automaton_path(const struct lint_automaton *a, uint32_t place, char *buf)
{
	size_t length = 0, skip;

	for (uint32_t at = place; a->from[at] - 1 != at; at = a->from[at] - 1)
		length++;
	skip = length < BAILIFF_PATH_MAX ? 0 : length - (BAILIFF_PATH_MAX - 1);
	buf[length - skip] = '\0';
	for (uint32_t at = place; length; at = a->from[at] - 1)
		if (--length < BAILIFF_PATH_MAX - 1)
			buf[length] = (char)a->byte[at];
}

const struct policy_accept *lint_automaton_run(const struct lint_automaton *a, const char *text)
{
	const struct dfa *dfa = &a->subset.dfa;
	uint32_t state = dfa->start, accept;

	for (; *text && state; text++) {
		const struct dfa_state *s = &dfa->states[state];
		unsigned class = a->nfa.byte_class[(uint8_t)*text];
		uint32_t target = s->dflt;

		for (uint32_t e = s[0].edges; e < s[1].edges; e++)
			if (DFA_EDGE_CLASS(dfa->edges[e]) == class)
				target = DFA_EDGE_TARGET(dfa->edges[e]);
		state = target;
	}
	accept = dfa->states[state].accept;
	return accept ? &dfa->accepts[accept - 1] : NULL;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The automaton of some patterns, and the shortest path to each of its states. */
#ifndef BAILIFF_POLICY_LINT_AUTOMATON_H
#define BAILIFF_POLICY_LINT_AUTOMATON_H

#include "policy/nfa.h"
#include "policy/subset.h"

struct lint_automaton {
	struct nfa nfa;
	struct subset subset;
	uint32_t *from; /* by place: the place before it on the shortest path + 1 */
	uint8_t *byte;	/* by place: the byte that led there */
	uint32_t *queue;
	size_t queued;
};

/* Builds it; rules are numbers that the patterns' outcomes have. Returns 0, -E2BIG if it gets
 * too large, or another negative errno. lint_automaton_clear() is due in any case. */
int lint_automaton_build(struct lint_automaton *a, const struct path_pattern *patterns, size_t n,
			 uint16_t default_allow);
void lint_automaton_clear(struct lint_automaton *a);

/* Calls `each` for every state that accepts something and that a path leads to, once for each
 * kind of end that the path may have; `place` is for lint_automaton_path(). Returns 0 or
 * -ENOMEM. */
typedef void (*lint_visit)(void *context, const struct policy_accept *accept, uint32_t place);
int lint_automaton_walk(struct lint_automaton *a, lint_visit each, void *context);

/* The path that leads to a place, at most 4095 bytes of it. `buf` has BAILIFF_PATH_MAX bytes. */
void lint_automaton_path(const struct lint_automaton *a, uint32_t place, char *buf);

/* What is said on a text; NULL: nothing. */
const struct policy_accept *lint_automaton_run(const struct lint_automaton *a, const char *text);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All path patterns of a policy as one nondeterministic automaton. Patterns that begin in
 * the same way share the states of what they have in common.
 */
#ifndef BAILIFF_POLICY_NFA_H
#define BAILIFF_POLICY_NFA_H

#include <stddef.h>
#include <stdint.h>

#include "policy/glob.h"
#include "policy/outcome.h"

/* A pattern, with what the rule says that it stands in. */
struct path_pattern {
	const char *text;
	struct policy_pos pos;
	struct outcome outcome;
};

/* Labels of edges: byte classes 1 to 255, sets of them, or none at all. */
#define NFA_SETS 256 /* label of set 0 */
#define NFA_EMPTY 0xffffffffU
#define NFA_SET_ALL 0
#define NFA_SET_NAME 1 /* all but '/' */

#define NFA_NO_LOOP 0xffU

struct nfa_edge {
	uint32_t next; /* of the same node; 0 ends the list */
	uint32_t target;
	uint32_t label;
};

struct nfa_node {
	uint32_t edges;
	uint32_t star, stars; /* the nodes behind a `*` and a `**`, 0 for none yet */
	uint32_t groups;      /* the groups that begin here */
	uint32_t outcome;     /* number of what is accepted here */
	uint32_t reach;	      /* number of all that can be accepted from here on */
	uint32_t owner;	      /* the pattern that made it */
	uint8_t loop;	      /* NFA_SET_ALL, NFA_SET_NAME or NFA_NO_LOOP */
	uint8_t absorbs;      /* accepts whatever follows */
};

struct nfa_group;

struct nfa {
	struct nfa_node *nodes; /* node 0 is none, node 1 the start */
	size_t n_nodes, max_nodes;
	struct nfa_edge *edges;
	size_t n_edges, max_edges;
	struct nfa_group *groups;
	size_t n_groups, max_groups;
	struct glob_set *sets; /* of byte classes */
	size_t n_sets;
	uint32_t *absorbers; /* node by number of an outcome */
	size_t n_absorbers;
	struct outcome_pool outcomes;
	uint32_t owner;
	uint8_t byte_class[256];
	unsigned n_classes; /* numbered from 1 */
};

#define NFA_START 1U
#define NFA_NO_OWNER 0xffffffffU

/* Returns 0, -E2BIG if the patterns are too many to be counted, or -ENOMEM. */
int nfa_build(struct nfa *nfa, const struct path_pattern *patterns, size_t n);
void nfa_clear(struct nfa *nfa);

/* Makes one of nodes from which the same follows; those that are not needed stay behind,
 * unreachable. Returns 0 or -ENOMEM. */
int nfa_reduce(struct nfa *nfa);

/* Adds one parsed pattern. Returns 0, -E2BIG or -ENOMEM. */
int nfa_add(struct nfa *nfa, const struct glob_seq *seq, const struct outcome *outcome);

#endif

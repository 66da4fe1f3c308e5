/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside of the look at a policy's paths. */
#ifndef BAILIFF_POLICY_LINT_PATHS_H
#define BAILIFF_POLICY_LINT_PATHS_H

#include "policy/lint.h"
#include "policy/lint_automaton.h"

#define NO_RULE BAILIFF_RULE_NONE

struct lint_pattern {
	const char *text;
	char *own;			     /* the text, if it is not the policy's */
	const struct policy_pos *pos, *rule; /* of the text; of the rule, as records name it */
	uint16_t access;
	enum policy_action action;
	bool recorded, decides;
};

struct lint {
	const struct policy *policy;
	struct diag_list *diags;
	uint16_t dflt;
	struct lint_pattern *patterns;
	size_t n;
	uint32_t pairs[LINT_MAX]; /* writing pattern << 16 | executing one */
	size_t n_pairs;
	bool more_pairs;
	unsigned round; /* of the search for rules that never decide */
	struct lint_automaton all;
};

void lint_warn(struct lint *l, const struct policy_pos *at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The first pattern that allows one of the bits, NO_RULE if none does. */
uint16_t lint_allowing(const struct policy_accept *accept, uint16_t bits);

/* Whether two patterns stand in one rule. */
bool lint_same_rule(const struct lint *l, uint16_t a, uint16_t b);

/* Warns of paths that lead out of the container, and are allowed by a rule. */
void lint_probes(struct lint *l);

#endif

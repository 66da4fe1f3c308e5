/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules on sysctls: patterns for the path automaton, and the ranges that its states name. */
#ifndef BAILIFF_POLICY_COMPILE_SYSCTL_H
#define BAILIFF_POLICY_COMPILE_SYSCTL_H

#include "policy/nfa.h"
#include "policy/rules.h"
#include "policy/subset.h"

/* All zero is empty. The texts are owned. */
struct sysctl_patterns {
	struct path_pattern *items;
	size_t count;
};

/* `named`: every name that a rule allows is recorded. Returns 0 or -ENOMEM. */
int sysctl_patterns_build(struct sysctl_patterns *patterns, const struct policy *p,
			  const struct rule_table *rules, bool named);
void sysctl_patterns_clear(struct sysctl_patterns *patterns);

/* Appends the sets of ranges that `subset` has numbered and notes them in `head`. Returns 0 or a
 * negative errno. */
int sysctl_ranges_write(const struct policy *p, const struct rule_table *rules,
			const struct subset *subset, struct words *out, struct policy_head *head);

#endif

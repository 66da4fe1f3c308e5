/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The numbers of a policy's rules: their places in the text, in order. */
#ifndef BAILIFF_POLICY_RULES_H
#define BAILIFF_POLICY_RULES_H

#include "policy/policy.h"
#include "policy/words.h"

struct rule_table {
	struct policy_pos *items; /* sorted by file and line, each once */
	size_t count;
};

/* How many rules a policy has, elements of lists included. */
size_t rule_count(const struct policy *p);

/* Collects them. Returns 0 or -ENOMEM. */
int rule_table_build(struct rule_table *rules, const struct policy *p);
void rule_table_clear(struct rule_table *rules);

/* The number of a rule that is in the table. */
uint16_t rule_table_number(const struct rule_table *rules, const struct policy_pos *pos);

/* Appends the rules, files and strings sections and notes them in `head`. Returns 0, -E2BIG
 * or -ENOMEM. */
int rule_table_write(const struct rule_table *rules, struct words *out, struct policy_head *head);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Capabilities and the operations of process.deny and process.kill, as struct number_set. */
#ifndef BAILIFF_POLICY_NUMBERS_H
#define BAILIFF_POLICY_NUMBERS_H

#include "policy/policy.h"
#include "policy/rules.h"
#include "policy/words.h"

/* The classes that judge them, of those that the policy has rules for. */
uint32_t number_classes(const struct policy *p);

/* Fills both sets of the head and appends their rules. Returns 0, -E2BIG or -ENOMEM. */
int numbers_compile(const struct policy *p, const struct rule_table *rules, struct words *out,
		    struct policy_head *head);

#endif

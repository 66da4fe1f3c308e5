/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Network rules to the address and port tables of an image. */
#ifndef BAILIFF_POLICY_NETCOMPILE_H
#define BAILIFF_POLICY_NETCOMPILE_H

#include "policy/rules.h"

/* Appends the tables of every operation and notes them in head->net. Returns 0, -E2BIG or
 * -ENOMEM. */
int net_compile(const struct policy_network *network, const struct rule_table *rules,
		struct words *out, struct policy_head *head);

#endif

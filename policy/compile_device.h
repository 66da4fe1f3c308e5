/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules on devices: a table that is read from its beginning to its end. */
#ifndef BAILIFF_POLICY_COMPILE_DEVICE_H
#define BAILIFF_POLICY_COMPILE_DEVICE_H

#include "policy/rules.h"

/* Appends the table and notes it in `head`. Returns 0, -ENODEV with an error for each name that
 * this kernel has no device for, -E2BIG or -ENOMEM. */
int device_compile(const struct policy *p, const struct rule_table *rules, struct words *out,
		   struct policy_head *head, struct diag_list *diags);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `extends` does with the content of two policies. */
#ifndef BAILIFF_POLICY_MERGE_H
#define BAILIFF_POLICY_MERGE_H

#include "policy/arena.h"
#include "policy/policy.h"

/* Adds the content of `from` to `to`: scalars replace, rules and lists accumulate without
 * duplicates. Name, position, `extends` and `select` stay. Shares the memory of `from`.
 * Returns 0 or -ENOMEM. */
int policy_merge(struct arena *arena, struct policy *to, const struct policy *from);

#endif

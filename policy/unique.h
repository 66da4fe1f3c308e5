/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists without duplicates. */
#ifndef BAILIFF_POLICY_UNIQUE_H
#define BAILIFF_POLICY_UNIQUE_H

#include "policy/policy.h"

/* Drops every element that equals an earlier one; the others keep their order. Returns 0 or
 * -ENOMEM, and the list is as before then. */
int unique(void *items, size_t *n, size_t size, int (*compare)(const void *a, const void *b));

/* The same for entries, by their text and limits, wherever they stand. */
int unique_entries(struct policy_entries *list);

#endif

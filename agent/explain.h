/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which policy a container would get, and why: the output of `bailiff check --explain`. */
#ifndef BAILIFF_EXPLAIN_H
#define BAILIFF_EXPLAIN_H

#include <stdbool.h>

#include "policy/policy.h"

/* Reads what is known of the container from a file (agent/facts.h, facts_read_any()), prints
 * a line for each policy and the choice, or one JSON object. The exit status: EXIT_REFUSED if
 * the file is wrong or there is no choice. */
int explain(const char *path, const struct policy_set *set, bool json);

#endif

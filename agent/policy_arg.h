/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A policy as users name it on a command line: FILE[:NAME]. */
#ifndef BAILIFF_POLICY_ARG_H
#define BAILIFF_POLICY_ARG_H

#include "agent/fault.h"
#include "policy/policy.h"

/* Splits at the last ':', unless a file of the whole name is there; `given` is written to.
 * *name is NULL if there is none. */
void policy_arg_split(char *given, const char **file, const char **name);

/* The policy of that name, or with NULL the only one of the set. NULL with the fault if there
 * is none such. */
const struct policy *policy_arg_choose(const struct policy_set *set, const char *file,
				       const char *name, struct fault *fault);

#endif

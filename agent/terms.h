/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What policies say that the kernel is not told: what becomes of a container that can't be
 * bound, and the syscall filter that a runtime has to install.
 */
#ifndef BAILIFF_TERMS_H
#define BAILIFF_TERMS_H

#include <stdbool.h>

#include "policy/policy.h"

struct term {
	const char *policy;
	enum policy_default on_failure; /* DEFAULT_UNSET: the policy does not say */
	const char *seccomp;		/* JSON text, see agent/seccomp_section.h; NULL: none */
};

struct terms;

/* Takes the terms of each policy of a set, and needs the set no more. 0 or -ENOMEM. */
int terms_new(struct terms **ret, const struct policy_set *set, bool audit_only);

/* NULL is fine. */
void terms_free(struct terms *terms);
void terms_freep(struct terms **terms);

/* Those of a policy by its name; NULL if there is none, or no terms at all. */
const struct term *terms_find(const struct terms *terms, const char *policy);

#endif

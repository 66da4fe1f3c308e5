/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which policy a container gets: of those whose `select` fits it the one with the highest
 * priority. A policy without `select` fits nothing, and is bound by its name only.
 *
 * Every key of a `select` must fit, and one of its elements is enough. What is not known of a
 * container fits nothing, "*" included. The default policy is for containers that no other fits.
 * Two policies of the highest priority are no choice: which one was meant is not to be guessed.
 */
#ifndef BAILIFF_POLICY_SELECT_H
#define BAILIFF_POLICY_SELECT_H

#include <stddef.h>

#include "policy/policy.h"

/* "key=value" texts. */
struct select_pairs {
	const char *const *items;
	size_t count;
};

/* What is known of a container; NULL: nothing. */
struct select_facts {
	const char *name, *image;
	const char *cgroup;		       /* path from the root of the hierarchy */
	struct select_pairs annotations;       /* that the runtime was told */
	struct select_pairs image_annotations; /* that the author of the image chose */
	struct select_pairs labels;
};

struct selector;

/* Takes the `select` of each policy of a set, and needs the set no more. 0 or -ENOMEM. */
int selector_new(struct selector **ret, const struct policy_set *set);

/* NULL is fine. */
void selector_free(struct selector *selector);
void selector_freep(struct selector **selector);

/* A policy as one that may be selected. */
struct select_candidate {
	const char *policy;
	const char *source; /* "file.cfg:line" of its `select`; NULL: it has none */
	int priority;
};

/* The policies, in the order of the set. */
size_t selector_count(const struct selector *selector);
const struct select_candidate *selector_at(const struct selector *selector, size_t index);

struct select_choice {
	const struct select_candidate *chosen;
	const struct select_candidate *rival; /* -ENOTUNIQ: has the same priority */
};

/* 0; -ENOENT: nothing fits; -ENOTUNIQ: more than one policy has the highest priority, `chosen`
 * and `rival` are the first two; -ENOMEM. */
int selector_choose(const struct selector *selector, const struct select_facts *facts,
		    struct select_choice *ret);

/* Says in `why` what keeps a policy from fitting, as `image: "x" matches none of its globs`: 0,
 * or 1 with an empty text if it fits; -ENOMEM. */
int selector_fits(const struct selector *selector, size_t index, const struct select_facts *facts,
		  char *why, size_t size);

#endif

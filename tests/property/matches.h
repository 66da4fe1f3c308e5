/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules that match an action, and what they come to. */
#ifndef BAILIFF_TESTS_PROPERTY_MATCHES_H
#define BAILIFF_TESTS_PROPERTY_MATCHES_H

#include "tests/property/model.h"

/* The first line of each kind of rule that matches; 0: none. A denial is recorded unless it
 * is quiet. */
struct matches {
	unsigned kill, kill_quiet, deny, deny_quiet, allow, allow_audit;
};

void note_rule(struct matches *found, const struct model_rule *rule);

/* What the rules that match say, kill before deny before allow before the default. */
struct model_answer conclude(const struct matches *found, enum model_default dflt);

/* Several accesses at once, in the order of the policy language: the gravest verdict, by the first
 * that has it from a rule. */
struct model_answer gravest(const struct model_answer *one, int n);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BAILIFF_POLICY_REACH_H
#define BAILIFF_POLICY_REACH_H

#include "policy/dfa.h"

/* Sets reaches[state] to 1 for each state from which some path, the empty one included, leads
 * to an explicit denial, and to 0 for the others. Returns 0 or -ENOMEM. */
int reach_denials(const struct dfa *dfa, uint8_t *reaches);

#endif

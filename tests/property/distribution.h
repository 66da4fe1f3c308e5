/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What came out how often for actions of each kind: a test that asks nothing shows nothing. */
#ifndef BAILIFF_TESTS_PROPERTY_DISTRIBUTION_H
#define BAILIFF_TESTS_PROPERTY_DISTRIBUTION_H

#include "tests/property/trial.h"

#define KINDS 13
#define OUTCOMES 9

struct distribution {
	unsigned long done, kinds[KINDS], outcomes[KINDS][OUTCOMES];
};

const char *kind_name(const struct trial *t);

/* Counts what the simulator says. */
void distribution_note(struct distribution *d, const struct trial *t);

/* Prints it; false if something that should be frequent is rare. */
bool distribution_print(const struct distribution *d);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Containers whose policy was selected get the one that a new set selects, with the same
 * reload. For each container there is one moment, at which the rules before end and those
 * after begin: a policy that some container leaves stays in the new directory as it was, under
 * its number, until all have left it, and goes when it is unused.
 *
 * Where the new set gives no choice the policy before stays, and a note says so.
 */
#ifndef BAILIFF_RESELECT_H
#define BAILIFF_RESELECT_H

#include "agent/plan.h"
#include "agent/registry.h"
#include "policy/diag.h"
#include "policy/select.h"

struct reselect_container;

struct reselect {
	struct registry *registry;
	struct reselect_container *items;
	uint32_t count;
};

/* Chooses for each container, and keeps in the plan what is left by some; before the policies
 * of the new set are put. 0 or -ENOMEM; reselect_end() is due in any case. */
int reselect_begin(struct reselect *reselect, struct plan *plan, struct registry *registry,
		   const struct selector *selector);

/* Finds the numbers of the policies that the containers go to; after all are put. -EBUSY, as
 * txn_commit(), if one that is bound by name would lose its policy. */
int reselect_resolve(struct reselect *reselect, const struct plan *plan, struct fault *fault);

/* Moves the containers, after the directory is in force; adds a note for each that moved and
 * for each without a choice. */
void reselect_apply(struct reselect *reselect, const char *pin_dir, struct diag_list *diags);

void reselect_end(struct reselect *reselect);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A change of the policies in force: images first, into slots that nothing names, then the
 * directory with one update, then the slots that are not named any more. Until the update
 * nothing can be seen of it, and txn_abort() leaves no trace.
 */
#ifndef BAILIFF_TXN_H
#define BAILIFF_TXN_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/fault.h"
#include "agent/maps.h"
#include "agent/plan.h"
#include "agent/registry.h"

#define TXN_WAITING 64 /* images are put into their slots so many at a time */

struct policy_image;

struct txn {
	const struct maps *maps;
	struct plan plan;
	struct maps_image waiting[TXN_WAITING]; /* made, not in their slots yet */
	uint32_t n_waiting;
	uint32_t *written; /* slots that may be filled */
	uint32_t n_written;
};

/* What a change was, for a message. */
struct txn_summary {
	uint32_t generation;
	uint32_t added, changed, kept, removed;
	uint32_t retired; /* kept until the containers that leave them have left */
};

/* Starts from the directory in force. */
int txn_begin(struct txn *txn, enum plan_kind kind, const struct maps *maps, struct fault *fault);

/* Adds one compiled policy, which is not needed any more afterwards. See plan_put(). */
int txn_put(struct txn *txn, const struct policy_image *image, enum policy_owner owner,
	    bool audit_only, uint32_t *number, struct fault *fault);

/* Takes a policy out. */
void txn_drop(struct txn *txn, uint32_t number);

/* Puts the change in force and ends the transaction; -EBUSY if a container is bound to a
 * policy that would go, which the fault names. After an error only txn_abort() may follow. */
int txn_commit(struct txn *txn, const struct registry *registry, struct txn_summary *summary,
	       struct fault *fault);

/* Ends it without a trace; harmless after txn_commit(). */
void txn_abort(struct txn *txn);

/* Empties the slots that an interrupted change left behind. */
int txn_clean(const struct maps *maps);

/* Takes out private policies that no container is bound to. */
int txn_drop_unused(const struct maps *maps, const struct registry *registry, struct fault *fault);

#endif

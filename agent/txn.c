/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/cleanup.h"
#include "agent/parallel.h"
#include "agent/txn.h"
#include "policy/image.h"

int txn_begin(struct txn *txn, enum plan_kind kind, const struct maps *maps, struct fault *fault)
{
	struct policy_head *current;
	uint32_t count;
	int error = maps_read_directory(maps, &current, &count);

	*txn = (struct txn){ .maps = maps };
	if (!error)
		error = plan_begin(&txn->plan, kind, current, count, maps->slots);
	return error ? fault_errno(fault, error, "directory of policies") : 0;
}

/* What a transaction that is interrupted leaves behind is found by these marks. */
static void mark_busy(const struct txn *txn)
{
	struct shared *shared = txn->maps->shared;

	for (uint32_t i = 0; i < txn->n_waiting; i++)
		if (shared->slots_end <= txn->waiting[i].slot)
			shared->slots_end = txn->waiting[i].slot + 1;
	__atomic_store_n(&shared->slots_busy, 1, __ATOMIC_SEQ_CST);
}

/* The slots count as written even on error: some of them may be. */
static int flush(struct txn *txn, struct fault *fault)
{
	uint32_t *written =
		realloc(txn->written, (txn->n_written + txn->n_waiting + 1) * sizeof(*written));
	int error;

	if (!written)
		return fault_errno(fault, -ENOMEM, "images of policies");
	txn->written = written;
	for (uint32_t i = 0; i < txn->n_waiting; i++)
		written[txn->n_written++] = txn->waiting[i].slot;
	mark_busy(txn);
	error = maps_place_images(txn->maps, txn->waiting, txn->n_waiting);
	while (txn->n_waiting)
		close_fd(&txn->waiting[--txn->n_waiting].fd);
	return error ? fault_errno(fault, error, "images of policies") : 0;
}

static int write_image(struct txn *txn, const struct policy_image *image, uint32_t slot,
		       struct fault *fault)
{
	int error = txn->n_waiting == TXN_WAITING ? flush(txn, fault) : 0;
	int fd;

	if (error)
		return error;
	fd = maps_make_image(image->words, (uint32_t)image->n_words);
	if (fd < 0)
		return fault_errno(fault, fd, "image of policy '%s'", image->head.name);
	txn->waiting[txn->n_waiting++] = (struct maps_image){ slot, fd };
	return 0;
}

int txn_put(struct txn *txn, const struct policy_image *image, enum policy_owner owner,
	    bool audit_only, uint32_t *number, struct fault *fault)
{
	struct plan_place place;
	int error = plan_put(&txn->plan, &image->head, owner, audit_only, &place, fault);

	if (!error && place.write)
		error = write_image(txn, image, place.slot, fault);
	if (!error && number)
		*number = place.number;
	return error;
}

void txn_drop(struct txn *txn, uint32_t number)
{
	plan_drop(&txn->plan, number);
}

static int check_removed(const struct plan *plan, const struct registry *registry,
			 struct fault *fault)
{
	for (uint32_t number = 0; plan_next_removed(plan, &number); number++) {
		struct registry_entry user;

		if (!registry_find_policy(registry, number, &user))
			continue;
		return fault_set(
			fault, -EBUSY,
			"policy '%.*s' cannot be removed: container '%s' (%s) is bound to it",
			BAILIFF_NAME_MAX, plan->current[number].name, user.name,
			*user.path ? user.path : "its cgroup is gone, tasks are left");
	}
	return 0;
}

static bool slot_named(const struct policy_head *heads, uint32_t count, uint32_t slot)
{
	for (uint32_t i = 0; i < count; i++)
		if (heads[i].in_use && heads[i].slot == slot)
			return true;
	return false;
}

static void release_replaced(const struct txn *txn)
{
	const struct plan *plan = &txn->plan;
	OWNED(free_memory) uint32_t *slots = malloc((plan->n_current + 1) * sizeof(*slots));
	uint32_t count = 0;

	for (uint32_t i = 0; slots && i < plan->n_current; i++)
		if (plan->current[i].in_use &&
		    !slot_named(plan->next, plan->count, plan->current[i].slot))
			slots[count++] = plan->current[i].slot;
	maps_release_images(txn->maps, slots, count);
}

int txn_commit(struct txn *txn, const struct registry *registry, struct txn_summary *summary,
	       struct fault *fault)
{
	struct plan *plan = &txn->plan;
	uint32_t generation = plan_finish(plan);
	int error = check_removed(plan, registry, fault);

	if (!error)
		error = flush(txn, fault);
	if (error)
		return error;
	mark_busy(txn);
	error = maps_publish_directory(txn->maps, plan->next, plan->count);
	if (error)
		return fault_errno(fault, error, "directory of policies");
	*summary = (struct txn_summary){ generation, plan->added,   plan->changed,
					 plan->kept, plan->removed, plan->retired };
	txn->n_written = 0;
	release_replaced(txn);
	txn_abort(txn);
	return 0;
}

void txn_abort(struct txn *txn)
{
	if (txn->n_written)
		maps_release_images(txn->maps, txn->written, txn->n_written);
	if (txn->maps)
		__atomic_store_n(&txn->maps->shared->slots_busy, 0, __ATOMIC_SEQ_CST);
	while (txn->n_waiting)
		close_fd(&txn->waiting[--txn->n_waiting].fd);
	free(txn->written);
	plan_end(&txn->plan);
	*txn = (struct txn){ 0 };
}

struct cleaning {
	const struct maps *maps;
	const struct policy_head *heads;
	uint32_t count;
};

static int clean_one(void *context, uint32_t slot)
{
	const struct cleaning *cleaning = context;

	if (slot_named(cleaning->heads, cleaning->count, slot))
		return 0;
	return maps_release_images(cleaning->maps, &slot, 1);
}

int txn_clean(const struct maps *maps)
{
	OWNED(free_memory) struct policy_head *heads = NULL;
	struct cleaning cleaning = { .maps = maps };
	int error = 0;

	if (!maps->shared->slots_busy)
		return 0;
	error = maps_read_directory(maps, &heads, &cleaning.count);
	cleaning.heads = heads;
	if (!error)
		error = parallel_run(maps->shared->slots_end, clean_one, &cleaning);
	if (!error)
		__atomic_store_n(&maps->shared->slots_busy, 0, __ATOMIC_SEQ_CST);
	return error;
}

static bool any_unused(const struct plan *plan, const struct registry *registry, struct txn *txn)
{
	bool found = false;

	for (uint32_t i = 0; i < plan->n_current; i++) {
		struct registry_entry user;

		if (!plan->current[i].in_use || plan->current[i].owner != POLICY_PRIVATE ||
		    registry_find_policy(registry, i, &user))
			continue;
		txn_drop(txn, i);
		found = true;
	}
	return found;
}

int txn_drop_unused(const struct maps *maps, const struct registry *registry, struct fault *fault)
{
	OWNED(txn_abort) struct txn txn = { 0 };
	struct txn_summary summary;
	int error = txn_begin(&txn, PLAN_EDIT, maps, fault);

	if (error || !any_unused(&txn.plan, registry, &txn))
		return error;
	return txn_commit(&txn, registry, &summary, fault);
}

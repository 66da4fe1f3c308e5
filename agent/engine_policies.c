/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From policy files to policies in force. */
#include <errno.h>
#include <string.h>

#include "agent/cgroup.h"
#include "agent/cleanup.h"
#include "agent/discover.h"
#include "agent/engine.h"
#include "agent/identity.h"
#include "agent/parallel.h"
#include "agent/pins.h"
#include "agent/policy_arg.h"
#include "agent/policy_dir.h"
#include "agent/reselect.h"
#include "agent/selected.h"
#include "policy/image.h"
#include "policy/policy.h"

static int not_loaded(int error, const char *what, const struct diag_list *diags,
		      struct fault *fault)
{
	if (!diags->errors)
		return fault_errno(fault, error, "%s", what);
	return fault_set(fault, error, "%s: %zu error%s", what, diags->errors,
			 diags->errors == 1 ? "" : "s");
}

static int put(struct txn *txn, const struct policy *policy, enum policy_owner owner,
	       bool audit_only, uint32_t *number, struct diag_list *diags, struct fault *fault)
{
	OWNED(policy_image_freep) struct policy_image *image = NULL;
	int error = policy_compile(policy, &image, diags);

	if (error)
		return not_loaded(error, policy_name(policy), diags, fault);
	return txn_put(txn, image, owner, audit_only, number, fault);
}

/* As many policies as are compiled at the same time, and then are in our memory as images. */
struct batch {
	const struct policy_set *set;
	size_t first;
	uint32_t count;
	struct policy_image *images[PARALLEL_THREADS];
	struct diag_list diags[PARALLEL_THREADS];
};

static int compile_one(void *context, uint32_t index)
{
	struct batch *batch = context;

	return policy_compile(policy_set_at(batch->set, batch->first + index),
			      &batch->images[index], &batch->diags[index]);
}

static void end_batch(struct batch *batch)
{
	for (uint32_t i = 0; i < batch->count; i++) {
		policy_image_free(batch->images[i]);
		diag_clear(&batch->diags[i]);
	}
}

static int put_batch(struct txn *txn, struct batch *batch, bool audit_only, struct diag_list *diags,
		     struct fault *fault)
{
	int error = parallel_run(batch->count, compile_one, batch);

	for (uint32_t i = 0; i < batch->count; i++)
		for (size_t k = 0; k < batch->diags[i].count; k++) {
			const struct diag *d = &batch->diags[i].items[k];

			diag_add(diags, d->level, d->file, d->line, "%s", d->text);
		}
	if (error)
		return not_loaded(error, "policies", diags, fault);
	for (uint32_t i = 0; !error && i < batch->count; i++)
		error = txn_put(txn, batch->images[i], POLICY_OF_DIRECTORY, audit_only, NULL,
				fault);
	return error;
}

static int put_set(struct txn *txn, const struct policy_set *set, bool audit_only,
		   struct diag_list *diags, struct fault *fault)
{
	size_t count = policy_set_count(set);

	for (size_t first = 0; first < count; first += PARALLEL_THREADS) {
		OWNED(end_batch) struct batch batch = { .set = set, .first = first };
		int error;

		batch.count = (uint32_t)(count - first < PARALLEL_THREADS ? count - first
									  : PARALLEL_THREADS);
		error = put_batch(txn, &batch, audit_only, diags, fault);
		if (error)
			return error;
	}
	return 0;
}

/* Looks for other names of what is denied from now on. `digests`: of the policies before, by
 * container; NULL: not known. */
static void find_identities(struct engine *engine, const uint64_t *digests)
{
	OWNED(free_memory) struct identity_job *jobs = NULL;
	OWNED(free_memory) struct policy_head *heads = NULL;
	struct registry_entry entry;
	uint32_t count, n_jobs = 0;

	jobs = calloc(engine->registry.n_memory + 1, sizeof(*jobs));
	if (!jobs || maps_read_directory(&engine->objects.maps, &heads, &count))
		return;
	for (uint32_t n = 0; registry_next(&engine->registry, n, &entry); n = entry.number + 1) {
		int fd;

		if (entry.state != CONTAINER_BOUND || entry.policy >= count || !*entry.path ||
		    (digests && digests[entry.number] == heads[entry.policy].digest))
			continue;
		fd = cgroup_open(engine->cgroup_root, entry.path + 1);
		if (fd >= 0)
			jobs[n_jobs++] =
				(struct identity_job){ .cgroup = fd, .policy = entry.policy };
	}
	identity_find(&engine->objects, jobs, n_jobs);
	while (n_jobs)
		close(jobs[--n_jobs].cgroup);
}

static uint64_t *digests_of(const struct engine *engine, const struct plan *plan)
{
	const struct registry *registry = &engine->registry;
	uint64_t *digests = calloc(registry->maps->max_containers, sizeof(*digests));
	struct registry_entry entry;

	for (uint32_t i = 0; digests && registry_next(registry, i, &entry); i = entry.number + 1)
		if (entry.policy < plan->n_current)
			digests[entry.number] = plan->current[entry.policy].digest;
	return digests;
}

/* What is in force is in force, even if its names are not known to us. `reselect`: what moves,
 * NULL for none. */
static int commit(struct engine *engine, struct txn *txn, struct reselect *reselect,
		  struct txn_summary *summary, struct diag_list *diags, struct fault *fault)
{
	OWNED(free_memory) uint64_t *digests = digests_of(engine, &txn->plan);
	/* What they need beyond what is always attached, before they are in force. */
	int error = objects_need(&engine->objects, plan_classes(&txn->plan), fault);

	if (!error)
		error = txn_commit(txn, &engine->registry, summary, fault);
	if (error)
		return error;
	if (reselect)
		reselect_apply(reselect, engine->objects.pin_dir, diags);
	rules_learn(&engine->rules, &engine->objects.maps);
	find_identities(engine, digests);
	return 0;
}

static int load_directory(const struct engine_source *source, struct policy_set **set,
			  struct diag_list *diags, struct fault *fault)
{
	int error = policy_dir_load(set, source->policy_dir, source->preset_dir, diags);

	for (size_t i = 0; !error && i < policy_set_count(*set); i++)
		policy_enforceable(policy_set_at(*set, i), diags);
	if (!error && diags->errors)
		error = -EINVAL;
	return error ? not_loaded(error, source->policy_dir, diags, fault) : 0;
}

static int put_watch(struct txn *txn, const struct policy_set *set, struct policy_image **watch,
		     struct diag_list *diags, struct fault *fault)
{
	int error = watch_compile(set, &txn->plan, watch, diags);

	if (error)
		return not_loaded(error, "select", diags, fault);
	return *watch ? txn_put(txn, *watch, POLICY_WATCH, false, NULL, fault) : 0;
}

/* What the set in force says of containers, in place of the set before. */
static void take_over(struct engine *engine, struct selector **selector,
		      struct policy_image **watch)
{
	selector_free(engine->selector);
	policy_image_free(engine->watch);
	engine->selector = *selector;
	engine->watch = *watch;
	engine->discovered = false;
	*selector = NULL;
	*watch = NULL;
	discover_bound(engine);
	discover_running(engine);
}

int engine_reload(struct engine *engine, const struct engine_source *source,
		  struct txn_summary *summary, struct diag_list *diags, struct fault *fault)
{
	OWNED(policy_image_freep) struct policy_image *watch = NULL;
	OWNED(policy_set_freep) struct policy_set *set = NULL;
	OWNED(selector_freep) struct selector *selector = NULL;
	OWNED(terms_freep) struct terms *terms = NULL;
	OWNED(reselect_end) struct reselect reselect = { 0 };
	OWNED(txn_abort) struct txn txn = { 0 };
	int error = load_directory(source, &set, diags, fault);

	if (!error && (selector_new(&selector, set) || terms_new(&terms, set, source->audit_only)))
		error = fault_errno(fault, -ENOMEM, "select");
	if (!error) {
		error = selected_learn(engine->objects.pin_dir, &engine->registry);
		if (error)
			fault_errno(fault, error, "%s/" PINS_SELECTED, engine->objects.pin_dir);
	}
	if (!error)
		error = txn_begin(&txn, PLAN_REPLACE, &engine->objects.maps, fault);
	if (!error && reselect_begin(&reselect, &txn.plan, &engine->registry, selector))
		error = fault_errno(fault, -ENOMEM, "select");
	if (!error)
		error = put_set(&txn, set, source->audit_only, diags, fault);
	if (!error)
		error = reselect_resolve(&reselect, &txn.plan, fault);
	if (!error)
		error = put_watch(&txn, set, &watch, diags, fault);
	if (!error)
		error = commit(engine, &txn, &reselect, summary, diags, fault);
	if (error)
		return error;
	terms_free(engine->terms);
	engine->terms = terms;
	terms = NULL;
	take_over(engine, &selector, &watch);
	return 0;
}

int engine_add_policy(struct engine *engine, const struct engine_source *source, FILE *in,
		      const char *display_name, const char *name, uint32_t *number,
		      struct seccomp_program *filter, struct diag_list *diags, struct fault *fault)
{
	OWNED(seccomp_program_clear) struct seccomp_program program = { 0 };
	OWNED(policy_set_freep) struct policy_set *set = NULL;
	OWNED(txn_abort) struct txn txn = { 0 };
	struct txn_summary summary;
	const struct policy *policy;
	int error = policy_set_load_stream(&set, in, display_name, source->preset_dir, diags);

	if (error)
		return not_loaded(error, display_name, diags, fault);
	policy = policy_arg_choose(set, display_name, name, fault);
	if (!policy)
		return -EINVAL;
	policy_enforceable(policy, diags);
	if (diags->errors)
		return not_loaded(-EINVAL, display_name, diags, fault);
	error = seccomp_compile(policy, source->audit_only, &program, diags);
	if (error)
		return not_loaded(error, display_name, diags, fault);
	error = txn_begin(&txn, PLAN_EDIT, &engine->objects.maps, fault);
	if (!error)
		error = put(&txn, policy, POLICY_PRIVATE, source->audit_only, number, diags, fault);
	if (!error)
		error = commit(engine, &txn, NULL, &summary, diags, fault);
	if (error)
		return error;
	*filter = program;
	program = (struct seccomp_program){ 0 };
	return 0;
}

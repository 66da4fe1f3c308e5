/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/cleanup.h"
#include "agent/runtimes.h"
#include "agent/watch.h"
#include "policy/simulate.h"

/* What watches a container from beside it is never bound, however wide a glob is. */
static const char *const monitors[] = {
	"/**/libpod-conmon-*.scope",
	"/**/crio-conmon-*.scope",
	"/**/{,libpod_parent/}conmon",
	"/**/lxc.monitor.*",
	"/**/systemd-nspawn@*.service/supervisor",
};
#define N_MONITORS (sizeof(monitors) / sizeof(monitors[0]))

/* Rules that stand for the policies, one for each, in the order in which they win. */
struct watch {
	const struct policy **policies;
	struct file_rule *rules;
	const struct file_rule **order; /* of rules */
	size_t count;
	struct policy_entry *runtimes, *monitors;
};

static void free_watch(struct watch *watch)
{
	free(watch->policies);
	free(watch->rules);
	free(watch->order);
	free(watch->runtimes);
	free(watch->monitors);
}

static bool is_watched(const struct policy *policy)
{
	const struct policy_select *select = &policy->select;

	return select->present && !select->name.count && !select->image.count &&
	       !select->annotations.count && !select->labels.count;
}

static int compare(const void *a, const void *b)
{
	const struct policy *left = *(const struct policy *const *)a;
	const struct policy *right = *(const struct policy *const *)b;
	int l = left->select.priority, r = right->select.priority;

	if (left->select.is_default != right->select.is_default)
		return left->select.is_default ? 1 : -1;
	if (l != r)
		return l > r ? -1 : 1;
	l = strcmp(left->pos.file, right->pos.file);
	return l ? l : (left->pos.line > right->pos.line) - (left->pos.line < right->pos.line);
}

static int collect(struct watch *watch, const struct policy_set *set)
{
	size_t count = policy_set_count(set);

	watch->policies = calloc(count + 1, sizeof(*watch->policies));
	watch->rules = calloc(count + 2, sizeof(*watch->rules));
	watch->order = calloc(count + 2, sizeof(*watch->order));
	if (!watch->policies || !watch->rules || !watch->order)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		if (is_watched(policy_set_at(set, i)))
			watch->policies[watch->count++] = policy_set_at(set, i);
	qsort(watch->policies, watch->count, sizeof(*watch->policies), compare);
	return 0;
}

static struct policy_entry *entries_of(const char *const *globs, size_t count)
{
	struct policy_entry *entries = calloc(count + 1, sizeof(*entries));

	for (size_t i = 0; entries && i < count; i++)
		entries[i] = (struct policy_entry){ .text = globs[i], .pos = { "select", 1 } };
	return entries;
}

static struct file_rule rule_of(unsigned int line, enum policy_action action, uint16_t access,
				struct policy_entry *items, size_t count)
{
	return (struct file_rule){
		.pos = { "select", line },
		/* of what is recorded the image knows the rule */
		.verdict = { .action = action, .audit = action == ACTION_ALLOW },
		.access = access,
		.paths = { items, count },
	};
}

/* Line 1 has the monitors of containers, which are nobody's; 2 what the runtimes make. */
static int write_rules(struct watch *watch)
{
	size_t n = 0, n_runtimes = 0;

	while (runtimes_globs[n_runtimes])
		n_runtimes++;
	watch->runtimes = entries_of(runtimes_globs, n_runtimes);
	watch->monitors = entries_of(monitors, N_MONITORS);
	if (!watch->runtimes || !watch->monitors)
		return -ENOMEM;
	watch->rules[n++] = rule_of(1, ACTION_DENY, ACCESS_READ, watch->monitors, N_MONITORS);
	watch->rules[n++] = rule_of(2, ACTION_ALLOW, ACCESS_WRITE, watch->runtimes, n_runtimes);
	for (size_t i = 0; i < watch->count; i++) {
		const struct policy_entries *globs = &watch->policies[i]->select.cgroup;

		watch->rules[n++] = rule_of((unsigned int)i + 3, ACTION_ALLOW, ACCESS_READ,
					    globs->count ? globs->items : watch->runtimes,
					    globs->count ? globs->count : n_runtimes);
	}
	for (size_t i = 0; i < n; i++)
		watch->order[i] = &watch->rules[i];
	return 0;
}

/* In the place of lines, the numbers of the policies. */
static int put_numbers(const struct watch *watch, const struct plan *plan,
		       struct policy_image *image)
{
	uint64_t *sources = image->words + image->head.rules_off;

	for (uint32_t i = 0; i < image->head.rules_count; i++) {
		uint32_t line = (uint32_t)sources[i], number = 0;

		if (line >= 3 && (line - 3 >= watch->count ||
				  plan_find(plan, watch->policies[line - 3]->name, &number)))
			return -ENOENT;
		sources[i] = RULE_SOURCE(sources[i] >> 32, number);
	}
	image->head.digest = image_digest(&image->head, image->words);
	return 0;
}

int watch_compile(const struct policy_set *set, const struct plan *plan, struct policy_image **ret,
		  struct diag_list *diags)
{
	OWNED(free_watch) struct watch watch = { 0 };
	OWNED(policy_image_freep) struct policy_image *image = NULL;
	struct policy policy = {
		.name = "select",
		.pos = { "select", 1 },
		.has_mode = true,
		.mode = POLICY_MODE_OFF,
	};
	int error = collect(&watch, set);

	*ret = NULL;
	if (error || !watch.count)
		return error;
	error = write_rules(&watch);
	policy.file = (struct policy_file){
		.present = true,
		.pos = policy.pos,
		.dflt = DEFAULT_DENY,
		.rules = watch.order,
		.n_rules = watch.count + 2,
	};
	if (!error)
		error = policy_compile(&policy, &image, diags);
	if (!error)
		error = put_numbers(&watch, plan, image);
	if (error)
		return error;
	*ret = image;
	image = NULL;
	return 0;
}

bool watch_choose(const struct policy_image *watch, const char *path, struct watch_choice *choice)
{
	struct decision policy, runtime;

	if (!watch || simulate_access(watch, path, ACCESS_READ, &policy) ||
	    simulate_access(watch, path, ACCESS_WRITE, &runtime) ||
	    policy.verdict != VERDICT_ALLOW || policy.rule >= watch->head.rules_count)
		return false;
	*choice = (struct watch_choice){
		.policy = (uint32_t)watch->words[watch->head.rules_off + policy.rule],
		.runtime = runtime.verdict == VERDICT_ALLOW,
	};
	return true;
}

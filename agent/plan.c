/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/plan.h"

#define NONE UINT32_MAX

static void take_slot(struct plan *plan, const struct policy_head *head)
{
	if (head->in_use && head->slot < plan->slots)
		plan->slot_taken[head->slot] = 1;
}

static void keep(struct plan *plan, uint32_t number)
{
	plan->next[number] = plan->current[number];
	if (plan->count <= number)
		plan->count = number + 1;
}

int plan_begin(struct plan *plan, enum plan_kind kind, struct policy_head *current,
	       uint32_t n_current, uint32_t slots)
{
	*plan = (struct plan){
		.current = current, .n_current = n_current, .slots = slots, .count = 1
	};
	plan->next = calloc(BAILIFF_MAX_POLICIES, sizeof(*plan->next));
	plan->slot_taken = calloc(slots, 1);
	if (!plan->next || !plan->slot_taken || n_current > BAILIFF_MAX_POLICIES) {
		plan_end(plan);
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < n_current; i++) {
		take_slot(plan, &current[i]);
		if (current[i].in_use && (kind == PLAN_EDIT || current[i].owner == POLICY_PRIVATE))
			keep(plan, i);
	}
	return 0;
}

void plan_end(struct plan *plan)
{
	free(plan->current);
	free(plan->next);
	free(plan->slot_taken);
	*plan = (struct plan){ 0 };
}

static uint32_t find_owner(const struct policy_head *heads, uint32_t count, enum policy_owner owner)
{
	for (uint32_t i = 0; i < count; i++)
		if (heads[i].in_use && heads[i].owner == owner)
			return i;
	return NONE;
}

static uint32_t find_name(const struct policy_head *heads, uint32_t count, const char *name)
{
	for (uint32_t i = 0; i < count; i++)
		if (heads[i].in_use && heads[i].owner == POLICY_OF_DIRECTORY &&
		    !strncmp(heads[i].name, name, BAILIFF_NAME_MAX))
			return i;
	return NONE;
}

static bool in_force(const struct plan *plan, uint32_t number)
{
	return number < plan->n_current && plan->current[number].in_use;
}

static uint32_t free_number(const struct plan *plan)
{
	for (uint32_t i = 0; i < BAILIFF_MAX_POLICIES; i++)
		if (!plan->next[i].in_use && !in_force(plan, i))
			return i;
	return NONE;
}

static uint32_t free_slot(const struct plan *plan)
{
	for (uint32_t i = 0; i < plan->slots; i++)
		if (!plan->slot_taken[i])
			return i;
	return NONE;
}

static bool is_retired(const struct plan *plan, uint32_t number)
{
	return plan->next[number].in_use && plan->next[number].owner == POLICY_PRIVATE;
}

static int choose(struct plan *plan, const struct policy_head *head, uint32_t known,
		  struct plan_place *place, struct fault *fault)
{
	bool same = known != NONE && plan->current[known].digest == head->digest &&
		    plan->current[known].words == head->words;

	place->number = known;
	if (known == NONE || (!same && is_retired(plan, known)))
		place->number = free_number(plan);
	if (place->number == NONE)
		return fault_set(fault, -ENOSPC, "more than %d policies (BAILIFF_MAX_POLICIES)",
				 BAILIFF_MAX_POLICIES);
	if (same) {
		place->slot = plan->current[known].slot;
		place->write = false;
		return 0;
	}
	place->slot = free_slot(plan);
	place->write = true;
	if (place->slot == NONE)
		return fault_set(fault, -ENOSPC, "no slot is left of %u for policy images",
				 plan->slots);
	return 0;
}

int plan_put(struct plan *plan, const struct policy_head *head, enum policy_owner owner,
	     bool audit_only, struct plan_place *place, struct fault *fault)
{
	uint32_t known = NONE;
	struct policy_head *put;
	int error;

	if (owner == POLICY_OF_DIRECTORY && find_name(plan->next, plan->count, head->name) != NONE)
		return fault_set(fault, -EEXIST, "policy '%s' is there twice", head->name);
	if (owner == POLICY_OF_DIRECTORY)
		known = find_name(plan->current, plan->n_current, head->name);
	if (owner == POLICY_WATCH)
		known = find_owner(plan->current, plan->n_current, POLICY_WATCH);
	error = choose(plan, head, known, place, fault);
	if (error)
		return error;
	put = &plan->next[place->number];
	*put = *head;
	put->slot = place->slot;
	put->in_use = 1;
	put->owner = owner;
	put->mode = audit_only && head->own_mode > POLICY_MODE_AUDIT ? POLICY_MODE_AUDIT
								     : head->own_mode;
	take_slot(plan, put);
	if (plan->count <= place->number)
		plan->count = place->number + 1;
	if (owner == POLICY_WATCH)
		return 0;
	plan->added += known == NONE;
	plan->changed += known != NONE && place->write;
	plan->kept += !place->write;
	return 0;
}

void plan_retire(struct plan *plan, uint32_t number)
{
	if (!in_force(plan, number))
		return;
	keep(plan, number);
	plan->next[number].owner = POLICY_PRIVATE;
}

int plan_find(const struct plan *plan, const char *name, uint32_t *number)
{
	uint32_t found = find_name(plan->next, plan->count, name);

	if (found == NONE)
		return -ENOENT;
	*number = found;
	return 0;
}

void plan_drop(struct plan *plan, uint32_t number)
{
	if (number < BAILIFF_MAX_POLICIES)
		memset(&plan->next[number], 0, sizeof(plan->next[number]));
}

uint32_t plan_generation(const struct policy_head *heads, uint32_t count)
{
	uint32_t generation = 0;

	for (uint32_t i = 0; i < count; i++)
		if (heads[i].generation > generation)
			generation = heads[i].generation;
	return generation;
}

/* An empty element has the generation too: a directory without policies is one of a set. */
uint32_t plan_finish(struct plan *plan)
{
	uint32_t generation = plan_generation(plan->current, plan->n_current) + 1;
	uint32_t number = 0;

	while (plan->count > 1 && !plan->next[plan->count - 1].in_use)
		plan->count--;
	for (uint32_t i = 0; i < plan->count; i++) {
		plan->next[i].generation = generation;
		plan->next[i].watch = 0;
	}
	plan->next[0].watch = find_owner(plan->next, plan->count, POLICY_WATCH) + 1;
	for (; plan_next_removed(plan, &number); number++)
		plan->removed += plan->current[number].owner != POLICY_WATCH;
	for (uint32_t i = 0; i < plan->n_current; i++) {
		if (!in_force(plan, i) || plan->current[i].owner || !is_retired(plan, i))
			continue;
		plan->retired++;
		plan->removed += find_name(plan->next, plan->count, plan->current[i].name) == NONE;
	}
	return generation;
}

bool plan_next_removed(const struct plan *plan, uint32_t *number)
{
	for (; *number < plan->n_current; (*number)++)
		if (in_force(plan, *number) && !plan->next[*number].in_use)
			return true;
	return false;
}

uint32_t plan_classes(const struct plan *plan)
{
	uint32_t classes = 0;

	for (uint32_t i = 0; i < plan->count; i++)
		if (plan->next[i].in_use)
			classes |= plan->next[i].classes;
	return classes;
}

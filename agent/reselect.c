/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "agent/reselect.h"
#include "agent/selected.h"

struct reselect_container {
	uint32_t number, from, to; /* the container, and its policies by number */
	uint64_t cgroup_id;
	bool selected;
	bool chosen;		       /* the new set gives a choice */
	char before[BAILIFF_NAME_MAX]; /* name of the policy before, "" if there is none */
	char after[BAILIFF_NAME_MAX];  /* and of the one to go to */
	struct json_object *selection; /* to be remembered; NULL: nothing new */
	const char *name;	       /* of the container */
	struct fault why;	       /* there is no choice */
};

static void copy_name(char to[BAILIFF_NAME_MAX], const char *from)
{
	memset(to, 0, BAILIFF_NAME_MAX);
	memcpy(to, from, strnlen(from, BAILIFF_NAME_MAX - 1));
}

/* Says in what is remembered why there is no choice. */
static struct json_object *unmatched(struct json_object *before, const struct fault *why)
{
	json_object_object_add(before, "unmatched", json_object_new_string(why->text));
	return json_object_get(before);
}

static int choose(struct reselect_container *c, const struct selector *selector,
		  const char *selection)
{
	struct json_object *before = json_tokener_parse(selection), *facts = NULL;
	struct select_choice choice;
	int error = -EINVAL;

	if (!before)
		return -ENOMEM;
	json_object_object_get_ex(before, "facts", &facts);
	error = selected_choose(selector, facts, &choice, &c->selection, &c->why);
	if (!error) {
		c->chosen = true;
		copy_name(c->after, choice.chosen->policy);
	} else if (error != -ENOMEM) {
		c->selection = unmatched(before, &c->why);
	}
	json_object_put(before);
	return error == -ENOMEM ? error : 0;
}

static bool offers(const struct selector *selector, const char *name)
{
	for (size_t i = 0; i < selector_count(selector); i++)
		if (!strcmp(selector_at(selector, i)->policy, name))
			return true;
	return false;
}

/* Does the container leave its policy, which then must stay as it is until it has left? */
static bool leaves(const struct reselect_container *c, const struct policy_head *head,
		   const struct selector *selector)
{
	if (!c->selected || head->owner)
		return false;
	if (c->chosen)
		return strcmp(c->after, c->before) != 0;
	return !offers(selector, c->before); /* then nothing else of that name is there */
}

static int begin_one(struct reselect_container *c, struct plan *plan,
		     const struct registry_entry *entry, const struct selector *selector)
{
	const struct policy_head *head =
		entry->policy < plan->n_current ? &plan->current[entry->policy] : NULL;
	int error = 0;

	*c = (struct reselect_container){
		.number = entry->number,
		.from = entry->policy,
		.to = entry->policy,
		.cgroup_id = entry->cgroup_id,
		.selected = entry->selection,
		.name = entry->name,
	};
	if (head && head->in_use)
		copy_name(c->before, head->name);
	if (entry->selection)
		error = choose(c, selector, entry->selection);
	if (!error && head && head->in_use && leaves(c, head, selector))
		plan_retire(plan, entry->policy);
	return error;
}

int reselect_begin(struct reselect *reselect, struct plan *plan, struct registry *registry,
		   const struct selector *selector)
{
	struct registry_entry entry;
	int error = 0;

	*reselect = (struct reselect){ .registry = registry };
	reselect->items = calloc(registry->n_memory + 1, sizeof(*reselect->items));
	if (!reselect->items)
		return -ENOMEM;
	for (uint32_t i = 0;
	     !error && reselect->count < registry->n_memory && registry_next(registry, i, &entry);
	     i = entry.number + 1)
		error = begin_one(&reselect->items[reselect->count++], plan, &entry, selector);
	return error;
}

/* Is the policy that the container has one that others get anew under another number? */
static bool is_left(const struct reselect_container *c, const struct plan *plan)
{
	return c->from < plan->n_current && plan->current[c->from].in_use &&
	       !plan->current[c->from].owner && plan->next[c->from].in_use &&
	       plan->next[c->from].owner;
}

static int resolve_one(struct reselect_container *c, const struct plan *plan, struct fault *fault)
{
	const char *name = c->chosen ? c->after : c->before;

	if (!c->chosen && !is_left(c, plan))
		return 0;
	if (!plan_find(plan, name, &c->to) || c->selected)
		return 0;
	return fault_set(fault, -EBUSY,
			 "policy '%s' cannot be removed: container '%s' is bound to it", name,
			 c->name);
}

int reselect_resolve(struct reselect *reselect, const struct plan *plan, struct fault *fault)
{
	int error = 0;

	for (uint32_t i = 0; !error && i < reselect->count; i++)
		error = resolve_one(&reselect->items[i], plan, fault);
	return error;
}

static void tell(const struct reselect_container *c, struct diag_list *diags)
{
	const char *source = "";
	struct json_object *value;

	if (!c->chosen) {
		diag_add(diags, DIAG_NOTE, NULL, 0, "container '%s' keeps policy '%s': %s", c->name,
			 c->before, c->why.text);
		return;
	}
	if (json_object_object_get_ex(c->selection, "select", &value))
		source = json_object_get_string(value);
	if (strcmp(c->before, c->after))
		diag_add(diags, DIAG_NOTE, NULL, 0,
			 "container '%s' goes from policy '%s' to '%s', selected by %s", c->name,
			 c->before, c->after, source);
}

static void apply_one(const struct reselect_container *c, struct registry *registry,
		      const char *pin_dir, struct diag_list *diags)
{
	struct container *container = &registry->maps->containers[c->number];
	int error;

	if (__atomic_load_n(&container->cgroup_id, __ATOMIC_SEQ_CST) != c->cgroup_id)
		return;
	__atomic_store_n(&container->policy, c->to, __ATOMIC_SEQ_CST);
	if (!c->selected)
		return;
	tell(c, diags);
	error = selected_keep(pin_dir, registry, c->number, c->cgroup_id, c->selection);
	if (error)
		diag_add(diags, DIAG_NOTE, NULL, 0,
			 "container '%s': how its policy was selected can't be kept: %s", c->name,
			 strerror(-error));
}

void reselect_apply(struct reselect *reselect, const char *pin_dir, struct diag_list *diags)
{
	for (uint32_t i = 0; i < reselect->count; i++)
		apply_one(&reselect->items[i], reselect->registry, pin_dir, diags);
}

void reselect_end(struct reselect *reselect)
{
	for (uint32_t i = 0; reselect->items && i < reselect->count; i++)
		json_object_put(reselect->items[i].selection);
	free(reselect->items);
	*reselect = (struct reselect){ 0 };
}

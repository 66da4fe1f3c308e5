/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/merge.h"

#include <errno.h>
#include <string.h>

/* Elements of an array by a comparison of two; `to` never shares its array. */
struct union_of {
	struct arena *arena;
	size_t size;
	bool (*same)(const void *a, const void *b);
};

static int merge_array(const struct union_of *u, void **to, size_t *n_to, const void *from,
		       size_t n_from)
{
	size_t before = *n_to;

	for (size_t i = 0; i < n_from; i++) {
		const char *element = (const char *)from + i * u->size;
		size_t at = 0;

		while (at < before && !u->same((const char *)*to + at * u->size, element))
			at++;
		if (at < before)
			continue;
		*to = arena_grow(u->arena, *to, *n_to, u->size);
		if (!*to)
			return -ENOMEM;
		memcpy((char *)*to + *n_to * u->size, element, u->size);
		++*n_to;
	}
	return 0;
}

static bool same_entry(const void *a, const void *b)
{
	const struct policy_entry *x = a, *y = b;

	return !strcmp(x->text, y->text) && x->has_min == y->has_min && x->has_max == y->has_max &&
	       x->min == y->min && x->max == y->max;
}

/* A rule reached on two ways is one object. */
static bool same_pointer(const void *a, const void *b)
{
	return *(const void *const *)a == *(const void *const *)b;
}

static int merge_entries(struct arena *arena, struct policy_entries *to,
			 const struct policy_entries *from)
{
	struct union_of u = {arena, sizeof(*to->items), same_entry};
	void *items = to->items;
	int r = merge_array(&u, &items, &to->count, from->items, from->count);

	to->items = items;
	return r;
}

static int merge_lists(struct arena *arena, struct policy_lists *to,
		       const struct policy_lists *from)
{
	int r;

	if (!from->present)
		return 0;
	to->present = true;
	to->pos = from->pos;
	if (from->dflt)
		to->dflt = from->dflt;
	r = merge_entries(arena, &to->allow, &from->allow);
	return r < 0 ? r : merge_entries(arena, &to->deny, &from->deny);
}

static int merge_file(struct arena *arena, struct policy_file *to, const struct policy_file *from)
{
	struct union_of u = {arena, sizeof(*to->rules), same_pointer};
	void *rules = to->rules;
	int r;

	if (!from->present)
		return 0;
	to->present = true;
	to->pos = from->pos;
	if (from->dflt)
		to->dflt = from->dflt;
	r = merge_array(&u, &rules, &to->n_rules, from->rules, from->n_rules);
	to->rules = rules;
	return r;
}

static int merge_network(struct arena *arena, struct policy_network *to,
			 const struct policy_network *from)
{
	struct union_of u = {arena, sizeof(*to->rules), same_pointer};
	void *rules = to->rules;
	int r;

	if (!from->present)
		return 0;
	to->present = true;
	to->pos = from->pos;
	if (from->dflt)
		to->dflt = from->dflt;
	r = merge_array(&u, &rules, &to->n_rules, from->rules, from->n_rules);
	to->rules = rules;
	return r < 0 ? r : merge_entries(arena, &to->sockets, &from->sockets);
}

static void merge_scalars(struct policy *to, const struct policy *from)
{
	if (from->has_mode) {
		to->has_mode = true;
		to->mode = from->mode;
	}
	if (from->has_on_failure) {
		to->has_on_failure = true;
		to->on_failure = from->on_failure;
		to->on_failure_pos = from->on_failure_pos;
	}
	if (from->seccomp_errno)
		to->seccomp_errno = from->seccomp_errno;
}

int policy_merge(struct arena *arena, struct policy *to, const struct policy *from)
{
	int r = merge_lists(arena, &to->exec, &from->exec);

	merge_scalars(to, from);
	if (!r)
		r = merge_lists(arena, &to->capabilities, &from->capabilities);
	if (!r)
		r = merge_entries(arena, &to->process_deny, &from->process_deny);
	if (!r)
		r = merge_file(arena, &to->file, &from->file);
	if (!r)
		r = merge_network(arena, &to->network, &from->network);
	if (!r)
		r = merge_lists(arena, &to->device, &from->device);
	if (!r)
		r = merge_lists(arena, &to->sysctl_write, &from->sysctl_write);
	if (!r)
		r = merge_lists(arena, &to->sysctl_read, &from->sysctl_read);
	if (!r)
		r = merge_lists(arena, &to->seccomp, &from->seccomp);
	return r;
}

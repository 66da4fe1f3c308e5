/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/merge.h"

#include <errno.h>
#include <string.h>

#include "policy/unique.h"

/* Appends an array to one that nothing else shares. */
static int append(struct arena *arena, void **to, size_t *n_to, const void *from, size_t n_from,
		  size_t size)
{
	for (size_t i = 0; i < n_from; i++) {
		*to = arena_grow(arena, *to, *n_to, size);
		if (!*to)
			return -ENOMEM;
		memcpy((char *)*to + *n_to * size, (const char *)from + i * size, size);
		++*n_to;
	}
	return 0;
}

/* A rule that is reached on two ways is one object. */
static int by_pointer(const void *a, const void *b)
{
	uintptr_t x = *(const uintptr_t *)a, y = *(const uintptr_t *)b;

	return (x > y) - (x < y);
}

static int append_rules(struct arena *arena, void **to, size_t *n_to, const void *from,
			size_t n_from)
{
	int r = append(arena, to, n_to, from, n_from, sizeof(void *));

	return r < 0 ? r : unique(*to, n_to, sizeof(void *), by_pointer);
}

static int merge_entries(struct arena *arena, struct policy_entries *to,
			 const struct policy_entries *from)
{
	void *items = to->items;
	int r = append(arena, &items, &to->count, from->items, from->count, sizeof(*to->items));

	to->items = items;
	return r < 0 ? r : unique_entries(to);
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
	if (!r)
		r = merge_entries(arena, &to->deny, &from->deny);
	return r < 0 ? r : merge_entries(arena, &to->kill, &from->kill);
}

static int merge_file(struct arena *arena, struct policy_file *to, const struct policy_file *from)
{
	void *rules = to->rules;
	int r;

	if (!from->present)
		return 0;
	to->present = true;
	to->pos = from->pos;
	if (from->dflt)
		to->dflt = from->dflt;
	r = append_rules(arena, &rules, &to->n_rules, from->rules, from->n_rules);
	to->rules = rules;
	return r;
}

static int merge_network(struct arena *arena, struct policy_network *to,
			 const struct policy_network *from)
{
	void *rules = to->rules;
	int r;

	if (!from->present)
		return 0;
	to->present = true;
	to->pos = from->pos;
	if (from->dflt)
		to->dflt = from->dflt;
	r = append_rules(arena, &rules, &to->n_rules, from->rules, from->n_rules);
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
		r = merge_entries(arena, &to->process_kill, &from->process_kill);
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

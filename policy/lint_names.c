/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/lint_names.h"

#include <errno.h>
#include <stdlib.h>

#include "policy/cleanup.h"
#include "policy/lint.h"

#define LOOKED_AT (5 * LINT_MAX) /* names that are compiled by themselves */

void lint_names_clear(struct lint_names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->items[i].text);
	free(names->items);
}

bool lint_names_add(struct lint_names *names, struct lint_name name)
{
	struct lint_name *items = names->items;

	if (!name.text)
		return false;
	if (names->count == names->capacity) {
		names->capacity = names->capacity ? 2 * names->capacity : 16;
		items = reallocarray(items, names->capacity, sizeof(*items));
	}
	if (!items) {
		free(name.text);
		return false;
	}
	names->items = items;
	names->items[names->count++] = name;
	return true;
}

static bool is_limited(const struct lint_name *name)
{
	return name->action == ACTION_ALLOW && policy_entry_ranged(name->entry);
}

/* What denies `name`, or stands for that. */
static bool is_against(const struct lint_name *other, const struct lint_name *name, bool plain)
{
	if (other->access != name->access)
		return false;
	return other->action != ACTION_ALLOW || (plain && !is_limited(other));
}

struct path_pattern lint_names_pattern(const struct lint_name *name, uint16_t rule)
{
	const struct policy_verdict verdict = { .action = name->action,
						.audit = name->action == ACTION_ALLOW };
	struct path_pattern pattern = { .text = name->text, .pos = name->entry->pos };

	outcome_clear(&pattern.outcome);
	outcome_add(&pattern.outcome, name->access, &verdict, rule);
	return pattern;
}

struct shown {
	struct lint_names *names; /* NULL: is any allow shown at all? */
	bool any;
};

static void visit(void *context, const struct policy_accept *accept, uint32_t place)
{
	struct shown *shown = context;

	(void)place;
	for (int bit = 0; bit < NAME_BITS; bit++) {
		if (!(accept->allow & 1 << bit) || accept->rule[bit] == BAILIFF_RULE_NONE)
			continue;
		shown->any = true;
		if (shown->names)
			shown->names->items[accept->rule[bit]].finding = LINT_DECIDES;
	}
}

static int walk(const struct path_pattern *patterns, size_t n, struct shown *shown)
{
	POLICY_CLEANUP(lint_automaton_clear) struct lint_automaton a = { 0 };
	int r = lint_automaton_build(&a, patterns, n, 0);

	return r < 0 ? r : lint_automaton_walk(&a, visit, shown);
}

/* All at once: of several that allow the same, the first one shows. */
static int walk_all(struct lint_names *names, struct path_pattern *patterns)
{
	struct shown shown = { .names = names };

	for (size_t i = 0; i < names->count; i++)
		patterns[i] = lint_names_pattern(&names->items[i], (uint16_t)i);
	return walk(patterns, names->count, &shown);
}

/* One allow beside what is against it; -errno, or whether it decides. */
static int decides(const struct lint_names *names, size_t which, bool plain,
		   struct path_pattern *patterns)
{
	const struct lint_name *name = &names->items[which];
	struct shown shown = { 0 };
	size_t n = 0;
	int r;

	patterns[n++] = lint_names_pattern(name, 0);
	for (size_t i = 0; i < names->count; i++) {
		struct lint_name other = names->items[i];

		if (!is_against(&other, name, plain))
			continue;
		other.action = ACTION_DENY;
		patterns[n++] = lint_names_pattern(&other, 0);
	}
	r = walk(patterns, n, &shown);
	return r < 0 ? r : shown.any;
}

static enum lint_finding look_at(const struct lint_names *names, size_t which, bool shown,
				 struct path_pattern *patterns)
{
	if (!shown && decides(names, which, false, patterns) == 0)
		return LINT_DENIED;
	if (is_limited(&names->items[which]) && decides(names, which, true, patterns) == 0)
		return LINT_UNLIMITED;
	return LINT_DECIDES;
}

void lint_names_look(struct lint_names *names)
{
	POLICY_CLEANUP(policy_freep)
	struct path_pattern *patterns = calloc(names->count + 1, sizeof(*patterns));
	size_t looked_at = 0;

	if (!patterns || names->count >= BAILIFF_RULE_NONE)
		return;
	for (size_t i = 0; i < names->count; i++)
		names->items[i].finding = LINT_DENIED;
	if (walk_all(names, patterns) < 0)
		looked_at = LOOKED_AT;
	for (size_t i = 0; i < names->count; i++) {
		struct lint_name *name = &names->items[i];
		bool shown = name->finding == LINT_DECIDES;

		name->finding = LINT_DECIDES;
		if (name->action != ACTION_ALLOW || (shown && !is_limited(name)) ||
		    looked_at == LOOKED_AT)
			continue;
		looked_at++;
		name->finding = look_at(names, i, shown, patterns);
	}
}

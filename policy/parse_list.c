/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of strings, sections made of them, and what all rules have in common. */
#include <string.h>

#include "policy/parse.h"
#include "policy/unique.h"

struct entries_target {
	struct policy_entries *list;
	parse_check check;
};

void parse_entries_add(struct parse *p, struct policy_entries *list, struct policy_entry entry)
{
	struct arena *arena = &p->set->arena;

	entry.text = arena_strdup(arena, entry.text);
	list->items = arena_grow(arena, list->items, list->count, sizeof(entry));
	if (entry.text && list->items)
		list->items[list->count++] = entry;
	else
		p->no_memory = true;
}

static void take_entry(struct parse *p, const config_setting_t *s, void *target)
{
	struct entries_target *t = target;
	const char *text = parse_string(p, s);

	if (text && (!t->check || t->check(p, s, text)))
		parse_entries_add(p, t->list,
				  (struct policy_entry){ .text = text, .pos = parse_pos(p, s) });
}

void parse_entries(struct parse *p, const config_setting_t *s, const char *what, parse_check check,
		   struct policy_entries *ret)
{
	struct entries_target target = { ret, check };

	parse_each(p, s, what, take_entry, &target);
	p->no_memory |= unique_entries(ret) < 0;
}

void parse_default(struct parse *p, const config_setting_t *s, enum policy_default *ret)
{
	int index = parse_name(p, s, config_setting_name(s), &names_defaults);

	if (index >= 0)
		*ret = (enum policy_default)(index + 1);
}

struct lists_target {
	struct policy_lists *lists;
	parse_check check;
};

static void take_default(struct parse *p, const config_setting_t *s, void *target)
{
	parse_default(p, s, &((struct lists_target *)target)->lists->dflt);
}

static void take_allow(struct parse *p, const config_setting_t *s, void *target)
{
	struct lists_target *t = target;

	parse_entries(p, s, "allow", t->check, &t->lists->allow);
}

static void take_deny(struct parse *p, const config_setting_t *s, void *target)
{
	struct lists_target *t = target;

	parse_entries(p, s, "deny", t->check, &t->lists->deny);
}

static void take_kill(struct parse *p, const config_setting_t *s, void *target)
{
	struct lists_target *t = target;

	parse_entries(p, s, "kill", t->check, &t->lists->kill);
}

static const struct parse_key lists_keys[] = {
	{ "default", take_default },
	{ "allow", take_allow },
	{ "deny", take_deny },
	{ "kill", take_kill }, /* not in every section: the last one */
};

#define LISTS_KEYS (sizeof(lists_keys) / sizeof(lists_keys[0]))

static void take_lists(struct parse *p, const config_setting_t *s, const char *what, size_t n_keys,
		       struct lists_target target)
{
	target.lists->present = true;
	target.lists->pos = parse_pos(p, s);
	parse_group(p, s, what, lists_keys, n_keys, &target);
}

void parse_lists(struct parse *p, const config_setting_t *s, const char *what, parse_check check,
		 struct policy_lists *ret)
{
	take_lists(p, s, what, LISTS_KEYS - 1, (struct lists_target){ ret, check });
}

void parse_lists_kill(struct parse *p, const config_setting_t *s, const char *what,
		      parse_check check, struct policy_lists *ret)
{
	take_lists(p, s, what, LISTS_KEYS, (struct lists_target){ ret, check });
}

void parse_action(struct parse *p, const config_setting_t *s, struct parse_verdict *ret)
{
	int action = parse_name(p, s, "action", &names_actions);

	ret->has_action = true;
	if (action >= 0)
		ret->verdict.action = (enum policy_action)action;
	else
		ret->verdict.action = ACTION_DENY; /* says nothing about `quiet` */
}

void parse_verdict_check(struct parse *p, const config_setting_t *rule,
			 const struct parse_verdict *v)
{
	if (!v->has_action)
		parse_error(p, rule,
			    "a rule without an action: write action = \"allow\", "
			    "\"deny\" or \"kill\"");
	if (v->verdict.quiet && v->verdict.audit)
		parse_error(p, rule, "quiet and audit exclude each other: write one of them");
	else if (v->has_action && v->verdict.quiet && v->verdict.action == ACTION_ALLOW)
		parse_error(p, rule,
			    "quiet with action \"allow\" has no meaning: an allowed access "
			    "is not logged without audit = true");
}

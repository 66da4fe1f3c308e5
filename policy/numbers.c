/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/numbers.h"

#include "policy/names.h"

#define NUMBERS_MAX 64

/* A set while it is filled: what is taken later overrides. */
struct numbers {
	const struct name_table *names;
	const struct rule_table *rules;
	struct number_set set;
	uint64_t rule[NUMBERS_MAX];
};

static uint64_t bit_of(const struct numbers *n, const struct policy_entry *entry, int *number)
{
	*number = names_find(n->names, entry->text);
	return 1ULL << *number;
}

static void take_list(struct numbers *n, const struct policy_entries *list,
		      enum policy_action action)
{
	for (size_t i = 0; i < list->count; i++) {
		int number;
		uint64_t bit = bit_of(n, &list->items[i], &number);

		if (action == ACTION_ALLOW)
			n->set.deny &= ~bit;
		else
			n->set.deny |= bit;
		if (action == ACTION_KILL)
			n->set.kill |= bit;
		n->rule[number] = rule_table_number(n->rules, &list->items[i].pos);
	}
}

static void begin(struct numbers *n, const struct name_table *names, const struct rule_table *rules,
		  enum policy_default dflt)
{
	*n = (struct numbers){ .names = names, .rules = rules };
	n->set.deny = dflt == DEFAULT_DENY ? ~0ULL : 0;
	for (size_t i = 0; i < NUMBERS_MAX; i++)
		n->rule[i] = BAILIFF_RULE_NONE;
}

static int end(struct numbers *n, struct words *out, struct number_set *ret)
{
	n->set.rules_off = (uint32_t)out->count;
	n->set.rules_count = (uint32_t)n->names->count;
	*ret = n->set;
	return words_append(out, n->rule, n->names->count);
}

static bool has_operations(const struct policy *p)
{
	return p->process_deny.count || p->process_kill.count;
}

uint32_t number_classes(const struct policy *p)
{
	const struct policy_entries *lists[] = { &p->process_deny, &p->process_kill };
	uint32_t classes = p->capabilities.present ? CLASS_CAPABILITY : 0;

	for (size_t l = 0; l < 2; l++)
		for (size_t i = 0; i < lists[l]->count; i++)
			classes |= (uint32_t)OPERATION_CLASS(
				names_find(&names_process_deny, lists[l]->items[i].text));
	return classes;
}

int numbers_compile(const struct policy *p, const struct rule_table *rules, struct words *out,
		    struct policy_head *head)
{
	struct numbers n;
	int r = 0;

	if (p->capabilities.present) {
		begin(&n, &names_capabilities, rules, p->capabilities.dflt);
		take_list(&n, &p->capabilities.allow, ACTION_ALLOW);
		take_list(&n, &p->capabilities.deny, ACTION_DENY);
		take_list(&n, &p->capabilities.kill, ACTION_KILL);
		r = end(&n, out, &head->capabilities);
	}
	if (!r && has_operations(p)) {
		begin(&n, &names_process_deny, rules, DEFAULT_ALLOW);
		take_list(&n, &p->process_deny, ACTION_DENY);
		take_list(&n, &p->process_kill, ACTION_KILL);
		r = end(&n, out, &head->operations);
	}
	return r;
}

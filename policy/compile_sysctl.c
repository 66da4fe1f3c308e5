/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/compile_sysctl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/sysctl_name.h"

/* A range is known by its place among the ranged entries, sorted by rule. */
struct range {
	const struct policy_entry *entry;
	uint16_t rule;
};

static int by_rule(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	if (x->rule != y->rule)
		return x->rule < y->rule ? -1 : 1;
	return (x->entry > y->entry) - (x->entry < y->entry);
}

/* Fills `ranges`, which has BAILIFF_MAX_RANGES elements, as a set that was loaded needs at most. */
static size_t find_ranges(const struct policy *p, const struct rule_table *rules,
			  struct range *ranges)
{
	const struct policy_entries *allow = &p->sysctl_write.allow;
	size_t n = 0;

	for (size_t i = 0; i < allow->count && n < BAILIFF_MAX_RANGES; i++)
		if (policy_entry_ranged(&allow->items[i]))
			ranges[n++] =
				(struct range){ &allow->items[i],
						rule_table_number(rules, &allow->items[i].pos) };
	qsort(ranges, n, sizeof(*ranges), by_rule);
	return n;
}

static size_t find_range(const struct range *ranges, size_t n, const struct policy_entry *entry)
{
	size_t i = 0;

	while (i < n && ranges[i].entry != entry)
		i++;
	return i;
}

static int add(struct sysctl_patterns *patterns, const struct policy_entry *entry,
	       const struct outcome *outcome)
{
	char *text = strdup(entry->text);

	if (!text)
		return -ENOMEM;
	sysctl_swap(text);
	patterns->items[patterns->count++] = (struct path_pattern){
		.text = text,
		.pos = entry->pos,
		.outcome = *outcome,
	};
	return 0;
}

static int add_list(struct sysctl_patterns *patterns, const struct policy_entries *list,
		    uint16_t access, const struct policy_verdict *verdict,
		    const struct rule_table *rules)
{
	int r = 0;

	for (size_t i = 0; i < list->count && !r; i++) {
		struct outcome outcome;

		if (policy_entry_ranged(&list->items[i]))
			continue;
		outcome_clear(&outcome);
		outcome_add(&outcome, access, verdict,
			    rule_table_number(rules, &list->items[i].pos));
		r = add(patterns, &list->items[i], &outcome);
	}
	return r;
}

static int add_ranged(struct sysctl_patterns *patterns, const struct policy *p,
		      const struct rule_table *rules)
{
	struct range ranges[BAILIFF_MAX_RANGES];
	size_t n = find_ranges(p, rules, ranges);
	int r = 0;

	for (size_t i = 0; i < n && !r; i++) {
		struct outcome outcome;

		outcome_clear(&outcome);
		outcome.ranged = 1ULL << find_range(ranges, n, ranges[i].entry);
		r = add(patterns, ranges[i].entry, &outcome);
	}
	return r;
}

static int add_section(struct sysctl_patterns *patterns, const struct policy_lists *lists,
		       uint16_t access, const struct rule_table *rules, bool named)
{
	const struct policy_verdict allow = { .action = ACTION_ALLOW, .audit = named };
	const struct policy_verdict deny = { .action = ACTION_DENY };
	int r;

	if (!lists->present)
		return 0;
	r = add_list(patterns, &lists->allow, access, &allow, rules);
	return r < 0 ? r : add_list(patterns, &lists->deny, access, &deny, rules);
}

int sysctl_patterns_build(struct sysctl_patterns *patterns, const struct policy *p,
			  const struct rule_table *rules, bool named)
{
	size_t n = p->sysctl_read.allow.count + p->sysctl_read.deny.count +
		   p->sysctl_write.allow.count + p->sysctl_write.deny.count;
	int r;

	*patterns = (struct sysctl_patterns){ 0 };
	if (!n)
		return 0;
	patterns->items = calloc(n, sizeof(*patterns->items));
	if (!patterns->items)
		return -ENOMEM;
	r = add_section(patterns, &p->sysctl_read, NAME_SYSCTL_READ, rules, named);
	if (!r)
		r = add_section(patterns, &p->sysctl_write, NAME_SYSCTL_WRITE, rules, named);
	return r < 0 ? r : add_ranged(patterns, p, rules);
}

void sysctl_patterns_clear(struct sysctl_patterns *patterns)
{
	for (size_t i = 0; i < patterns->count; i++)
		free((char *)patterns->items[i].text);
	free(patterns->items);
	*patterns = (struct sysctl_patterns){ 0 };
}

static int write_range(const struct range *range, struct words *out)
{
	const struct policy_entry *entry = range->entry;
	uint32_t flags =
		(entry->has_min ? RANGE_HAS_MIN : 0) | (entry->has_max ? RANGE_HAS_MAX : 0);
	uint64_t words[RANGE_WORDS] = { RANGE_ENTRY(flags, range->rule), (uint64_t)entry->min,
					(uint64_t)entry->max };

	return words_append(out, words, RANGE_WORDS);
}

int sysctl_ranges_write(const struct policy *p, const struct rule_table *rules,
			const struct subset *subset, struct words *out, struct policy_head *head)
{
	struct range ranges[BAILIFF_MAX_RANGES];
	size_t n = find_ranges(p, rules, ranges);
	int r;

	head->range_off = (uint32_t)out->count;
	head->range_count = (uint32_t)subset->n_ranges;
	r = words_append(out, NULL, subset->n_ranges);
	for (size_t set = 0; set < subset->n_ranges && !r; set++) {
		uint64_t members = subset->ranges[set];

		out->items[head->range_off + set] =
			RANGE_SET(out->count, __builtin_popcountll(members));
		for (size_t i = 0; i < n && !r; i++)
			if (members >> i & 1)
				r = write_range(&ranges[i], out);
	}
	return r;
}

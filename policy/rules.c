/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/rules.h"

#include <stdlib.h>
#include <string.h>

static int by_place(const void *a, const void *b)
{
	const struct policy_pos *x = a, *y = b;
	int order = x->file == y->file ? 0 : strcmp(x->file, y->file);

	return order ? order : (x->line > y->line) - (x->line < y->line);
}

/* The lists whose elements are rules; NULL after the last one. */
static const struct policy_entries *list_at(const struct policy *p, size_t index)
{
	const struct policy_entries *const lists[] = {
		&p->exec.allow,		&p->exec.deny,	       &p->exec.kill,
		&p->capabilities.allow, &p->capabilities.deny, &p->capabilities.kill,
		&p->process_deny,	&p->process_kill,      &p->device.allow,
		&p->device.deny,	&p->sysctl_read.allow, &p->sysctl_read.deny,
		&p->sysctl_write.allow, &p->sysctl_write.deny, &p->network.sockets,
	};

	return index < sizeof(lists) / sizeof(lists[0]) ? lists[index] : NULL;
}

static void add_entries(struct rule_table *rules, const struct policy_entries *list)
{
	for (size_t i = 0; i < list->count; i++)
		rules->items[rules->count++] = list->items[i].pos;
}

size_t rule_count(const struct policy *p)
{
	const struct policy_entries *list;
	size_t n = p->file.n_rules + p->network.n_rules;

	for (size_t i = 0; (list = list_at(p, i)); i++)
		n += list->count;
	return n;
}

int rule_table_build(struct rule_table *rules, const struct policy *p)
{
	const struct policy_entries *list;
	size_t kept = 0;

	*rules = (struct rule_table){ 0 };
	rules->items = calloc(rule_count(p) + 1, sizeof(*rules->items));
	if (!rules->items)
		return -ENOMEM;
	for (size_t i = 0; (list = list_at(p, i)); i++)
		add_entries(rules, list);
	for (size_t i = 0; i < p->file.n_rules; i++)
		rules->items[rules->count++] = p->file.rules[i]->pos;
	for (size_t i = 0; i < p->network.n_rules; i++)
		rules->items[rules->count++] = p->network.rules[i]->pos;
	qsort(rules->items, rules->count, sizeof(*rules->items), by_place);
	for (size_t i = 0; i < rules->count; i++)
		if (!kept || by_place(&rules->items[kept - 1], &rules->items[i]))
			rules->items[kept++] = rules->items[i];
	rules->count = kept;
	return 0;
}

void rule_table_clear(struct rule_table *rules)
{
	free(rules->items);
	*rules = (struct rule_table){ 0 };
}

uint16_t rule_table_number(const struct rule_table *rules, const struct policy_pos *pos)
{
	const struct policy_pos *found =
		bsearch(pos, rules->items, rules->count, sizeof(*pos), by_place);

	return found ? (uint16_t)(found - rules->items) : BAILIFF_RULE_NONE;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

/* Rules are sorted by file, so that a new name is a new file. */
static bool is_new_file(const struct rule_table *rules, size_t i)
{
	return !i || strcmp(rules->items[i - 1].file, rules->items[i].file);
}

static int write_rules(const struct rule_table *rules, struct words *out, struct policy_head *head)
{
	int r = 0;

	head->rules_off = (uint32_t)out->count;
	head->rules_count = (uint32_t)rules->count;
	for (size_t i = 0; i < rules->count && !r; i++) {
		head->files_count += is_new_file(rules, i);
		r = words_append_one(out, RULE_SOURCE(head->files_count - 1, rules->items[i].line));
	}
	return r;
}

static int write_files(const struct rule_table *rules, struct words *out, struct policy_head *head)
{
	uint64_t offset = 0;
	int r = 0;

	head->files_off = (uint32_t)out->count;
	for (size_t i = 0; i < rules->count && !r; i++) {
		uint64_t length = strlen(base_name(rules->items[i].file));

		if (!is_new_file(rules, i))
			continue;
		r = words_append_one(out, offset << 32 | length);
		offset += length;
	}
	head->strings_words = (uint32_t)((offset + 7) / 8);
	return r;
}

int rule_table_write(const struct rule_table *rules, struct words *out, struct policy_head *head)
{
	int r = write_rules(rules, out, head);
	char *at;

	if (!r)
		r = write_files(rules, out, head);
	head->strings_off = (uint32_t)out->count;
	if (!r)
		r = words_append(out, NULL, head->strings_words);
	if (r < 0 || !head->strings_words)
		return r;
	at = (char *)(out->items + head->strings_off);
	for (size_t i = 0; i < rules->count; i++) {
		const char *name = base_name(rules->items[i].file);

		if (!is_new_file(rules, i))
			continue;
		memcpy(at, name, strlen(name));
		at += strlen(name);
	}
	return 0;
}
